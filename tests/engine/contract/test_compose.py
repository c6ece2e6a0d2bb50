from __future__ import annotations

import threading
import time

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import Cancelled, Conflict, InvalidInput, NotFound, Unhealthy
from machete_tui.engines.memory import Behaviour
from tests.engine.contract.lab import BASE, Lab, until

TWO = f"""
services:
  web:
    image: {BASE}
    command: sleep 1000
    init: true
    environment: {{COLOUR: "${{COLOUR}}"}}
    depends_on: [db]
  db:
    image: {BASE}
    command: sleep 1000
    init: true
    volumes: ["data:/data"]
volumes: {{data: {{}}}}
"""


def ids(lab: Lab) -> dict[str, str]:
    return {c.name: c.id for c in lab.all()}


def test_up_makes_containers_network_and_volume(lab: Lab) -> None:
    said = lab.up(lab.project(TWO, {"COLOUR": "red"}))

    assert {c.name for c in lab.all()} == {f"{lab.name}-web-1", f"{lab.name}-db-1"}
    until(lambda: {c.state for c in lab.all()} == {"running"})
    assert lab.engine.networks(project=lab.name) == [f"{lab.name}_default"]
    assert f"{lab.name}_default" in lab.engine.networks()
    assert [v.name for v in lab.engine.volumes(project=lab.name)] == [f"{lab.name}_data"]
    assert f"{lab.name}_data" in [v.name for v in lab.engine.volumes()]
    assert any(f"{lab.name}-web-1" in line for line in said)
    assert lab.engine.container(lab.one("web").id).environment["COLOUR"] == "red"


def test_up_again_changes_nothing(lab: Lab) -> None:
    project = lab.project(TWO, {"COLOUR": "red"})
    lab.up(project)
    before = ids(lab)

    lab.up(project)

    assert ids(lab) == before


def test_only_what_changed_is_made_anew(lab: Lab) -> None:
    lab.up(lab.project(TWO, {"COLOUR": "red"}))
    before = ids(lab)

    lab.up(lab.project(TWO, {"COLOUR": "blue"}))

    after = ids(lab)
    assert after[f"{lab.name}-db-1"] == before[f"{lab.name}-db-1"]
    assert after[f"{lab.name}-web-1"] != before[f"{lab.name}-web-1"]
    assert lab.engine.container(lab.one("web").id).environment["COLOUR"] == "blue"


def test_a_new_image_under_the_same_tag_is_a_change(lab: Lab) -> None:
    request = lab.request(f"FROM {BASE}\nCOPY . /app\n", text="1")
    lab.built(request)
    project = lab.project(f"services: {{web: {{image: '{request.tag}', command: sleep 1000, init: true}}}}")
    lab.up(project)
    before = lab.one("web")
    lab.request(f"FROM {BASE}\nCOPY . /app\n", text="2")
    image = lab.built(request)

    lab.up(project)

    assert lab.one("web").id != before.id
    assert lab.one("web").image_id == image.id


def test_what_stopped_is_started_and_what_is_no_longer_named_goes(lab: Lab) -> None:
    project = lab.project(TWO)
    lab.up(project)
    before = ids(lab)
    lab.engine.stop(before[f"{lab.name}-db-1"], 0)

    lab.up(project)
    assert ids(lab) == before
    until(lambda: {c.state for c in lab.all()} == {"running"})

    lab.up(lab.project(f"services: {{web: {{image: '{BASE}', command: sleep 1000, init: true}}}}"))
    assert [c.component for c in lab.all()] == ["web"]
    assert [v.name for v in lab.engine.volumes(project=lab.name)] == [f"{lab.name}_data"]


def test_the_shell_has_no_say_in_the_variables(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "of the shell")
    monkeypatch.setenv("COMPOSE_FILE", "/no/such/file.yml")

    lab.up(lab.project(TWO, {"COLOUR": "of the file"}))

    assert lab.engine.container(lab.one("web").id).environment["COLOUR"] == "of the file"


def test_values_with_odd_characters_arrive_whole(lab: Lab) -> None:
    lab.up(lab.project(TWO, {"COLOUR": "'a $b \"c\" #d \\e'"}))

    assert lab.engine.container(lab.one("web").id).environment["COLOUR"] == 'a $b "c" #d \\e'


def test_scaling_up_and_down(lab: Lab) -> None:
    project = lab.project(TWO)
    lab.up(project)
    first = lab.one("web").id

    lab.up(project, web=3)
    assert sorted(c.name for c in lab.all() if c.component == "web") == [
        f"{lab.name}-web-{n}" for n in (1, 2, 3)
    ]
    lab.up(project, web=1)
    assert lab.one("web").id == first


def test_replicas_share_a_range_of_ports(lab: Lab) -> None:
    lab.up(
        lab.project(
            f"""
            services:
              web:
                image: {BASE}
                command: sleep 1000
                init: true
                ports: ["23981-23982:8000"]
                deploy: {{replicas: 2}}
            """
        )
    )

    assert sorted(p.host for c in lab.all() for p in c.ports if p.address == "0.0.0.0") == [23981, 23982]


def test_a_taken_port_is_a_conflict_that_names_it(lab: Lab) -> None:
    service = f"{{image: '{BASE}', command: sleep 1000, init: true, ports: ['23971:8000']}}"
    project = lab.project(f"services: {{one: {service}, two: {service}}}")

    with pytest.raises(Conflict, match="23971") as caught:
        lab.up(project)

    assert caught.value.mend
    assert any("already allocated" in line for line in caught.value.log)
    until(lambda: sorted(c.state for c in lab.all()) == ["created", "running"])


def test_up_waits_for_a_dependency_to_be_healthy(lab: Lab) -> None:
    lab.behave("db", Behaviour(answers_after=1.0))
    lab.up(
        lab.project(
            f"""
            services:
              db:
                image: {BASE}
                command: sh -c "sleep 1; touch /ready; sleep 1000"
                init: true
                healthcheck: {{test: ["CMD", "test", "-e", "/ready"], interval: 0.3s, retries: 20}}
              web:
                image: {BASE}
                command: sleep 1000
                init: true
                depends_on: {{db: {{condition: service_healthy}}}}
            """
        )
    )

    db, web = (lab.engine.container(lab.one(name).id) for name in ("db", "web"))
    assert db.container.health == "healthy"
    assert web.started - db.started > 0.9


def test_a_dependency_that_stays_unhealthy_is_named(lab: Lab) -> None:
    lab.behave("db", Behaviour(health="unhealthy"))
    project = lab.project(
        f"""
        services:
          db:
            image: {BASE}
            command: sleep 1000
            init: true
            healthcheck: {{test: ["CMD", "false"], interval: 0.2s, retries: 1}}
          web:
            image: {BASE}
            command: sleep 1000
            init: true
            depends_on: {{db: {{condition: service_healthy}}}}
        """
    )

    with pytest.raises(Unhealthy, match=f"{lab.name}-db-1 is unhealthy"):
        lab.up(project)

    assert lab.one("web").state == "created"


def test_a_job_that_fails_stops_what_waits_for_it(lab: Lab) -> None:
    project = lab.project(
        f"""
        services:
          migrate: {{image: {BASE}, command: ["sh", "-c", "exit 5"]}}
          web:
            image: {BASE}
            command: sleep 1000
            init: true
            depends_on: {{migrate: {{condition: service_completed_successfully}}}}
        """
    )

    with pytest.raises(Unhealthy, match="migrate"):
        lab.up(project)


def test_an_image_that_nobody_has_is_named(lab: Lab) -> None:
    with pytest.raises(NotFound, match="machete-no-such/image:1") as caught:
        lab.up(lab.project("services: {web: {image: 'machete-no-such/image:1'}}"))

    assert "image.bootstrap" in caught.value.mend


def test_an_image_that_is_never_to_be_pulled_is_not(lab: Lab) -> None:
    ref = f"machete/{lab.name}-web:1"
    project = lab.project(f"services: {{web: {{image: '{ref}', pull_policy: never}}}}")

    begun = time.monotonic()
    with pytest.raises(NotFound, match=ref) as caught:
        lab.up(project)

    assert time.monotonic() - begun < 30
    assert not any("Pulling" in line for line in caught.value.log)


def test_up_can_be_cancelled_while_it_waits(lab: Lab) -> None:
    lab.behave("db", Behaviour(answers_after=60, health=""))
    project = lab.project(
        f"""
        services:
          db:
            image: {BASE}
            command: sleep 1000
            init: true
            healthcheck: {{test: ["CMD", "false"], interval: 1s, retries: 60}}
          web: {{image: {BASE}, command: sleep 1000, depends_on: {{db: {{condition: service_healthy}}}}}}
        """
    )
    cancel = Cancel()
    threading.Timer(2.0, cancel.cancel).start()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(lab.engine.compose_up(project, cancel))

    assert time.monotonic() - begun < 40


def test_down_keeps_volumes_unless_told(lab: Lab) -> None:
    project = lab.project(TWO)
    lab.up(project)

    lab.engine.compose_down(project)
    assert lab.all() == []
    assert lab.engine.networks(project=lab.name) == []
    assert len(lab.engine.volumes(project=lab.name)) == 1
    lab.engine.compose_down(project)

    lab.engine.compose_down(project, volumes=True)
    assert lab.engine.volumes(project=lab.name) == []


def test_down_needs_no_files(lab: Lab) -> None:
    lab.up(lab.project(TWO))

    lab.engine.compose_down(ComposeProject(lab.name, "/no/such/folder"))

    assert lab.all() == []


def test_a_volume_in_use_is_a_conflict_and_a_gone_one_is_not(lab: Lab) -> None:
    lab.up(lab.project(TWO))

    with pytest.raises(Conflict, match=f"{lab.name}_data"):
        lab.engine.remove_volume(f"{lab.name}_data")
    lab.engine.remove(lab.one("db").id)
    lab.engine.remove_volume(f"{lab.name}_data")
    assert lab.engine.volumes(project=lab.name) == []
    lab.engine.remove_volume(f"{lab.name}_data")
    lab.engine.remove_volume("no-such-volume")


def test_a_network_in_use_is_a_conflict_and_a_gone_one_is_not(lab: Lab) -> None:
    lab.up(lab.project(TWO))
    name = f"{lab.name}_default"

    with pytest.raises(Conflict):
        lab.engine.remove_network(name)
    for container in lab.all():
        lab.engine.remove(container.id)
    lab.engine.remove_network(name)
    assert lab.engine.networks(project=lab.name) == []
    lab.engine.remove_network(name)


def test_a_good_file_passes_the_check(lab: Lab) -> None:
    lab.engine.compose_check(lab.project(TWO, {"COLOUR": "x"}))


@pytest.mark.parametrize(
    ("compose", "said"),
    [
        ("services: {web: {image: x, volumes: ['nope:/x']}}", "nope"),
        ("services: {web: {}}", "web"),
        ("services: {web: {image: x, depends_on: [gone]}}", "gone"),
        ("services: [1, 2]", "services"),
        ("services:\n  web: {image: x\n", "yaml|line|flow"),
        ("servces: {}", "servces"),
        ("services: {web: {image: '${TAG:?give a tag}'}}", "give a tag"),
        ("services: {web: {image: x, networks: [gone]}}", "gone"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(lab: Lab, compose: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"(?i){said}"):
        lab.engine.compose_check(lab.project(compose))


def test_the_name_of_a_container_that_is_taken(lab: Lab) -> None:
    service = f"{{image: '{BASE}', command: sleep 1000, init: true, container_name: NAME-fixed}}"
    lab.up(lab.project(f"services: {{web: {service}}}"))
    other = Lab(lab.engine, lab.folder)
    project = ComposeProject(other.name, str(lab.folder))
    try:
        with pytest.raises(Conflict, match=f"{lab.name}-fixed"):
            list(lab.engine.compose_up(project, Cancel()))
    finally:
        other.clear()
    until(lambda: lab.one("web").state == "running")
