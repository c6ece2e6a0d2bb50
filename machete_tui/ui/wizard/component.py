"""Steps 2 and 3: one component with the operator's edits. Numbers stay as typed until they are asked for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component, ComponentKind
from machete_tui.ui.wizard import numbers
from machete_tui.ui.wizard.problems import Problem

KINDS: tuple[ComponentKind, ...] = ("web", "static", "worker", "job", "cli")
WITH_PORT = frozenset({"web", "static"})
_NEEDS_START = frozenset({"node", "python", "ruby", "go", "java", "dotnet", "rust"})
_VOLUME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

DETECTED = ("kind", "build_command", "start_command", "port", "health_path")
RESOURCES = ("cpus", "memory", "replicas", "volumes")


@dataclass(frozen=True, slots=True)
class ComponentDraft:
    """A component as detected, and what the operator made of it.

    Attributes:
        original: what detection said.
        included: whether it is deployed.
        kind: what it is.
        build_command: shell command; empty for none.
        start_command: shell command; empty for the image's own.
        port: port inside its container, as typed.
        health_path: HTTP path.
        cpus: cores, as typed; empty for no limit.
        memory: size, as typed; empty for no limit.
        replicas: count, as typed.
        volumes: mounts, as typed, separated by commas.
    """

    original: Component
    included: bool = True
    kind: ComponentKind = "web"
    build_command: str = ""
    start_command: str = ""
    port: str = ""
    health_path: str = ""
    cpus: str = ""
    memory: str = ""
    replicas: str = "1"
    volumes: str = ""

    @property
    def name(self) -> str:
        """Its name in the source."""
        return self.original.name

    @property
    def has_port(self) -> bool:
        """Whether its kind listens on a port."""
        return self.kind in WITH_PORT

    @property
    def edited(self) -> tuple[str, ...]:
        """Names of the fields whose text differs from what detection gave."""
        fresh = of(self.original)
        return tuple(f for f in (*DETECTED, *RESOURCES) if getattr(self, f) != getattr(fresh, f))

    @property
    def mounts(self) -> tuple[str, ...]:
        """The volumes one by one."""
        return tuple(v.strip() for v in self.volumes.split(",") if v.strip())

    def onto(self, component: Component) -> ComponentDraft:
        """Return the same edits on what a later detection says of this component."""
        kept = {f: getattr(self, f) for f in self.edited}
        return dataclasses.replace(of(component), included=self.included, **kept)

    def result(self) -> Component:
        """Return the component with the edits.

        Raises:
            ValueError: a number is not one; :func:`check_detected` and :func:`check_resources` tell first.
        """
        port = numbers.port(self.port) if self.has_port else 0
        changed = port != self.original.port
        return dataclasses.replace(
            self.original,
            kind=self.kind,
            build_command=self.build_command.strip(),
            start_command=self.start_command.strip(),
            port=port,
            port_from="the operator" if changed and port else self.original.port_from,
            health_path=self.health_path.strip() if self.has_port else "",
            volumes=self.mounts,
            cpus=numbers.cores(self.cpus),
            memory=numbers.memory(self.memory),
            replicas=numbers.replicas(self.replicas) or 1,
        )


def of(component: Component) -> ComponentDraft:
    """Return a draft that changes nothing."""
    return ComponentDraft(
        original=component,
        kind=component.kind,
        build_command=component.build_command,
        start_command=component.start_command,
        port=str(component.port) if component.port else "",
        health_path=component.health_path,
        cpus=numbers.as_cores(component.cpus),
        memory=numbers.as_memory(component.memory),
        replicas=str(component.replicas),
        volumes=", ".join(component.volumes),
    )


def check_detected(draft: ComponentDraft) -> list[Problem]:
    """Return what is wrong with the values of step 2; a component that is left out is never wrong."""
    if not draft.included:
        return []
    found: list[Problem] = []
    if draft.has_port:
        _number(found, f"{draft.name}.port", draft.port, numbers.port)
        if not draft.port.strip():
            found.append(Problem(f"{draft.name}.port", "which port does it listen on?"))
        if draft.health_path.strip() and not draft.health_path.strip().startswith("/"):
            found.append(Problem(f"{draft.name}.health_path", "a path begins with /"))
    if _lacks_start(draft):
        found.append(Problem(f"{draft.name}.start_command", "which command starts it?"))
    return found


def check_resources(draft: ComponentDraft) -> list[Problem]:
    """Return what is wrong with the values of step 3."""
    if not draft.included:
        return []
    found: list[Problem] = []
    _number(found, f"{draft.name}.cpus", draft.cpus, numbers.cores)
    _number(found, f"{draft.name}.memory", draft.memory, numbers.memory)
    _number(found, f"{draft.name}.replicas", draft.replicas, numbers.replicas)
    targets: set[str] = set()
    for mount in draft.mounts:
        problem = _mount(mount, targets)
        if problem:
            found.append(Problem(f"{draft.name}.volumes", problem))
            break
    return found


def _lacks_start(draft: ComponentDraft) -> bool:
    if draft.start_command.strip() or draft.kind == "static" or draft.original.dockerfile:
        return False
    return bool(draft.original.start_command) or draft.original.stack in _NEEDS_START


def _number(found: list[Problem], field: str, text: str, read: Callable[[str], object]) -> None:
    try:
        read(text)
    except ValueError as error:
        found.append(Problem(field, str(error)))


def _mount(mount: str, targets: set[str]) -> str:
    source, colon, rest = mount.partition(":")
    target, _, mode = rest.partition(":")
    if not colon or not target.startswith("/") or target.rstrip("/") == "":
        return f"{mount}: write NAME:/path/inside or /host/path:/path/inside"
    if mode not in ("", "ro", "rw"):
        return f"{mount}: after the path only :ro may stand"
    if not source.startswith("/") and not _VOLUME_NAME.fullmatch(source):
        return f"{mount}: {source or 'an empty text'} is neither a volume's name nor an absolute path"
    if target.rstrip("/") in targets:
        return f"{target} is mounted twice"
    targets.add(target.rstrip("/"))
    return ""
