"""The requests of the verbs that must start fast: few, because each dataclass costs a millisecond."""

from __future__ import annotations

from machete_tui.core.frozen import dataclass
from machete_tui.operations.registry import arg


@dataclass(frozen=True, slots=True)
class Name:
    """A service by its name."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")


@dataclass(frozen=True, slots=True)
class ListServices:
    """Which services to list."""

    filter: str = arg(
        "names that match this regular expression, or terms: status:failed label:tier=front; ! inverts",
        default="",
    )
    status: str = arg("only this status", default="")
    kind: str = arg("only this kind", default="", choices=("service", "project", "container"))
    own: bool = arg("only what machete-tui deployed", default=False)
    all: bool = arg("everything on the Engine, as without --own", default=False)
    usage: bool = arg("measure CPU and memory too (takes half a second)", default=False)
    restarts: bool = arg("count restarts too (asks for each container)", default=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No choice."""
