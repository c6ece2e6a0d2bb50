"""What generation is asked for, and what it gives back."""

from __future__ import annotations

from dataclasses import field

from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Limits
from machete_tui.core.plan import PlannedFile, PlannedImage, PlannedMount
from machete_tui.core.source import Detection


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the files depend on; generation reads nothing else but the source's own files.

    Attributes:
        service: its name, also the compose project's.
        team: its owner.
        release: number of the release to make.
        root: absolute folder of the source.
        detection: with the operator's edits applied.
        source: for the image's labels; without any password.
        commit: full SHA or empty.
        ports: host ports of each component that is published, as many as its replicas.
        limits: of each component; one that is missing has none.
        replicas: of each component; one that is missing has 1.
        environment: operator's names and values, for every component.
        component_environment: operator's names and values for single components.
        passwords: generated passwords of backing services by variable name (``POSTGRES_PASSWORD``).
        data_dir: absolute host folder of the service; what a source's relative mounts of data become.
        stand_ins: base image as written -> local image used in its place.
    """

    service: str
    release: int
    root: str
    detection: Detection
    team: str = "default"
    source: str = ""
    commit: str = ""
    ports: dict[str, tuple[int, ...]] = field(default_factory=dict)
    limits: dict[str, Limits] = field(default_factory=dict)
    replicas: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    component_environment: dict[str, dict[str, str]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    data_dir: str = ""
    stand_ins: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The result.

    Attributes:
        files: for the release folder: ``compose.yml``, ``.env`` (mode 0600), ``<component>.Dockerfile``
            and ``<component>.Dockerfile.dockerignore``.
        compose: text of ``compose.yml``; without any secret value.
        images: to build, in order.
        mounts: of every component and backing service.
        bases: image reference as written -> names of the components or compose services that start from it.
        warnings: what was changed in, or is risky about, the source's own files; a line each.
    """

    files: tuple[PlannedFile, ...]
    compose: str
    images: tuple[PlannedImage, ...]
    mounts: tuple[PlannedMount, ...]
    bases: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()
