"""A plan: everything a deploy would do, before it does it."""

from __future__ import annotations

from dataclasses import field, replace

from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Limits
from machete_tui.core.secrets import hidden_values, masked
from machete_tui.core.source import Checkout, Detection, SourceRef


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file as it would be written: its path relative to the release folder, and its text."""

    path: str
    text: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class PlannedImage:
    """An image to build.

    Attributes:
        component: whose.
        tag: ``machete/<service>-<component>:<release>``.
        context: absolute folder.
        dockerfile: path of the Dockerfile, relative to the release folder.
        target: stage to build; empty for the last.
        args: build arguments; never secrets.
    """

    component: str
    tag: str
    context: str
    dockerfile: str
    target: str = ""
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image that a build or the compose file starts from.

    Attributes:
        ref: as written (``node:22-slim``).
        used_by: Dockerfile or compose service names.
        available: ``local``, ``registry`` (to be pulled), ``stand-in`` or ``missing``.
        stand_in: the local image that is used in its place (``machete.local/node:22-slim``).
    """

    ref: str
    used_by: tuple[str, ...]
    available: str
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMount:
    """A mount of a component: a named volume or a host path, and where in the container."""

    component: str
    source: str
    target: str
    named: bool = True
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it.

    Attributes:
        service: name.
        source: as asked for.
        checkout: as brought here.
        detection: with the operator's edits applied.
        release: number that the new release will have.
        images: to build, in order.
        files: to write into the release folder.
        compose: the compose file's text, also among ``files``.
        ports: host ports of each component that has one.
        mounts: of all components.
        limits: of each component.
        replicas: of each component.
        bases: images that it starts from.
        environment: operator's names and values, real values included; printing masks secrets.
        changes: what differs from the live release, a line each; empty for a first deploy.
        downtime: expected gap in seconds, and ``downtime_why`` in one line.
        warnings: what the operator should know first.
    """

    service: str
    source: SourceRef
    checkout: Checkout
    detection: Detection
    release: int
    images: tuple[PlannedImage, ...] = ()
    files: tuple[PlannedFile, ...] = ()
    compose: str = ""
    ports: dict[str, tuple[int, ...]] = field(default_factory=dict)
    mounts: tuple[PlannedMount, ...] = ()
    limits: dict[str, Limits] = field(default_factory=dict)
    replicas: dict[str, int] = field(default_factory=dict)
    bases: tuple[BaseImage, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    downtime: float = 0.0
    downtime_why: str = ""
    warnings: tuple[str, ...] = ()

    def shown(self) -> Plan:
        """Return it as it may be shown: without the environment's secrets and without values of ``.env``."""
        files = tuple(replace(f, text=hidden_values(f.text)) if f.path == ".env" else f for f in self.files)
        return replace(self, environment=masked(self.environment), files=files)
