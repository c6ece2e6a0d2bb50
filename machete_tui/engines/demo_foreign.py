"""What stands beside the services of ``--demo``: compose projects and containers that others made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from machete_tui.core.engine import (
    LABEL_COMPOSE_FILES,
    LABEL_COMPOSE_FOLDER,
    LABEL_COMPOSE_HASH,
    LABEL_COMPOSE_SERVICE,
    LABEL_PROJECT,
    ComposeProject,
)
from machete_tui.engines import demo_voices as voices
from machete_tui.engines import memory_compose
from machete_tui.engines.memory import MemoryEngine
from machete_tui.engines.memory_images import add
from machete_tui.engines.memory_model import Behaviour, Mapped, Spec
from machete_tui.engines.memory_up import LABEL_IMAGE, LABEL_NUMBER

DAY = 86400.0

_MONITORING = """
services:
  prometheus:
    image: prom/prometheus:v2.53.0
    restart: unless-stopped
    ports: ["127.0.0.1:9090:9090"]
    volumes: ["metrics:/prometheus"]
  grafana:
    image: grafana/grafana:11.1.0
    restart: unless-stopped
    environment: {GF_SERVER_ROOT_URL: "https://status.example.org", GF_SECURITY_ADMIN_PASSWORD: hunter2}
    ports: ["3001:3000"]
    depends_on: [prometheus]
    healthcheck: {test: ["CMD", "wget", "-q", "http://localhost:3000/api/health"]}
volumes: {metrics: {}}
"""

_LEGACY = """
services:
  app: {image: "legacy/crm:5", restart: "no"}
  db: {image: "mysql:5.7", volumes: ["db:/var/lib/mysql"]}
volumes: {db: {}}
"""


def fill(engine: MemoryEngine) -> None:
    """Create them as if they had been started some time ago."""
    behaviours = {
        "grafana": ("access", Behaviour()),
        "prometheus": ("json", Behaviour()),
        "app": ("crash", Behaviour(crash_after=3 * DAY, exit_code=1)),
        "db": ("mariadb", Behaviour()),
    }
    world = engine.world
    monitoring = _project(engine, "monitoring", "/srv/monitoring", 12 * DAY, _MONITORING, behaviours)
    # Its file was edited since: it names a newer grafana than the one that runs.
    world.files[monitoring] = _MONITORING.replace("grafana:11.1.0", "grafana:11.2.0")
    legacy = _project(engine, "legacy-crm", "/home/olga/crm", 4 * DAY, _LEGACY, behaviours)
    del world.files[legacy]  # a folder that nobody has any more
    port = Mapped("0.0.0.0", 5000, 5000, 5000)
    _single(engine, "registry-cache", "registry:2", 30 * DAY, (port,))
    _single(engine, "backup-2024", "restic/restic:0.17", 2 * DAY, (), ended=3600.0)


def _project(
    engine: MemoryEngine,
    name: str,
    folder: str,
    age: float,
    text: str,
    told: Mapping[str, tuple[str, Behaviour]],
) -> str:
    """Make a project; return the path of its file, which is on no disk."""
    world = engine.world
    path = f"{folder}/compose.yml"
    world.files[path] = text
    composed = memory_compose.read(ComposeProject(name, folder, (path,), ""), world.files)
    with world.use() as now:
        for network in composed.networks:
            world.networks[network] = name
        for volume in composed.volumes:
            world.volumes[volume] = {LABEL_PROJECT: name}
        for spec in composed.services:
            stored = world.stored(spec.image)
            image = stored.image.id if stored else add(world, spec.image, {}).id
            labels = {
                LABEL_PROJECT: name,
                LABEL_COMPOSE_SERVICE: spec.name,
                LABEL_COMPOSE_HASH: spec.hash,
                LABEL_COMPOSE_FOLDER: folder,
                LABEL_COMPOSE_FILES: path,
                LABEL_NUMBER: "1",
                LABEL_IMAGE: image,
            }
            called = f"{name}-{spec.name}-1"
            engine.behave(called, _talking(called, *told[spec.name]))
            box = world.add_box(called, spec, labels, created=now - age)
            world.start_box(box, at=now - age)
    return path


def _single(
    engine: MemoryEngine, name: str, image: str, age: float, ports: tuple[Mapped, ...], ended: float = 0.0
) -> None:
    world = engine.world
    with world.use() as now:
        if world.stored(image) is None:
            add(world, image, {})
        engine.behave(name, _talking(name, "access", Behaviour()))
        spec = Spec(name, image, command=("serve",), ports=ports)
        box = world.add_box(name, spec, {}, created=now - age)
        world.start_box(box, at=now - age)
        if ended:
            world.tell(box, box.stop(now - age + ended))


def _talking(name: str, voice: str, told: Behaviour) -> Behaviour:
    return replace(
        told,
        log=voices.opening(voice),
        talk=voices.talk(voice, name),
        talk_every=voices.pace(voice),
        usage=voices.usage(name, 1.5, 120),
    )
