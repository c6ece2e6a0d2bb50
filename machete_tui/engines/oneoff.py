"""Runs one container to its end, and removes it whatever happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import LogStream, RunResult
from machete_tui.engines.sdk import Sdk

_LINES_MOST = 2000


class _Engine(Protocol):
    def logs(
        self, container: str, *, follow: bool = False, since: float = 0.0, tail: int | None = None
    ) -> LogStream: ...

    def remove(self, container: str) -> None: ...


def run(
    engine: _Engine,
    sdk: Sdk,
    image: str,
    command: Sequence[str],
    cancel: Cancel,
    environment: Mapping[str, str],
    network: str,
    labels: Mapping[str, str],
) -> RunResult:
    """Create, start, wait, read and remove; cancelling removes it, which ends the wait."""
    cancel.check()
    with sdk.use() as client:
        host = client.create_host_config(network_mode=network or None, init=True)
        made = client.create_container(
            image,
            command=list(command) or None,
            environment=dict(environment),
            labels=dict(labels),
            host_config=host,
        )
    ident = str(made["Id"])
    try:
        with cancel.closing(lambda: engine.remove(ident)):
            with sdk.use() as client:
                client.start(ident)
                code = int(client.wait(ident, timeout=None)["StatusCode"])
            # A reader of the stopped container gets the whole output, in the order of its stamps.
            lines = [line.text for batch in engine.logs(ident, tail=_LINES_MOST) for line in batch]
        return RunResult(code, tuple(lines))
    except Exception:
        cancel.check()
        raise
    finally:
        engine.remove(ident)
