"""Step 4: names and values, those that the code asks for first."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component
from machete_tui.ui.wizard.problems import Problem

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Pair:
    """One variable as typed; ``component`` is empty when all components get it."""

    name: str
    value: str = ""
    component: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was entered."""
        return not self.name.strip() and not self.value


@dataclass(frozen=True, slots=True)
class Wanted:
    """A variable that the code reads.

    Attributes:
        name: the variable.
        components: who reads it.
        required: whether one of them has no default for it.
        given_by: the backing service or ``the manifest`` that sets it for all who need it; empty otherwise.
    """

    name: str
    components: tuple[str, ...]
    required: bool
    given_by: str = ""


Injected = Mapping[str, Mapping[str, str]]
"""Component -> variable -> the backing service that sets it."""


def wanted(components: Iterable[Component], injected: Injected) -> tuple[Wanted, ...]:
    """Return what the components read: required and unset first, then required, then the rest, by name."""
    readers: dict[str, list[str]] = {}
    required: dict[str, list[str]] = {}
    sources: dict[str, dict[str, str]] = {}
    for part in components:
        for name in dict.fromkeys((*part.required_env, *part.env)):
            readers.setdefault(name, []).append(part.name)
        for name in part.required_env:
            required.setdefault(name, []).append(part.name)
        for name in part.environment:
            sources.setdefault(name, {})[part.name] = "the manifest"
        for name, service in injected.get(part.name, {}).items():
            sources.setdefault(name, {}).setdefault(part.name, service)
    found = []
    for name, names in readers.items():
        asked, setters = required.get(name, []), sources.get(name, {})
        all_set = all(reader in setters for reader in asked or names)
        given = ", ".join(dict.fromkeys(setters.values())) if all_set else ""
        found.append(Wanted(name, tuple(names), bool(asked), given))
    return tuple(sorted(found, key=lambda w: (not w.required, bool(w.given_by), w.name)))


def missing(
    wanted_ones: Iterable[Wanted],
    pairs: Iterable[Pair],
    components: Iterable[Component],
    injected: Injected,
) -> tuple[str, ...]:
    """Return the required names that some component which needs them would not get, in order."""
    needs: dict[str, set[str]] = {}
    for part in components:
        for name in part.required_env:
            if name not in part.environment and name not in injected.get(part.name, {}):
                needs.setdefault(name, set()).add(part.name)
    for pair in pairs:
        if pair.value and pair.name.strip() in needs:
            reached = {pair.component} if pair.component else set(needs[pair.name.strip()])
            needs[pair.name.strip()] -= reached
    return tuple(w.name for w in wanted_ones if needs.get(w.name))


def check(pairs: Iterable[Pair], components: Iterable[str]) -> tuple[Problem, ...]:
    """Return what is wrong with the pairs; a problem's field is ``pair.`` and the pair's place from 0."""
    known = set(components)
    seen: set[tuple[str, str]] = set()
    found: list[Problem] = []
    for place, pair in enumerate(pairs):
        if pair.blank:
            continue
        name, field = pair.name.strip(), f"pair.{place}"
        if not name:
            found.append(Problem(field, "this value has no name"))
        elif not _NAME.fullmatch(name):
            found.append(Problem(field, f"{name} is not a name", "letters, digits and _, no digit first"))
        elif (name, pair.component) in seen:
            found.append(Problem(field, f"{name} is there twice"))
        elif pair.component and pair.component not in known:
            mend = "choose another or all"
            found.append(Problem(field, f"{pair.component} is not deployed", mend, warning=True))
        elif "\0" in pair.value:
            found.append(Problem(field, f"{name} holds a NUL character"))
        seen.add((name, pair.component))
    return tuple(found)


def merge(pairs: tuple[Pair, ...], values: Mapping[str, str], component: str = "") -> tuple[Pair, ...]:
    """Return the pairs with pasted ones put in: a known name gets the new value, others come after."""
    left = dict(values)
    kept: list[Pair] = []
    for pair in pairs:
        if pair.blank:
            continue
        name = pair.name.strip()
        if pair.component == component and name in left:
            pair = dataclasses.replace(pair, value=left.pop(name))
        kept.append(pair)
    return (*kept, *(Pair(name, value, component) for name, value in left.items()))
