from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from machete_tui.core.errors import InvalidInput
from machete_tui.core.models import Limits
from machete_tui.core.plan import PlannedMount
from machete_tui.core.source import BackingService, Component
from machete_tui.generation import connections, published, render, required_passwords
from machete_tui.generation.dotenv import parse
from tests.unit.generation.sources import WEB, WORKER, env, order, services

DB = BackingService("postgres", "db", variables=("DATABASE_URL",))
REDIS = BackingService("redis", "redis", variables=("REDIS_URL",))


def test_a_redeploy_changes_nothing_of_a_database(tmp_path: Path) -> None:
    first = order(tmp_path, WEB, backing=(DB, REDIS))
    edited = replace(WEB, start_command="python other.py", environment={"A": "b"}, replicas=2)
    detection = replace(first.detection, components=(edited, WORKER))
    second = replace(first, release=2, commit="b" * 40, detection=detection, environment={"NEW": "x"})
    before, after = services(first), services(second)
    assert before["db"] == after["db"]
    assert before["redis"] == after["redis"]
    assert list(before["db"]) == list(after["db"])
    assert before["web"] != after["web"]
    volumes = [yaml.safe_load(render(o).compose)["volumes"] for o in (first, second)]
    assert volumes[0] == volumes[1]


def test_secrets_stand_in_the_environment_file_alone(tmp_path: Path) -> None:
    component = replace(WEB, environment={"PRICE": "5 $ each"})
    made = order(
        tmp_path,
        component,
        backing=(DB,),
        environment={"API_KEY": "hunter2", "PLAIN": "visible"},
        component_environment={"web": {"OWN": "correct horse"}},
    )
    rendered = render(made)
    for file in rendered.files:
        assert ("hunter2" in file.text or "generated-" in file.text) == (file.path == ".env")
    assert next(f.mode for f in rendered.files if f.path == ".env") == 0o600
    environment = services(made)["web"]["environment"]
    assert environment["API_KEY"] == "${API_KEY}"
    assert environment["PLAIN"] == "${PLAIN}"
    assert environment["OWN"] == "${OWN}"
    assert environment["PRICE"] == "5 $$ each"
    assert environment["DATABASE_URL"] == "postgresql://app:${POSTGRES_PASSWORD}@db:5432/app"


def test_different_values_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    made = order(
        tmp_path,
        WEB,
        WORKER,
        environment={
            "LEVEL": "info",
            "WORKER_LEVEL": "taken",
            "COMPOSE_FILE": "evil.yml",
            "a.b": "1",
            "a-b": "2",
        },
        component_environment={"worker": {"LEVEL": "debug"}},
    )
    values = parse(env(made))
    found = services(made)
    for component, level in (("web", "info"), ("worker", "debug")):
        environment = found[component]["environment"]
        assert values[environment["LEVEL"][2:-1]] == level
        assert values[environment["a.b"][2:-1]] == "1"
        assert values[environment["a-b"][2:-1]] == "2"
        assert values[environment["COMPOSE_FILE"][2:-1]] == "evil.yml"
    assert not any(name.startswith("COMPOSE_") for name in values)


def test_the_operator_wins_over_manifest_and_connection(tmp_path: Path) -> None:
    component = replace(WEB, environment={"A": "manifest", "DATABASE_URL": "manifest"})
    made = order(
        tmp_path, component, backing=(DB,), environment={"A": "operator", "DATABASE_URL": "postgres://x"}
    )
    environment = services(made)["web"]["environment"]
    values = parse(env(made))
    assert values[environment["A"][2:-1]] == "operator"
    assert values[environment["DATABASE_URL"][2:-1]] == "postgres://x"


def test_an_operators_port_is_not_passed_on_silently(tmp_path: Path) -> None:
    component = replace(WEB, facts={"port_env": "HTTP_PORT"})
    made = order(tmp_path, component, environment={"PORT": "9", "HTTP_PORT": "9"})
    environment = services(made)["web"]["environment"]
    assert (environment["PORT"], environment["HTTP_PORT"]) == ("8000", "8000")
    assert [w for w in render(made).warnings if "is not passed on" in w] == [
        "web: PORT=9 is not passed on; it listens on 8000 inside its container",
        "web: HTTP_PORT=9 is not passed on; it listens on 8000 inside its container",
    ]


def test_passwords_that_need_it_are_encoded_in_urls_only(tmp_path: Path) -> None:
    component = replace(WEB, env=("DATABASE_URL", "PGPASSWORD"))
    backing = replace(DB, variables=("DATABASE_URL", "PGPASSWORD"))
    made = order(tmp_path, component, backing=(backing,), passwords={"POSTGRES_PASSWORD": "a/b@c d"})
    environment = services(made)["web"]["environment"]
    values = parse(env(made))
    assert environment["DATABASE_URL"] == "postgresql://app:${POSTGRES_PASSWORD_URL}@db:5432/app"
    assert values["POSTGRES_PASSWORD_URL"] == "a%2Fb%40c%20d"
    assert environment["PGPASSWORD"] == "${POSTGRES_PASSWORD}"
    assert services(made)["db"]["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD}"


def test_a_password_that_nobody_generated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="POSTGRES_PASSWORD"):
        render(order(tmp_path, WEB, backing=(DB,), passwords={}))


def test_replicas_take_a_range_of_ports(tmp_path: Path) -> None:
    made = order(
        tmp_path, WEB, WORKER, replicas={"web": 3, "worker": 2}, ports={"web": (20080, 20081, 20082)}
    )
    found = services(made)
    assert found["web"]["ports"] == ["20080-20082:8000"]
    assert found["web"]["deploy"] == {"replicas": 3}
    assert "ports" not in found["worker"]
    assert found["worker"]["deploy"] == {"replicas": 2}
    assert services(replace(made, ports={}))["web"].get("ports") is None
    for wrong in ((20080, 20081), (20080, 20082, 20083)):
        with pytest.raises(InvalidInput):
            render(replace(made, ports={"web": wrong}))


def test_limits(tmp_path: Path) -> None:
    made = order(
        tmp_path, WEB, WORKER, limits={"web": Limits(0.5, 256 << 20), "worker": Limits(0, 1_000_000_001)}
    )
    found = services(made)
    assert (found["web"]["cpus"], found["web"]["mem_limit"]) == (0.5, "256m")
    assert "cpus" not in found["worker"]
    assert found["worker"]["mem_limit"] == "1000000001b"


def test_mounts(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    volumes = ("data:/data", "/mnt/disk:/disk:ro", "./conf:/conf:ro", "./up$loads:/uploads")
    made = order(tmp_path, replace(WEB, volumes=volumes), backing=(DB,))
    rendered = render(made)
    assert rendered.mounts == (
        PlannedMount("web", "shop_data", "/data"),
        PlannedMount("web", "/mnt/disk", "/disk", False, True),
        PlannedMount("web", f"{tmp_path}/conf", "/conf", False, True),
        PlannedMount("web", "/srv/shop/up$loads", "/uploads", False),
        PlannedMount("db", "shop_db_data", "/var/lib/postgresql/data"),
    )
    assert services(made)["web"]["volumes"] == [
        "data:/data",
        "/mnt/disk:/disk:ro",
        f"{tmp_path}/conf:/conf:ro",
        "/srv/shop/up$$loads:/uploads",
    ]
    document = yaml.safe_load(rendered.compose)
    assert {v["name"] for v in document["volumes"].values()} == {"shop_data", "shop_db_data"}
    dockerfile = next(f.text for f in rendered.files if f.path == "web.Dockerfile")
    assert "install -d -o 10001 -g 10001 /app /data /disk /conf /uploads" in dockerfile


@pytest.mark.parametrize("volume", ["data", "~/x:/x", "data:relative", "a:/b:c:d", "da ta:/x", ":/x"])
def test_a_volume_that_is_none_is_refused(tmp_path: Path, volume: str) -> None:
    with pytest.raises(InvalidInput):
        render(order(tmp_path, replace(WEB, volumes=(volume,))))


def test_components_wait_for_what_they_need(tmp_path: Path) -> None:
    api = replace(WEB, name="api")
    web = replace(WEB, env=("API_URL", "API_PORT"))
    edges = (("web", "api"), ("api", "web"), ("api", "db"))
    found = services(order(tmp_path, api, web, backing=(DB, REDIS), edges=edges))
    healthy, started = {"condition": "service_healthy"}, {"condition": "service_started"}
    assert found["api"]["depends_on"] == {"db": healthy, "redis": healthy}
    assert found["web"]["depends_on"] == {"redis": healthy, "api": started}
    assert found["web"]["environment"]["API_URL"] == "http://api:8000"
    assert found["web"]["environment"]["API_PORT"] == "8000"
    assert "API_HOST" not in found["web"]["environment"]


def test_a_disabled_backing_service_leaves_no_trace(tmp_path: Path) -> None:
    made = order(tmp_path, WEB, backing=(replace(DB, enabled=False),))
    assert set(services(made)) == {"web"}
    assert "DATABASE_URL" not in services(made)["web"]["environment"]
    assert required_passwords(made.detection) == ()


def test_a_second_database_has_a_password_of_its_own(tmp_path: Path) -> None:
    second = BackingService("postgres", "audit-log", variables=("AUDIT_URL",))
    made = order(tmp_path, WEB, backing=(DB, second))
    assert required_passwords(made.detection) == ("POSTGRES_PASSWORD", "AUDIT_LOG_POSTGRES_PASSWORD")
    found = services(made)
    assert found["audit-log"]["environment"]["POSTGRES_PASSWORD"] == "${AUDIT_LOG_POSTGRES_PASSWORD}"
    assert "${AUDIT_LOG_POSTGRES_PASSWORD}@audit-log:" in found["web"]["environment"]["AUDIT_URL"]


def test_names_may_not_clash(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="db"):
        render(order(tmp_path, replace(WEB, name="db"), backing=(DB,)))


def test_kinds_of_components(tmp_path: Path) -> None:
    job = Component(name="job", kind="job", stack="python", start_command="python j.py")
    cli = Component(name="cli", kind="cli", stack="python", start_command="python c.py")
    site = Component(name="site", kind="static", stack="static", output_dir=".")
    made = order(tmp_path, WEB, job, cli, site)
    found = services(made)
    assert [found[n]["restart"] for n in ("web", "job", "cli", "site")] == [
        "unless-stopped",
        "no",
        "no",
        "unless-stopped",
    ]
    assert found["cli"]["profiles"] == ["tools"]
    assert found["site"]["cap_add"] == ["NET_BIND_SERVICE"]
    assert "healthcheck" in found["web"]
    assert "healthcheck" not in found["site"]
    assert published(made.detection, str(tmp_path)) == {"web": 1, "site": 1}


def test_an_unknown_stack_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        render(order(tmp_path, replace(WEB, stack="unknown")))
    assert "Dockerfile" in caught.value.mend
    assert caught.value.field == "components.web"


def test_stand_ins_replace_what_is_started_from(tmp_path: Path) -> None:
    stand_ins = {
        "python:3.13-slim": "machete.local/python:3.13-slim",
        "postgres:17": "machete.local/postgres:17",
    }
    made = order(tmp_path, WEB, backing=(DB,), stand_ins=stand_ins)
    rendered = render(made)
    assert rendered.bases == {"python:3.13-slim": ("web",), "postgres:17": ("db",)}
    assert services(made)["db"]["image"] == "machete.local/postgres:17"
    dockerfile = next(f.text for f in rendered.files if f.path == "web.Dockerfile")
    assert "FROM machete.local/python:3.13-slim AS build" in dockerfile
    assert "FROM python" not in dockerfile


def test_a_worker_of_the_same_build_shares_the_image(tmp_path: Path) -> None:
    worker = replace(WORKER, facts={"image_of": "web"}, start_command="celery -A x worker -l $LEVEL")
    rendered = render(order(tmp_path, WEB, worker))
    assert [i.component for i in rendered.images] == ["web"]
    found = services(order(tmp_path, WEB, worker))
    assert found["worker"]["image"] == found["web"]["image"] == "machete/shop-web:1"
    assert found["worker"]["command"] == ["sh", "-c", "exec celery -A x worker -l $$LEVEL"]
    assert "command" not in found["web"]


def test_the_wizard_sees_the_connections_without_passwords(tmp_path: Path) -> None:
    detection = order(tmp_path, WEB, backing=(DB, REDIS)).detection
    assert connections(detection, WEB) == {
        "DATABASE_URL": "postgresql://app:${POSTGRES_PASSWORD_URL}@db:5432/app",
        "REDIS_URL": "redis://redis:6379/0",
    }
