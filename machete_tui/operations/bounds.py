"""What can be said of a request before anything is looked at: names, numbers, sizes, URLs.

Fronts check with these before the first of several steps runs; the operations check again themselves.
"""

from __future__ import annotations

from machete_tui.core.errors import InvalidInput
from machete_tui.operations.inputs import pairs
from machete_tui.operations.names import check_name
from machete_tui.operations.requests import Deploy, ListDeployments, ListEvents, Logs, Update
from machete_tui.operations.sources import parse_source

LEAST_MEMORY = 6 << 20
"""Bytes under which the Engine starts no container (its own limit)."""

LEAST_CPUS = 0.01
"""Cores under which it starts none."""

MOST_REPLICAS = 100
"""Containers of one component."""


def check_deploy(request: Deploy) -> None:
    """Raise InvalidInput for what no deploy can mean."""
    parse_source(
        request.source,
        branch=request.branch,
        path=request.path,
        ssh_key=request.ssh_key,
        token_env=request.token_env,
        token_file=request.token_file,
    )
    if request.name:
        check_name(request.name)
    pairs(request.env)
    check_port(request.port)
    if not 0 <= request.replicas <= MOST_REPLICAS:
        raise InvalidInput(
            f"{request.replicas} replicas", f"give 1 to {MOST_REPLICAS} of them", field="--replicas"
        )
    if request.cpus < 0:
        raise InvalidInput(f"{request.cpus:g} cores", "give a number above 0", field="--cpus")
    check_limits(request.cpus, request.memory)


def check_update(request: Update) -> None:
    """Raise InvalidInput for what no update can mean; limits below 0 were not given."""
    pairs(request.env)
    check_port(request.port)
    check_limits(max(request.cpus, 0), max(request.memory, 0))


def check_port(port: int) -> None:
    """Raise InvalidInput for what is no port; 0 means none was asked for."""
    if not 0 <= port <= 65535:
        raise InvalidInput(f"{port} is not a port", "use 1 to 65535", field="--port")


def check_limits(cpus: float, memory: int) -> None:
    """Raise InvalidInput for limits under which no container starts; 0 is no limit."""
    if 0 < cpus < LEAST_CPUS:
        raise InvalidInput(f"{cpus:g} cores are too few", f"give {LEAST_CPUS} or more", field="--cpus")
    if 0 < memory < LEAST_MEMORY:
        raise InvalidInput(
            f"{memory} bytes of memory are too few for a container",
            f"give {LEAST_MEMORY >> 20}m or more",
            field="--memory",
        )


def check_logs(request: Logs) -> None:
    """Raise InvalidInput for a number of lines below 0."""
    if request.tail < 0:
        raise InvalidInput(f"{request.tail} lines", "give a number, or 0 for all", field="--tail")


def check_limit(request: ListDeployments | ListEvents) -> None:
    """Raise InvalidInput for a list of fewer than one row."""
    if request.limit < 1:
        raise InvalidInput(f"{request.limit} rows", "give 1 or more", field="--limit")
