"""Every stack whose base image can be had: deployed, asked over HTTP, redeployed and rolled back for real."""

from __future__ import annotations

import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.operations.bench import Bench

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STACKS = {
    "node-express-less": "node",
    "python-flask": "python",
    "php-plain": "php",
    "go-http": "go",
    "ruby-sinatra": "ruby",
    "java-maven": "java",
    "rust-http": "rust",
    "static-site": "static",
}


def served(url: str, path: str = "/") -> str:
    with urllib.request.urlopen(url + path, timeout=10) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def set_version(app: Path, version: str) -> None:
    """Write the version where this app reads it."""
    page = app / "index.html"
    if page.exists():
        page.write_text(f"<!doctype html><title>static</title><p>static-site {version}</p>\n")
    else:
        (app / "VERSION").write_text(version + "\n")


@pytest.mark.parametrize("app", sorted(STACKS))
def test_stack_goes_the_whole_way(docker_bench: Bench, app: str) -> None:
    bench = docker_bench
    name, source = bench.name("app"), bench.app(app)
    set_version(source, "71.1")
    first = bench.deploy(source, name, gate=60.0)
    assert bench.row(name).stack.split("/")[0] == STACKS[app]
    assert "71.1" in served(first.url)
    set_version(source, "72.2")
    second = bench.deploy(source, name, gate=60.0)
    assert (second.release, second.url) == (2, first.url)
    assert "72.2" in served(second.url)
    back = bench.do("deployment.rollback", name=name, watch=0.0)
    assert back.release == 1
    assert "71.1" in served(back.url)
    detail = bench.ctx.engine.container(bench.ctx.engine.containers(service=name)[0].id)
    assert detail.restarts == 0


def test_an_existing_compose_file_is_kept_and_its_ports_are_moved(docker_bench: Bench) -> None:
    bench = docker_bench
    name, source = bench.name("stack"), bench.app("compose-app")
    before = (source / "docker-compose.yml").read_bytes()
    done = bench.deploy(source, name)
    assert int(done.url.rpartition(":")[2]) >= 20000
    assert served(done.url)
    assert (source / "docker-compose.yml").read_bytes() == before
    assert bench.row(name).containers == bench.row(name).wanted


def test_a_monorepo_becomes_one_compose_file(docker_bench: Bench) -> None:
    bench = docker_bench
    name, source = bench.name("mono"), bench.app("monorepo")
    bench.deploy(source, name)
    release = bench.ctx.store.releases.of(bench.ctx.store.services.all()[0].id)[0]
    assert len(release.detection.components) >= 3
    for ports in release.ports.values():
        assert served(f"http://127.0.0.1:{ports[0]}")
    row = bench.row(name)
    assert (row.status, row.containers) == ("running", row.wanted)


def test_the_guestbook_keeps_its_data_and_its_database_running(docker_bench: Bench) -> None:
    bench = docker_bench
    examples = Path(__file__).parents[2] / "examples" / "guestbook"
    name = bench.name("guest")
    first = bench.deploy(examples, name)
    body = urllib.parse.urlencode({"name": "Ana", "message": "kept for good"}).encode()
    with urllib.request.urlopen(first.url + "/", body, timeout=10) as answer:
        assert answer.status == 200
    backing = {
        c.component: c.id for c in bench.ctx.engine.containers(service=name) if c.component in ("db", "redis")
    }
    assert set(backing) == {"db", "redis"}
    bench.deploy(examples, name, env=("TITLE=Second",))
    after = {c.component: c.id for c in bench.ctx.engine.containers(service=name)}
    assert {k: after[k] for k in backing} == backing
    assert "kept for good" in served(first.url)
    bench.do("service.restart", name=name)
    bench.do("deployment.rollback", name=name, watch=0.0)
    assert "kept for good" in served(first.url)
    bench.do("service.remove", name=name)
    volumes = [v.name for v in bench.ctx.engine.volumes(project=name)]
    assert sorted(volumes) == [f"{name}_db_data", f"{name}_redis_data"]
    again = bench.deploy(examples, name)
    assert "kept for good" in served(again.url)
