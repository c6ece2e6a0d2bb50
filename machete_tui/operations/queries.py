"""The requests of the verbs that must start fast: few, because each dataclass costs a millisecond."""

from __future__ import annotations

from dataclasses import dataclass

from machete_tui.operations.registry import arg


@dataclass(frozen=True, slots=True)
class Name:
    """A service by its name."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")


@dataclass(frozen=True, slots=True)
class ListServices:
    """Which services to list."""

    filter: str = arg("only names that match this regular expression; ! inverts", default="")
    status: str = arg("only this status", default="")
    usage: bool = arg("measure CPU and memory too (takes half a second)", default=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No choice."""
