"""Settings: where things are kept and the numbers that an operator may change."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path

from machete_tui.core.frozen import dataclass


def _state_dir() -> Path:
    given = os.environ.get("MACHETE_STATE_DIR")
    if given:
        return Path(given)
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "machete-tui"


def _cache_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "machete-tui"


def _docker_config() -> Path:
    given = os.environ.get("DOCKER_CONFIG")
    return Path(given) if given else Path.home() / ".docker"


@dataclass(frozen=True, slots=True)
class Settings:
    """Typed settings; the defaults are what an operator gets who sets nothing."""

    state_dir: Path = field(default_factory=_state_dir)
    """Database, releases, logs. Mode 0700. ``MACHETE_STATE_DIR`` overrides it."""

    home_dir: Path | None = None
    """What is remembered of no host in particular (the host that was chosen); the state folder when None."""

    cache_dir: Path = field(default_factory=_cache_dir)
    """What can be made again: the root file system for base images."""

    docker_host: str = field(default_factory=lambda: os.environ.get("DOCKER_HOST", ""))
    """As the docker client reads it; empty for ``unix:///var/run/docker.sock``."""

    docker_tls: str = ""
    """Folder with ``ca.pem``, ``cert.pem`` and ``key.pem`` of a docker context; empty for none."""

    host: str = ""
    """Name of the host that is operated; empty for this machine."""

    read_only: bool = False
    """Whether everything that changes something is refused."""

    production: bool = False
    """Whether changes want the host's name typed in the app, and ``--yes`` in ``--run``."""

    config: Path | None = None
    """The operator's configuration file; None where it does not count, as in the demo."""

    faults: tuple[str, ...] = ()
    """What is wrong in the configuration so that no action can be sure of its host: all are refused."""

    doubts: tuple[str, ...] = ()
    """What is wrong in its numbers, so that actions that change something are refused."""

    docker_config: Path = field(default_factory=_docker_config)
    """Folder of the docker client: its contexts. ``DOCKER_CONFIG`` overrides it."""

    registry: str = field(default_factory=lambda: os.environ.get("DOCKER_REGISTRY_URL", ""))
    """A registry mirror for base images, as ``host:port`` or a URL; empty for none."""

    port_low: int = 20000
    """Lowest stable port handed out."""

    port_high: int = 40000
    """Highest one."""

    gate_seconds: float = 60.0
    """How long a new release may take until it answers."""

    gate_successes: int = 3
    """How many probes in a row must be answered."""

    gate_interval: float = 0.5
    """Seconds between probes."""

    watch_seconds: float = 15.0
    """How long a release that answered is watched for crashes before the deployment ends."""

    keep_releases: int = 5
    """How many releases stay bootable."""

    disk_reserve: int = 1 << 30
    """Bytes that must stay free for a build to begin."""

    memory_reserve: int = 128 << 20
    """Bytes of memory that must stay free beside what is deployed."""

    mount_roots: tuple[str, ...] = ("/srv", "/mnt", "/var/lib/machete-tui", "/opt/data")
    """Host folders under which a component may mount; the service's own data folder always may."""

    allowed_mounts: tuple[str, ...] = ()
    """Single paths outside them that the operator allows."""

    alert_cpu: float = 90.0
    """Percent of its CPU limit (of one core where it has none; of the machine for the host) that alerts."""

    alert_memory: float = 95.0
    """Percent of its memory limit that alerts."""

    alert_disk: float = 90.0
    """Percent of the disk that holds the engine's data that alerts."""

    alert_seconds: float = 10.0
    """How long it must be above; 5 percent below end an alert."""

    debug: bool = False
    """Write debug lines to the diagnostic log."""

    @property
    def home(self) -> Path:
        """Folder of what is remembered of no host in particular."""
        return self.home_dir or self.state_dir

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state_dir / "machete.db"

    @property
    def socket(self) -> str:
        """Path of the Engine's local socket, or empty when the Engine is remote."""
        if not self.docker_host:
            return "/var/run/docker.sock"
        scheme, _, rest = self.docker_host.partition("://")
        return rest if scheme == "unix" else ""

    @property
    def machine(self) -> str:
        """Name or address of the machine whose ports the services have; this one's own for a local Engine."""
        scheme, _, rest = self.docker_host.partition("://")
        if scheme in ("", "unix"):
            return "127.0.0.1"
        place = rest.partition("/")[0].rpartition("@")[2]
        if place.startswith("["):
            return place[1:].partition("]")[0]
        return place.partition(":")[0]

    def service_dir(self, service: str) -> Path:
        """Folder of one service: ``releases/N``, ``data``, ``source``."""
        return self.state_dir / "services" / service

    def release_dir(self, service: str, number: int) -> Path:
        """Folder of one release."""
        return self.service_dir(service) / "releases" / str(number)

    def deployment_log(self, deployment_id: str) -> Path:
        """Log file of one deployment: what each step printed, the build log among it."""
        return self.state_dir / "deployments" / f"{deployment_id}.log"
