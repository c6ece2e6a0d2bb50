"""What the store of ``--demo`` remembers of its fleet: services, releases, deployments, events."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import replace

from machete_tui.core.clock import Clock, FrozenClock
from machete_tui.core.models import PortLease, Release, ReleaseImage, Service, VolumeClaim
from machete_tui.core.settings import Settings
from machete_tui.core.source import BackingService, Component, Detection, Evidence, SourceRef
from machete_tui.engines.demo import FLEET, DemoService, Part, digest_of, image_of, releases_of
from machete_tui.store.sqlite import SqliteStore

HOUR = 3600.0
UNDER_WAY = {"building": "build", "deploying": "gate"}
"""Statuses of services that are being deployed while one looks, and the step that they are at."""

UNDER_WAY_SINCE = {"building": 25, "deploying": 40}
"""Seconds; not the same, so that the history always has the same order."""

PEOPLE = ("dev", "ops", "ci")
STEPS = (
    ("source", "Fetch the source", 1.2),
    ("detect", "Detect what it is", 0.2),
    ("plan", "Plan the release", 0.1),
    ("preflight", "Check disk, memory, ports and volumes", 0.1),
    ("bases", "Get the base images", 0.1),
    ("generate", "Write the release's files", 0.1),
    ("build", "Build the image", 38.0),
    ("record", "Record the release", 0.1),
    ("start", "Start the release", 2.1),
    ("gate", "Wait until it answers", 1.4),
    ("watch", "Watch it for 15s", 15.0),
    ("live", "Record it as live", 0.1),
    ("retain", "Keep the last releases", 0.2),
)
LOG = (
    "== Build the image",
    "#5 [build 1/4] FROM docker.io/library/node:22-slim",
    "#6 [build 2/4] COPY package.json package-lock.json ./",
    "#7 [build 3/4] RUN npm ci",
    "#7 12.4 added 312 packages in 12s",
    "#8 [build 4/4] RUN npm run build",
    "#8 21.9 compiled in 20.4s",
    "#9 exporting to image",
    "== Start the release",
    "Container started",
    "== Wait until it answers",
)


def seed(settings: Settings, clock: Clock) -> None:
    """Write the fleet into a new store, as if it had been deployed over the last weeks."""
    now = clock.now()
    past = FrozenClock(now)
    store = SqliteStore(settings, past)
    with store.transaction():
        services = {demo.name: _begin(store, past, demo, now) for demo in FLEET}
        releases = [
            (_when(demo, number, now), demo, number) for demo in FLEET for number in releases_of(demo)
        ]
        for at, demo, number in sorted(releases, key=lambda release: release[0]):
            past.set(at)
            _release(store, settings, past, services[demo.name], demo, number)
        for demo in FLEET:
            _end(store, past, services[demo.name], demo, now)
    store.close()


def _when(demo: DemoService, number: int, now: float) -> float:
    return now - demo.age - (demo.release - number) * 26 * HOUR - 60


def _begin(store: SqliteStore, past: FrozenClock, demo: DemoService, now: float) -> Service:
    began = now - demo.age - 30 * 24 * HOUR
    service = Service(
        id=f"demo-{demo.name}",
        name=demo.name,
        source=SourceRef("git", demo.source, ref="main"),
        team=demo.team,
        status="pending",
        stack=demo.stack,
        port=demo.port,
        created=began,
        updated=began,
    )
    store.services.save(service)
    past.set(began)
    if demo.port:
        main = demo.parts[0].name if demo.parts else "web"
        store.ports.lease(PortLease(demo.port, demo.name, main, began))
    store.claims.replace(
        demo.name,
        [
            VolumeClaim(f"{demo.name}_data", demo.name, part.name, "/var/lib/data")
            for part in demo.parts
            if part.image and part.voice != "redis"
        ],
    )
    return service


def _end(store: SqliteStore, past: FrozenClock, service: Service, demo: DemoService, now: float) -> None:
    if demo.status in UNDER_WAY:
        past.set(now - UNDER_WAY_SINCE[demo.status])
        deployment = store.deployments.begin(service, "deploy", "ci", demo.release)
        _steps(store, past, deployment.id, UNDER_WAY[demo.status])
    store.services.save(
        replace(
            service,
            status=demo.status,
            release=demo.release,
            updated=now - demo.age,
            reason=demo.reason,
            replicas={part.name: part.replicas for part in demo.parts},
        )
    )


def _release(
    store: SqliteStore,
    settings: Settings,
    past: FrozenClock,
    service: Service,
    demo: DemoService,
    number: int,
) -> None:
    who = PEOPLE[number % len(PEOPLE)]
    begun = past.now()
    deployment = store.deployments.begin(service, "deploy", who, number - 1)
    store.deployments.release(deployment.id, number)
    _steps(store, past, deployment.id, "")
    store.deployments.finish(deployment.id, "succeeded")
    log = settings.deployment_log(deployment.id)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(LOG) + "\n")
    store.events.add(who, "service.deploy", demo.name, "ok", past.now() - begun, f"release #{number}")
    folder = settings.release_dir(demo.name, number)
    folder.mkdir(parents=True, exist_ok=True)
    compose = _compose(demo, number)
    (folder / "compose.yml").write_text(compose)
    (folder / ".env").write_text("")
    parts = [part for part in demo.parts if not part.image]
    main = parts[0].name if parts else "web"
    ports = {main: tuple(range(demo.port, demo.port + parts[0].replicas))} if demo.port and parts else {}
    store.releases.add(
        Release(
            id=f"demo-{demo.name}-{number}",
            service_id=service.id,
            number=number,
            created=begun,
            detection=_detection(demo, parts),
            commit=hashlib.sha1(f"{demo.name}{number}".encode()).hexdigest(),
            branch="main",
            images=tuple(
                ReleaseImage(p.name, f"machete/{demo.name}-{p.name}:{number}", digest_of(demo, p, number))
                for p in parts
            ),
            compose=compose,
            environment={
                "LOG_LEVEL": "info" if number % 2 else "debug",
                "API_TOKEN": "secret:sha256:5f2c9a01",
            },
            folder=str(folder),
            port=demo.port,
            ports=ports,
        )
    )


def _steps(store: SqliteStore, past: FrozenClock, deployment_id: str, until: str) -> None:
    """Journal the steps of a deployment, up to one that still runs if it is named."""
    for name, title, seconds in STEPS:
        store.deployments.step(deployment_id, name, title, "running")
        if name == until:
            return
        past.sleep(seconds)
        store.deployments.step(deployment_id, name, title, "done")


def under_way(store: SqliteStore) -> ExitStack:
    """Hold the services that a deployment changes right now, as the process that runs it would."""
    held = ExitStack()
    for service in store.services.all():
        if service.status in UNDER_WAY:
            held.enter_context(store.lock(service.name, "deploy by ci (pid 4711)"))
    return held


def _detection(demo: DemoService, parts: list[Part]) -> Detection:
    stack, _, framework = demo.stack.partition("/")
    components = tuple(
        Component(
            name=part.name,
            kind="web" if part.port else "worker",
            stack=stack,
            framework=framework,
            port=part.port,
            health_path="/healthz" if part.port else "",
            memory=part.limit << 20,
            confidence=96,
            evidence=(Evidence("package.json", 1, f"{framework or stack} is required"),),
        )
        for part in parts
    )
    backing = tuple(
        BackingService("postgres" if p.voice == "postgres" else "redis", p.name)
        for p in demo.parts
        if p.image
    )
    return Detection(
        source=demo.source,
        name=demo.name,
        components=components,
        backing_services=backing,
        edges=tuple((c.name, b.name) for c in components for b in backing),
        strategy="compose" if len(demo.parts) > 1 else "single",
    )


def _compose(demo: DemoService, number: int) -> str:
    lines = [f"name: {demo.name}", "services:"]
    for part in demo.parts:
        release = number if not part.image else demo.release
        image = part.image or image_of(replace(demo, release=number), part)
        lines += [
            f"  {part.name}:",
            f"    image: {image}",
            "    restart: unless-stopped",
            "    labels:",
            f"      io.machete.service: {demo.name}",
            f"      io.machete.team: {demo.team}",
            f'      io.machete.release: "{release}"',
            f"      io.machete.component: {part.name}",
        ]
        if part.limit:
            lines.append(f"    mem_limit: {part.limit - (0 if number % 2 else part.limit // 4)}m")
        if part is demo.parts[0] and demo.port:
            last = demo.port + part.replicas - 1
            host = f"{demo.port}-{last}" if part.replicas > 1 else f"{demo.port}"
            lines += ["    ports:", f'      - "{host}:{part.port}"']
        if part.replicas > 1:
            lines += ["    deploy:", f"      replicas: {part.replicas}"]
    return "\n".join(lines) + "\n"
