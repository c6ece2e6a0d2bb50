"""The whole of what was entered, and the requests that come from it. Immutable: each edit is a new draft."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import field
from typing import TYPE_CHECKING

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.core.source import BackingService, Component, Detection
from machete_tui.ui.wizard import component as parts
from machete_tui.ui.wizard import environment, numbers
from machete_tui.ui.wizard.component import ComponentDraft
from machete_tui.ui.wizard.connections import injected
from machete_tui.ui.wizard.environment import Pair
from machete_tui.ui.wizard.problems import Problem, of_error
from machete_tui.ui.wizard.source import SourceDraft

if TYPE_CHECKING:
    from machete_tui.operations.requests import Deploy

_VERSION = re.compile(r"\d+(\.\d+)*")


@dataclass(frozen=True, slots=True)
class BackingDraft:
    """A backing service: run beside the components or not, and which version (empty for the default)."""

    original: BackingService
    enabled: bool = True
    version: str = ""

    def result(self) -> BackingService:
        """Return it with the edits."""
        return dataclasses.replace(self.original, enabled=self.enabled, version=self.version.strip())


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything entered so far.

    Attributes:
        source: step 1.
        detection: what the source is; None before it was read.
        read_from: key of the source that ``detection`` was made from.
        name: the service's name.
        port: stable host port, as typed; empty for the lowest free one.
        components: steps 2 and 3.
        pairs: step 4.
        accepted: required names that the operator goes on without.
        backing: step 5.
        copied: folder that the template's files were already copied to by a deploy that failed.
    """

    source: SourceDraft = field(default_factory=SourceDraft)
    detection: Detection | None = None
    read_from: tuple[str, ...] = ()
    name: str = ""
    port: str = ""
    components: tuple[ComponentDraft, ...] = ()
    pairs: tuple[Pair, ...] = ()
    accepted: frozenset[str] = field(default_factory=frozenset)
    backing: tuple[BackingDraft, ...] = ()
    copied: str = ""

    @property
    def fresh(self) -> bool:
        """Whether the detection still belongs to the source that is entered."""
        return self.detection is not None and self.read_from == self.source.key

    @property
    def included(self) -> tuple[ComponentDraft, ...]:
        """Components that are deployed."""
        return tuple(c for c in self.components if c.included)

    @property
    def parts(self) -> tuple[Component, ...]:
        """The same with their kinds as edited, for what does not depend on numbers."""
        return tuple(dataclasses.replace(c.original, kind=c.kind) for c in self.included)

    def with_detection(self, detection: Detection) -> Draft:
        """Return the draft with what its source turned out to be; edits to same-named parts are kept."""
        before = {c.name: c for c in self.components}
        kept_backing = {b.original.name: b for b in self.backing}
        components = tuple(
            before[c.name].onto(c) if c.name in before else parts.of(c) for c in detection.components
        )
        backing = []
        for service in detection.backing_services:
            old = kept_backing.get(service.name)
            if old is not None and old.original.kind == service.kind:
                backing.append(dataclasses.replace(old, original=service))
            else:
                backing.append(BackingDraft(service, service.enabled, service.version))
        suggested = self.detection.name if self.detection else ""
        name = self.name if self.name and self.name != suggested else detection.name
        return dataclasses.replace(
            self,
            detection=detection,
            read_from=self.source.key,
            name=name,
            components=components,
            backing=tuple(backing),
        )

    def with_component(self, name: str, **changes: object) -> Draft:
        """Return the draft with fields of one component changed."""
        changed = tuple(
            dataclasses.replace(c, **changes) if c.name == name else c  # type: ignore[arg-type]
            for c in self.components
        )
        return dataclasses.replace(self, components=changed)

    def with_backing(self, name: str, *, enabled: bool | None = None, version: str | None = None) -> Draft:
        """Return the draft with one backing service changed."""
        changed = []
        for item in self.backing:
            if item.original.name == name:
                item = dataclasses.replace(
                    item,
                    enabled=item.enabled if enabled is None else enabled,
                    version=item.version if version is None else version,
                )
            changed.append(item)
        return dataclasses.replace(self, backing=tuple(changed))

    def outline(self) -> Detection:
        """Return what is deployed, without the numbers that may still be wrong.

        Raises:
            ValueError: nothing was detected yet.
        """
        if self.detection is None:
            raise ValueError("the source was not read yet")
        left_out = {c.name for c in self.components if not c.included}
        left_out |= {b.original.name for b in self.backing if not b.enabled}
        return dataclasses.replace(
            self.detection,
            components=self.parts,
            backing_services=tuple(b.result() for b in self.backing),
            edges=tuple(e for e in self.detection.edges if not left_out & set(e)),
        )

    def injected(self) -> environment.Injected:
        """Return component -> variable -> name of the backing service that will set it."""
        return injected(self.outline()) if self.detection is not None else {}

    def wanted(self) -> tuple[environment.Wanted, ...]:
        """Return the variables that the deployed components read."""
        return environment.wanted(self.parts, self.injected())

    def missing(self) -> tuple[str, ...]:
        """Return the required names that have no value."""
        return environment.missing(self.wanted(), self.pairs, self.parts, self.injected())

    def result(self) -> Detection:
        """Return the detection with all edits: what is left out is gone, and its edges with it.

        Raises:
            ValueError: nothing was detected yet, or a number is not one.
        """
        components = tuple(c.result() for c in self.included)
        return dataclasses.replace(self.outline(), name=self.name.strip(), components=components)

    def request(self, location: str, *, dry_run: bool = False) -> Deploy:
        """Return what ``service.deploy`` is asked for.

        Args:
            location: folder or Git URL; a template is deployed from the folder that it was copied to.
            dry_run: only the plan.
        """
        from machete_tui.operations.requests import Deploy

        detection, git = self.result(), self.source.choice == "git"
        pairs = [p for p in self.pairs if p.name.strip() and p.value]
        known = {c.name for c in self.included}
        http = git and self.source.scheme == "http"
        return Deploy(
            source=location,
            name=self.name.strip(),
            branch=self.source.ref.strip() if git else "",
            path=self.source.subpath.strip() if git else "",
            port=numbers.port(self.port),
            env=tuple(f"{p.name.strip()}={p.value}" for p in pairs if not p.component),
            ssh_key=self.source.ssh_key.strip() if git and self.source.scheme == "ssh" else "",
            token_env=self.source.token_env.strip() if http else "",
            token_file=self.source.token_file.strip() if http else "",
            without=tuple(b.original.name for b in self.backing if not b.enabled),
            dry_run=dry_run,
            detection=detection,
            component_env=tuple(
                (p.component, p.name.strip(), p.value) for p in pairs if p.component in known
            ),
            limits=tuple((c.name, c.cpus, c.memory) for c in detection.components if c.cpus or c.memory),
            component_replicas=tuple((c.name, c.replicas) for c in detection.components),
        )


def check_name(name: str) -> tuple[Problem, ...]:
    """Return what is wrong with a service's name."""
    from machete_tui.operations import names

    if not name.strip():
        return (Problem("name", "give the service a name"),)
    try:
        names.check_name(name.strip())
    except InvalidInput as error:
        return (of_error(error, "name"),)
    return ()


def check_backing(draft: Draft) -> tuple[Problem, ...]:
    """Return what is wrong with step 5."""
    return tuple(
        Problem(f"{b.original.name}.version", "a version is digits and dots", "like 17, or nothing")
        for b in draft.backing
        if b.enabled and b.version.strip() and not _VERSION.fullmatch(b.version.strip())
    )
