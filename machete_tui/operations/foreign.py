"""Rows of what was made elsewhere: compose projects by their labels, and single containers.

On the start-up path of every front: it reads nothing but the engine's list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from machete_tui.core.engine import LABEL_PROJECT, Container, Published, Sample
from machete_tui.operations.service_row import ServiceRow

LABEL_ONEOFF = "com.docker.compose.oneoff"

STOPPED_CODES = (0, 130, 137, 143)
"""Exit codes of a container that was stopped, or ended as it should: they are no fault."""

UP = ("running", "paused", "restarting")

_UP = re.compile(
    r"Up (?:About )?(?P<count>an?|\d+|Less than a) (?P<unit>second|minute|hour|day|week|month|year)"
)
_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,
    "year": 31536000,
}


def foreign_rows(
    services: Collection[str], containers: Iterable[Container], samples: Mapping[str, Sample]
) -> list[ServiceRow]:
    """Return a row for each compose project and single container that belongs to none of ``services``."""
    projects: dict[str, list[Container]] = {}
    single: list[Container] = []
    for container in containers:
        if owner_of(container, services)[0] == "service":
            continue
        project = container.labels.get(LABEL_PROJECT, "")
        if project:
            projects.setdefault(project, []).append(container)
        else:
            single.append(container)
    rows = [project_row(name, projects[name], samples) for name in sorted(projects)]
    return rows + [container_row(c, "", samples) for c in sorted(single, key=lambda c: c.name)]


def owner_of(container: Container, services: Collection[str]) -> tuple[str, str]:
    """Return what a container belongs to, as kind and name: a service known here, a project, itself."""
    if container.service and container.service in services:
        return "service", container.service
    project = container.labels.get(LABEL_PROJECT, "")
    return ("project", project) if project else ("container", container.name)


def grouped(containers: Iterable[Container], services: Collection[str]) -> dict[str, list[Container]]:
    """Return containers by the key of each row that stands for them; each also stands for itself."""
    found: dict[str, list[Container]] = {}
    for container in containers:
        kind, name = owner_of(container, services)
        if kind != "container":
            found.setdefault(f"{kind}:{name}", []).append(container)
        found[f"container:{container.id}"] = [container]
    return found


def project_row(
    name: str, containers: Sequence[Container], samples: Mapping[str, Sample] | None = None
) -> ServiceRow:
    """Return the row of a compose project that was made elsewhere."""
    lasting = [c for c in containers if c.labels.get(LABEL_ONEOFF) != "True"] or list(containers)
    status, reason = project_status(lasting)
    finished = [c for c in lasting if exit_code(c) == 0]
    up = sum(c.state == "running" for c in lasting)
    cpu, memory = used(containers, samples or {})
    return ServiceRow(
        name=name,
        team="",
        status=status,
        health=health_of(containers),
        stack="",
        release=0,
        address=address_of(containers),
        uptime=youngest(containers),
        cpu=cpu,
        memory=memory,
        containers=up,
        wanted=len(lasting) - (len(finished) if up else 0),
        kind="project",
        image=images_of(containers),
        ports=ports_of(containers),
        reason=reason,
    )


def container_row(
    container: Container, parent: str = "", samples: Mapping[str, Sample] | None = None
) -> ServiceRow:
    """Return the row of one container, alone or as a part of ``parent``."""
    status, reason = container_status(container)
    cpu, memory = used([container], samples or {})
    return ServiceRow(
        name=container.name,
        team="",
        status=status,
        health=container.health,
        stack="",
        release=container.release,
        address=address_of([container]),
        uptime=uptime_of(container),
        cpu=cpu,
        memory=memory,
        containers=int(container.state == "running"),
        wanted=1,
        kind="container",
        image=container.image,
        ports=ports_of([container]),
        reason=reason,
        id=container.id,
        parent=parent,
    )


def container_status(container: Container) -> tuple[str, str]:
    """Return a container's status in the words of services, and why, where it is not as it should be."""
    state = container.state
    if state == "running":
        return ("degraded", "it is unhealthy") if container.health == "unhealthy" else ("running", "")
    if state == "paused":
        return "paused", ""
    if state == "restarting":
        return "degraded", "it keeps restarting"
    code = exit_code(container)
    if state == "dead" or (code is not None and code not in STOPPED_CODES):
        return "failed", "it is dead" if code is None else f"it ended with {code}"
    return "stopped", ""


def project_status(containers: Sequence[Container]) -> tuple[str, str]:
    """Return a project's status from its containers, and why, where it is not as it should be."""
    told = [(c, *container_status(c)) for c in containers]
    up = [c for c in containers if c.state == "running"]
    why = [
        f"{c.component or c.name} {reason.removeprefix('it ')}"
        for c, status, reason in told
        if status in ("failed", "degraded")
    ]
    if not up:
        if any(c.state == "paused" for c in containers):
            return "paused", ""
        return ("failed", "; ".join(why)) if why else ("stopped", "")
    # Beside containers that run, one that was stopped is missed; one that did its work is not.
    why += [f"{c.component or c.name} is stopped" for c in containers if exit_code(c) in STOPPED_CODES[1:]]
    why += [f"{c.component or c.name} is paused" for c in containers if c.state == "paused"]
    return ("degraded", "; ".join(why)) if why else ("running", "")


def exit_code(container: Container) -> int | None:
    """Return what an ended container ended with, from the engine's own sentence; None for others."""
    if container.state != "exited" or not container.status.startswith("Exited ("):
        return None
    text = container.status[8:].partition(")")[0]
    return int(text) if text.lstrip("-").isdecimal() else None


def health_of(containers: Iterable[Container]) -> str:
    """Return the worst health among containers that have a health check."""
    seen = {c.health for c in containers if c.health and c.state in ("running", "paused")}
    return next((h for h in ("unhealthy", "starting", "healthy") if h in seen), "")


def uptime_of(container: Container) -> float | None:
    """Return the seconds that a container is up, from the engine's own sentence; None when it is not."""
    if not container.status.startswith("Up"):
        return None
    match = _UP.match(container.status)
    if not match:
        return None
    count = match["count"]
    return float(_UNITS[match["unit"]] * (int(count) if count.isdecimal() else 1))


def youngest(containers: Iterable[Container]) -> float | None:
    """Return the seconds since the last of the containers that run was started."""
    return min((up for c in containers if (up := uptime_of(c)) is not None), default=None)


def used(containers: Iterable[Container], samples: Mapping[str, Sample]) -> tuple[float | None, float | None]:
    """Return CPU and memory of containers, added up; None where nothing was measured."""
    found = [samples[c.id] for c in containers if c.id in samples] if samples else []
    return (sum(s.cpu for s in found), float(sum(s.memory for s in found))) if found else (None, None)


def images_of(containers: Iterable[Container]) -> str:
    """Return the images of containers, those that publish a port first."""
    known = sorted(containers, key=lambda c: (not c.ports, c.name))
    return ", ".join(dict.fromkeys(c.image for c in known))


def ports_of(containers: Iterable[Container]) -> str:
    """Return the published ports of containers."""
    found = sorted({(p.host, p.container, p.protocol) for c in containers for p in c.ports if p.host})
    return ", ".join(f"{h}->{c}" + ("" if p == "tcp" else f"/{p}") for h, c, p in found)


def address_of(containers: Iterable[Container]) -> str:
    """Return where the first published TCP port is reached on this machine."""
    found = sorted(
        (p for c in containers for p in c.ports if p.host and p.protocol == "tcp"), key=lambda p: p.host
    )
    return f"{_reached(found[0])}:{found[0].host}" if found else ""


def _reached(port: Published) -> str:
    return "127.0.0.1" if port.address in ("", "0.0.0.0", "::") else port.address
