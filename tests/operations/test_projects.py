"""Compose projects and containers that were made elsewhere: listed, told apart, operated in place."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.engines.memory import MemoryEngine
from tests.operations.bench import Bench

IMAGE = "busybox:latest"
FILE = """
services:
  web:
    image: {image}
    command: sleep 1000
    init: true
    environment: {{COLOUR: {colour}, API_TOKEN: abracadabra}}
    depends_on: [db]
  db:
    image: {image}
    command: sleep 1000
    init: true
    volumes: ["data:/data"]
volumes: {{data: {{}}}}
"""


class Elsewhere:
    """A compose project that somebody made with plain ``docker compose``."""

    def __init__(self, bench: Bench, short: str = "blog") -> None:
        self.bench = bench
        self.name = bench.name(short)
        self.folder = bench.folder / f"elsewhere-{short}"
        self.folder.mkdir()
        self.write()

    @property
    def file(self) -> Path:
        return self.folder / "compose.yml"

    def write(self, text: str = FILE, **words: str) -> None:
        self.file.write_text(text.format(**({"image": IMAGE, "colour": "red"} | words)))

    def up(self) -> Elsewhere:
        """As its operator would, without machete-tui."""
        engine = self.bench.ctx.engine
        if isinstance(engine, MemoryEngine):
            project = ComposeProject(self.name, str(self.folder))
            for _ in engine.compose_up(project, Cancel()):
                pass
        else:
            words = ["docker", "compose", "-p", self.name, "up", "-d"]
            subprocess.run(words, cwd=self.folder, check=True, capture_output=True, env=dict(os.environ))
        return self

    def states(self) -> dict[str, str]:
        return {c.component: c.state for c in self.bench.ctx.engine.containers(project=self.name)}

    def ids(self) -> dict[str, str]:
        return {c.component: c.id for c in self.bench.ctx.engine.containers(project=self.name)}

    def row(self) -> object:
        return next(r for r in self.bench.do("service.list").rows if r.name == self.name)


@pytest.fixture
def blog(bench: Bench) -> Elsewhere:
    return Elsewhere(bench).up()


def last(bench: Bench) -> tuple[str, str, str]:
    event = bench.ctx.store.events.last(1)[0]
    return event.action, event.service, event.detail


def test_the_list_has_what_machete_did_not_make(bench: Bench, blog: Elsewhere) -> None:
    rows = {row.name: row for row in bench.do("service.list").rows}
    row = rows[blog.name]
    assert (row.kind, row.status, row.containers, row.wanted) == ("project", "running", 2, 2)
    assert row.image == IMAGE
    assert row.uptime is not None
    assert blog.name not in {r.name for r in bench.do("service.list", own=True).rows}
    assert blog.name in {r.name for r in bench.do("service.list", own=True, all=True).rows}
    assert blog.name in {r.name for r in bench.do("project.list").rows}
    assert {r.kind for r in bench.do("service.list", kind="project").rows} == {"project"}
    found = bench.do("service.list", filter=f"kind:project status:run name:{blog.name}").rows
    assert [r.name for r in found] == [blog.name]
    by_label = bench.do("service.list", filter=f"label:com.docker.compose.project={blog.name}").rows
    assert [r.name for r in by_label] == [blog.name]


def test_show_tells_where_its_files_are(bench: Bench, blog: Elsewhere) -> None:
    detail = bench.do("project.show", name=blog.name)
    assert detail.folder == str(blog.folder)
    assert detail.files == (str(blog.file),)
    assert detail.missing == ""
    assert {c.component for c in detail.containers} == {"web", "db"}
    assert detail.volumes == (f"{blog.name}_data",)
    assert detail.networks == (f"{blog.name}_default",)


def test_stop_start_restart_and_down(bench: Bench, blog: Elsewhere) -> None:
    done = bench.do("project.stop", name=blog.name)
    assert blog.states() == {"web": "exited", "db": "exited"}
    assert blog.row().status == "stopped"  # type: ignore[attr-defined]
    assert done.command == f"docker compose -p {blog.name} stop"
    assert last(bench) == ("project.stop", blog.name, done.command)

    bench.do("project.start", name=blog.name)
    assert blog.states() == {"web": "running", "db": "running"}
    before = blog.ids()
    bench.do("project.restart", name=blog.name)
    assert blog.ids() == before
    assert blog.states() == {"web": "running", "db": "running"}

    done = bench.do("project.down", name=blog.name)
    assert blog.states() == {}
    assert f"{blog.name}_data" in done.message
    assert [v.name for v in bench.ctx.engine.volumes(project=blog.name)] == [f"{blog.name}_data"]
    assert blog.file.read_text() == FILE.format(image=IMAGE, colour="red")


def test_down_takes_volumes_only_if_told(bench: Bench, blog: Elsewhere) -> None:
    bench.do("project.down", name=blog.name, volumes=True)
    assert bench.ctx.engine.volumes(project=blog.name) == []
    assert bench.ctx.engine.networks(project=blog.name) == []
    assert last(bench)[2].endswith("down --volumes")


def test_up_converges_to_the_changed_file_and_keeps_the_command(bench: Bench, blog: Elsewhere) -> None:
    before = blog.ids()
    bench.do("project.up", name=blog.name)
    assert blog.ids() == before

    blog.write(colour="blue")
    done = bench.do("project.up", name=blog.name)

    assert blog.ids()["db"] == before["db"]
    assert blog.ids()["web"] != before["web"]
    detail = bench.ctx.engine.container(blog.ids()["web"])
    assert detail.environment["COLOUR"] == "blue"
    assert done.command == f"docker compose -p {blog.name} -f {blog.file} up -d"
    assert last(bench) == ("project.up", blog.name, done.command)


def test_recreate_makes_every_container_anew(bench: Bench, blog: Elsewhere) -> None:
    before = blog.ids()
    bench.do("project.recreate", name=blog.name)
    assert not set(before.values()) & set(blog.ids().values())
    assert blog.states() == {"web": "running", "db": "running"}
    assert "--force-recreate" in last(bench)[2]


def test_up_from_a_folder_after_down(bench: Bench, blog: Elsewhere) -> None:
    bench.do("project.down", name=blog.name)
    with pytest.raises(NotFound):
        bench.do("project.up", name=blog.name)
    bench.do("project.up", name=blog.name, folder=str(blog.folder))
    assert blog.states() == {"web": "running", "db": "running"}
    with pytest.raises(InvalidInput, match="no compose file"):
        bench.do("project.up", name=blog.name, folder=str(blog.folder.parent))


def test_a_project_whose_files_are_gone_is_operated_by_its_containers(bench: Bench, blog: Elsewhere) -> None:
    blog.file.unlink()

    assert "is gone" in bench.do("project.show", name=blog.name).missing
    for verb in ("up", "rebuild", "pull", "recreate", "config", "drift"):
        with pytest.raises(Conflict, match="gone") as caught:
            bench.do(f"project.{verb}", name=blog.name)
        assert "work all the same" in caught.value.mend
    bench.do("project.stop", name=blog.name)
    assert blog.states() == {"web": "exited", "db": "exited"}
    bench.do("project.start", name=blog.name)
    assert blog.states() == {"web": "running", "db": "running"}
    bench.do("project.down", name=blog.name)
    assert blog.states() == {}


def test_a_file_that_became_wrong_is_said_and_nothing_is_changed(bench: Bench, blog: Elsewhere) -> None:
    before = blog.ids()
    blog.file.write_text("services: {web: {neither: image}}\n")
    with pytest.raises((InvalidInput, Conflict)):
        bench.do("project.up", name=blog.name)
    assert blog.ids() == before
    assert last(bench)[2].startswith("docker compose -p")


def test_config_is_effective_and_masked(bench: Bench, blog: Elsewhere) -> None:
    text = bench.do("project.config", name=blog.name).text
    assert "COLOUR: red" in text
    assert "API_TOKEN" in text
    assert "abracadabra" not in text


def test_drift_says_which_component_differs_and_how(bench: Bench, blog: Elsewhere) -> None:
    assert bench.do("project.drift", name=blog.name).rows == ()

    blog.write(colour="blue")
    (row,) = bench.do("project.drift", name=blog.name).rows
    assert (row.component, row.what, row.how) == ("web", "environment", "COLOUR")

    blog.write(FILE.replace("  db:\n", "  cache:\n").replace("[db]", "[cache]"), colour="red")
    rows = {(r.component, r.what): r.how for r in bench.do("project.drift", name=blog.name).rows}
    assert rows["db", "component"] == "the files no longer name it"
    assert rows["cache", "component"] == "it has no container"


def test_unknown_names_are_said_with_near_ones(bench: Bench, blog: Elsewhere) -> None:
    with pytest.raises(NotFound) as caught:
        bench.do("project.show", name=blog.name + "x")
    assert blog.name in caught.value.mend


def test_a_service_of_machete_is_no_project(memory_bench: Bench) -> None:
    app = memory_bench.app("python-flask")
    name = memory_bench.name("shop")
    memory_bench.deploy(app, name)
    with pytest.raises(NotFound, match="is a service of machete-tui"):
        memory_bench.do("project.stop", name=name)
    assert [r.kind for r in memory_bench.do("service.list").rows if r.name == name] == ["service"]
