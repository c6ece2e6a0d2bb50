import dataclasses

from machete_tui.core.source import Component
from machete_tui.ui.wizard.draft import Draft
from machete_tui.ui.wizard.environment import Pair
from machete_tui.ui.wizard.problems import errors
from machete_tui.ui.wizard.source import SourceDraft
from machete_tui.ui.wizard.steps import REVIEW, check, first_fault, marks
from tests.unit.wizard.sample import CACHE, DB, SHOP, WEB, WORKER


def shop() -> Draft:
    return Draft(source=SourceDraft(folder="/srv/shop")).with_detection(SHOP)


def told(draft: Draft, step: int) -> list[str]:
    return [p.field for p in check(draft, step)]


def test_an_untouched_draft_gives_the_detection_back() -> None:
    assert shop().result() == SHOP


def test_edits_land_in_the_request() -> None:
    draft = shop().with_component(
        "web", start_command="node dist/server.js", port="8080", health_path="/up", cpus="0.5", replicas="2"
    )
    draft = draft.with_component("worker", memory="512m", volumes="spool:/spool, /srv/in:/in:ro")
    draft = draft.with_backing("redis", enabled=False).with_backing("db", version="16")
    pairs = (Pair("SESSION_SECRET", "a=b"), Pair("LOG_LEVEL", "debug", "web"), Pair("EMPTY", ""), Pair(""))
    draft = dataclasses.replace(draft, name="store", port="20100", pairs=pairs)
    request = draft.request("/srv/shop", dry_run=True)
    assert (request.source, request.name, request.port, request.dry_run) == (
        "/srv/shop",
        "store",
        20100,
        True,
    )
    assert request.env == ("SESSION_SECRET=a=b",)
    assert request.component_env == (("web", "LOG_LEVEL", "debug"),)
    assert request.without == ("redis",)
    assert request.limits == (("web", 0.5, 0), ("worker", 0.0, 512 << 20))
    assert request.component_replicas == (("web", 2), ("worker", 1))
    detection = request.detection
    assert detection is not None
    web, worker = detection.components
    assert (web.start_command, web.port, web.port_from) == ("node dist/server.js", 8080, "the operator")
    assert (web.health_path, web.build_command) == ("/up", WEB.build_command)
    assert worker.volumes == ("spool:/spool", "/srv/in:/in:ro")
    assert [(b.enabled, b.version) for b in detection.backing_services] == [(True, "16"), (False, "")]
    assert detection.edges == (("web", "db"),)


def test_a_component_left_out_takes_its_edges_and_its_variables_along() -> None:
    draft = dataclasses.replace(
        shop().with_component("worker", included=False, port="nonsense", memory="lots"),
        pairs=(Pair("A", "1", "worker"),),
    )
    request = draft.request("/srv/shop")
    assert request.detection is not None
    assert [c.name for c in request.detection.components] == ["web"]
    assert request.detection.edges == (("web", "db"),)
    assert request.component_env == ()
    assert told(draft, 1) == told(draft, 2) == []


def test_git_credentials_go_with_the_scheme_that_they_belong_to() -> None:
    source = SourceDraft(
        choice="git",
        url="https://git.example.org/shop.git",
        ref="next",
        subpath="web",
        ssh_key="/k",
        token_env="GIT_TOKEN",
    )
    over_http = Draft(source=source).with_detection(SHOP).request(source.url)
    assert (over_http.branch, over_http.path) == ("next", "web")
    assert (over_http.ssh_key, over_http.token_env) == ("", "GIT_TOKEN")
    source = dataclasses.replace(source, url="git@git.example.org:shop.git")
    over_ssh = Draft(source=source).with_detection(SHOP).request(source.url)
    assert (over_ssh.ssh_key, over_ssh.token_env) == ("/k", "")
    source = dataclasses.replace(source, choice="folder", folder="/srv/shop")
    folder = Draft(source=source).with_detection(SHOP).request("/srv/shop")
    assert (folder.branch, folder.path, folder.ssh_key, folder.token_env) == ("", "", "", "")


def test_reading_the_source_again_keeps_edits_but_takes_news() -> None:
    draft = (
        shop().with_component("web", start_command="node other.js").with_component("worker", included=False)
    )
    draft = draft.with_backing("redis", enabled=False)
    draft = dataclasses.replace(draft, source=dataclasses.replace(draft.source, folder="/srv/shop2"))
    assert not draft.fresh
    newer = dataclasses.replace(
        SHOP,
        name="shop2",
        components=(dataclasses.replace(WEB, port=4000), WORKER, Component("docs", stack="static")),
        backing_services=(dataclasses.replace(DB, variables=("PGHOST",)), CACHE),
    )
    again = draft.with_detection(newer)
    assert again.fresh
    assert again.name == "shop2"
    web, worker, docs = again.components
    assert (web.start_command, web.port) == ("node other.js", "4000")
    assert not worker.included
    assert docs.included
    assert [b.enabled for b in again.backing] == [True, False]
    assert again.backing[0].original.variables == ("PGHOST",)


def test_a_name_that_was_typed_survives_reading_again() -> None:
    draft = dataclasses.replace(shop(), name="store").with_detection(dataclasses.replace(SHOP, name="other"))
    assert draft.name == "store"


def test_step_two_checks_commands_ports_and_paths() -> None:
    draft = shop().with_component("web", port="", start_command=" ", health_path="up")
    assert told(draft, 1) == ["web.port", "web.health_path", "web.start_command"]
    assert told(shop().with_component("web", port="99999"), 1) == ["web.port"]
    assert told(shop().with_component("web", kind="worker", port="99999"), 1) == []
    assert told(dataclasses.replace(shop(), name="My Shop"), 1) == ["name"]
    nothing = shop().with_component("web", included=False).with_component("worker", included=False)
    assert [p.what for p in check(nothing, 1)] == ["every component is left out"]


def test_step_three_checks_numbers_and_mounts() -> None:
    draft = shop().with_component("web", cpus="many", memory="1m", replicas="0")
    assert told(draft, 2) == ["web.cpus", "web.memory", "web.replicas"]
    for wrong in (
        "data",
        "data:relative",
        "data:/",
        "./here:/data",
        "a b:/data",
        "data:/d:rx",
        "a:/d, b:/d/",
    ):
        assert told(shop().with_component("web", volumes=wrong), 2) == ["web.volumes"], wrong
    for right in ("", "data:/data", "/srv/data:/data:ro", "a:/a,b:/b"):
        assert told(shop().with_component("web", volumes=right), 2) == [], right
    assert told(dataclasses.replace(shop(), port="65536"), 2) == ["port"]


def test_missing_variables_stop_once_and_then_only_warn() -> None:
    draft = shop()
    assert told(draft, 3) == ["wanted.SESSION_SECRET"]
    assert errors(check(draft, 3))
    accepted = dataclasses.replace(draft, accepted=frozenset(draft.missing()))
    assert told(accepted, 3) == ["wanted.SESSION_SECRET"]
    assert not errors(check(accepted, 3))
    off = accepted.with_backing("db", enabled=False)
    assert [p.field for p in errors(check(off, 3))] == ["wanted.DATABASE_URL"]


def test_versions_of_backing_services_are_digits() -> None:
    assert told(shop().with_backing("db", version="latest"), 4) == ["db.version"]
    assert told(shop().with_backing("db", version="latest", enabled=False), 4) == []
    assert told(shop().with_backing("db", version="17.2"), 4) == []


def test_marks_tell_where_one_stands() -> None:
    assert marks(Draft(), 0, 0) == ("current", "todo", "todo", "todo", "todo", "todo")
    draft = shop().with_component("web", port="x")
    assert marks(draft, 3, 4) == ("done", "error", "done", "current", "done", "todo")
    assert first_fault(draft) == 1
    ready = dataclasses.replace(shop(), accepted=frozenset(shop().missing()))
    assert first_fault(ready) == REVIEW
    assert marks(ready, REVIEW, REVIEW) == ("done", "done", "done", "warning", "done", "current")
