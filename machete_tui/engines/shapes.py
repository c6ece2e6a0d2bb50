"""The Engine's JSON as the core's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from machete_tui.core.engine import (
    Container,
    ContainerDetail,
    ContainerState,
    EngineEvent,
    EngineInfo,
    Health,
    Image,
    Published,
    Volume,
)
from machete_tui.engines.sanitize import clean

_SAID_MOST = 300
_seconds: dict[str, int] = {}


def stamp(text: str) -> float:
    """Return an RFC 3339 time as Unix seconds; 0 for none and for the year 1, which is Go's none."""
    head = text[:19]
    whole = _seconds.get(head)
    if whole is None:
        try:
            whole = int(datetime.fromisoformat(head).replace(tzinfo=UTC).timestamp())
        except ValueError:
            return 0.0
        if len(_seconds) > 100:
            _seconds.clear()
        _seconds[head] = whole
    if whole < 0:
        return 0.0
    rest = text[19:]
    if rest.endswith("Z"):
        return whole + float(rest[:-1] or 0)
    digits = len(rest) - len(rest[1:].lstrip("0123456789")) if rest.startswith(".") else 0
    fraction = float(rest[:digits]) if digits > 1 else 0.0
    zone = rest[digits:]
    if len(zone) == 6 and zone[0] in "+-":
        offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        whole -= offset if zone[0] == "+" else -offset
    return whole + fraction


def listed(raw: Mapping[str, Any]) -> Container:
    """Return one entry of ``/containers/json``."""
    names = [str(n).removeprefix("/") for n in raw.get("Names") or ()]
    return Container(
        id=raw["Id"],
        name=next((n for n in names if "/" not in n), names[0] if names else raw["Id"][:12]),
        image=raw.get("Image", ""),
        image_id=raw.get("ImageID", ""),
        state=cast("ContainerState", raw.get("State", "created")),
        status=raw.get("Status", ""),
        health=_health(raw.get("Status", "")),
        created=float(raw.get("Created", 0)),
        labels=raw.get("Labels") or {},
        ports=_ports(raw.get("Ports") or ()),
    )


def inspected(raw: Mapping[str, Any]) -> ContainerDetail:
    """Return what ``/containers/<id>/json`` tells; its status sentence is the state's name."""
    state, config, host = raw["State"], raw.get("Config") or {}, raw.get("HostConfig") or {}
    # A container that ended keeps its last verdict, which says nothing any more.
    health = (state.get("Health") or {}).get("Status", "") if state.get("Running") else ""
    settings = raw.get("NetworkSettings") or {}
    mounts = raw.get("Mounts") or ()
    container = Container(
        id=raw["Id"],
        name=str(raw.get("Name", "")).removeprefix("/"),
        image=config.get("Image", ""),
        image_id=raw.get("Image", ""),
        state=state.get("Status", "created"),
        status=state.get("Status", "created") + (f" ({health})" if health not in ("", "none") else ""),
        health=cast("Health", health if health in ("starting", "healthy", "unhealthy") else ""),
        created=stamp(raw.get("Created", "")),
        labels=config.get("Labels") or {},
        ports=_ports(_bindings(settings.get("Ports") or {})),
    )
    return ContainerDetail(
        container=container,
        pid=int(state.get("Pid") or 0),
        exit_code=int(state.get("ExitCode") or 0),
        oom_killed=bool(state.get("OOMKilled")),
        restarts=int(raw.get("RestartCount") or 0),
        started=stamp(state.get("StartedAt", "")),
        finished=stamp(state.get("FinishedAt", "")),
        error=state.get("Error", ""),
        health_said=_last_check(state.get("Health") or {}),
        environment=pairs(config.get("Env") or ()),
        mounts=tuple((m.get("Name") or m.get("Source", ""), m.get("Destination", "")) for m in mounts),
        networks={n: (v or {}).get("IPAddress", "") for n, v in (settings.get("Networks") or {}).items()},
        command=(*((raw.get("Path"),) if raw.get("Path") else ()), *(raw.get("Args") or ())),
        limits_cpus=_cpus(host),
        limits_memory=int(host.get("Memory") or 0),
    )


def _last_check(health: Mapping[str, Any]) -> str:
    log = health.get("Log") or ()
    lines = str(log[-1].get("Output") or "").strip().splitlines() if log else []
    return clean(lines[-1])[:_SAID_MOST] if lines else ""


def image(raw: Mapping[str, Any]) -> Image:
    """Return an entry of ``/images/json`` or ``/images/<ref>/json``."""
    created = raw.get("Created", 0)
    tags = tuple(t for t in raw.get("RepoTags") or () if t != "<none>:<none>")
    labels = raw.get("Labels") or (raw.get("Config") or {}).get("Labels") or {}
    return Image(raw["Id"], tags, int(raw.get("Size", 0)), _moment(created), labels)


def volume(raw: Mapping[str, Any]) -> Volume:
    """Return an entry of ``/volumes``."""
    return Volume(raw["Name"], raw.get("Labels") or {})


def event(raw: Mapping[str, Any]) -> EngineEvent:
    """Return a line of ``/events``; the labels hold ``name``, ``image`` and ``exitCode`` too."""
    actor = raw.get("Actor") or {}
    at = raw["timeNano"] / 1e9 if raw.get("timeNano") else float(raw.get("time", 0))
    return EngineEvent(at, raw.get("Action", ""), actor.get("ID", ""), actor.get("Attributes") or {})


def info(raw: Mapping[str, Any], api: str, *, started: float, local: bool) -> EngineInfo:
    """Return what ``/info`` tells."""
    return EngineInfo(
        name="docker",
        version=raw.get("ServerVersion", ""),
        api=api,
        root=raw.get("DockerRootDir", "") if local else "",
        started=started,
        cpus=int(raw.get("NCPU") or 0),
        memory=int(raw.get("MemTotal") or 0),
        cgroup=str(raw.get("CgroupVersion") or "1"),
    )


def pairs(lines: Any) -> dict[str, str]:
    """Return ``NAME=value`` lines as a dictionary."""
    split = (str(line).partition("=") for line in lines)
    return {name: value for name, _, value in split}


def _moment(created: float | str) -> float:
    """Return whole seconds, which is all that the list of images tells."""
    return float(int(stamp(created) if isinstance(created, str) else created))


def _health(status: str) -> Health:
    if not status.endswith(")"):
        return ""
    if status.endswith("(healthy)"):
        return "healthy"
    if status.endswith("(unhealthy)"):
        return "unhealthy"
    return "starting" if status.endswith("(health: starting)") else ""


def _ports(raw: Any) -> tuple[Published, ...]:
    found = {
        (p["PublicPort"], p["PrivatePort"], p.get("Type", "tcp"), p.get("IP", ""))
        for p in raw
        if p.get("PublicPort")
    }
    # An Engine lists a port that is open on both families twice; the IPv4 line stands for both.
    return tuple(
        Published(address, host, inside, protocol)
        for host, inside, protocol, address in sorted(found)
        if address != "::" or (host, inside, protocol, "0.0.0.0") not in found
    )


def _bindings(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for inside, bindings in raw.items():
        port, _, protocol = inside.partition("/")
        for b in bindings or ():
            found.append(
                {
                    "PrivatePort": int(port),
                    "PublicPort": int(b.get("HostPort") or 0),
                    "Type": protocol,
                    "IP": b.get("HostIp", ""),
                }
            )
    return found


def _cpus(host: Mapping[str, Any]) -> float:
    if host.get("NanoCpus"):
        return float(host["NanoCpus"]) / 1e9
    quota, period = host.get("CpuQuota") or 0, host.get("CpuPeriod") or 100_000
    return quota / period if quota > 0 else 0.0
