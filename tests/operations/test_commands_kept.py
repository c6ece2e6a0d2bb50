"""The command that an action ran stands in its row of the audit trail, on both engines, without secrets."""

from __future__ import annotations

from tests.operations.bench import Bench


def last(bench: Bench, action: str) -> str:
    return next(e.detail for e in bench.ctx.store.events.last(20) if e.action == action)


def test_the_commands_of_an_action_are_kept(bench: Bench) -> None:
    name = bench.name("kept")
    bench.deploy(bench.app("static-site"), name, env=("API_TOKEN=s3cr3t-value-77",))
    detail = last(bench, "service.deploy")
    assert f"compose --project-name {name}" in detail
    assert " up --detach" in detail
    assert "s3cr3t-value-77" not in detail
    assert "--host" not in detail
    if not bench.memory:
        assert "$ docker buildx build" in detail or "$ docker build" in detail
    bench.do("service.restart", name=name)
    container = bench.ctx.engine.containers(service=name)[0].name
    assert last(bench, "service.restart") == f"$ docker restart {container}"
    bench.do("service.stop", name=name)
    assert last(bench, "service.stop") == f"$ docker stop {container}"
    bench.do("service.remove", name=name)
    assert f"$ docker rm --force {container}" in last(bench, "service.remove")
