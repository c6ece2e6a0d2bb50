"""Reads compose files for the in-memory engine: interpolation, and the keys that decide what runs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.engines.envfile import variables
from machete_tui.engines.memory_model import Mapped, Spec

_TOP = {"name", "version", "services", "volumes", "networks", "configs", "secrets", "include"}
_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>(?:[^{}]|\{[^{}]*\})*))?\})"
)
_UNITS = {
    "": 1,
    "b": 1,
    "k": 1 << 10,
    "kb": 1 << 10,
    "m": 1 << 20,
    "mb": 1 << 20,
    "g": 1 << 30,
    "gb": 1 << 30,
}


@dataclass(frozen=True, slots=True)
class Composed:
    """A compose project as read: its services in start order, named volumes and networks with labels."""

    services: tuple[Spec, ...]
    volumes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    networks: tuple[str, ...] = ()


def read(project: ComposeProject, pretended: Mapping[str, str] | None = None) -> Composed:
    """Read the project's files; raises InvalidInput with what is wrong and where.

    Args:
        project: which.
        pretended: absolute path -> text of files that are on no disk.
    """
    return _composed(_merged(project, pretended or {}), project, Path(project.folder))


def effective(project: ComposeProject, pretended: Mapping[str, str] | None = None) -> str:
    """Return the project's files merged and interpolated, as YAML."""
    import yaml

    merged = _merged(project, pretended or {})
    _composed(merged, project, Path(project.folder))
    return str(yaml.safe_dump({"name": project.name, **merged}, sort_keys=False, allow_unicode=True))


def _merged(project: ComposeProject, pretended: Mapping[str, str]) -> dict[str, Any]:
    import yaml

    folder = Path(project.folder)
    known = variables(folder / project.env_file) if project.env_file else {}
    merged: dict[str, Any] = {}
    for name in project.files:
        path = folder / name
        text = pretended.get(str(path))
        if text is None and not path.is_file():
            raise InvalidInput(f"{path} is not there", field=name)
        try:
            data = yaml.safe_load(path.read_text() if text is None else text)
        except yaml.YAMLError as error:
            raise InvalidInput(f"{name}: {' '.join(str(error).split())}", field=name) from error
        if not isinstance(data, dict):
            raise InvalidInput(f"{name}: top-level object must be a mapping", field=name)
        unknown = [k for k in data if k not in _TOP and not str(k).startswith("x-")]
        if unknown:
            raise InvalidInput(f"{name}: additional property {unknown[0]} is not allowed", field=name)
        merged = _merge(merged, _interpolated(data, known, name))
    return merged


def needed(composed: Composed, service: str) -> Composed:
    """Return the part of a project that has to run before ``service`` may: what it depends on."""
    known = {spec.name: spec for spec in composed.services}
    wanted: set[str] = set()
    open_ends = list(known[service].depends)
    while open_ends:
        name = open_ends.pop()
        if name not in wanted:
            wanted.add(name)
            open_ends += known[name].depends
    services = tuple(s for s in composed.services if s.name in wanted)
    return Composed(services, composed.volumes, composed.networks)


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _interpolated(value: Any, known: Mapping[str, str], file: str) -> Any:
    if isinstance(value, dict):
        return {k: _interpolated(v, known, file) for k, v in value.items()}
    if isinstance(value, list):
        return [_interpolated(v, known, file) for v in value]
    return _REFERENCE.sub(lambda m: _resolved(m, known, file), value) if isinstance(value, str) else value


def _resolved(match: re.Match[str], known: Mapping[str, str], file: str) -> str:
    if match["escaped"]:
        return "$"
    name, how, word = match["plain"] or match["name"], match["how"] or "", match["word"] or ""
    there = name in known and (known[name] != "" or not how.startswith(":"))
    if how.endswith("?") and not there:
        raise InvalidInput(f"{file}: required variable {name} is missing a value: {word}", field=name)
    if how.endswith("+"):
        return word if there else ""
    return known[name] if there else (word if how.endswith("-") else known.get(name, ""))


def _composed(data: Mapping[str, Any], project: ComposeProject, folder: Path) -> Composed:
    services = data.get("services") or {}
    if not isinstance(services, dict) or not services:
        raise InvalidInput("services: the file names no service", field="services")
    volumes = {
        str((v or {}).get("name") or f"{project.name}_{k}"): _pairs((v or {}).get("labels"))
        for k, v in (data.get("volumes") or {}).items()
    }
    named = {
        str(k): str((v or {}).get("name") or f"{project.name}_{k}")
        for k, v in (data.get("networks") or {}).items()
    }
    named.setdefault("default", f"{project.name}_default")
    known = dict(zip(map(str, data.get("volumes") or {}), volumes, strict=True))
    specs = {
        str(name): _spec(str(name), raw or {}, project, folder, known, named)
        for name, raw in services.items()
        if not (raw or {}).get("profiles")
    }
    for spec in specs.values():
        for other in spec.depends:
            if other not in specs:
                raise InvalidInput(
                    f'service "{spec.name}" depends on undefined service "{other}"',
                    field=f"services.{spec.name}",
                )
    used = tuple(sorted({n for spec in specs.values() for n in spec.networks}))
    return Composed(_ordered(specs), volumes, used)


def _spec(
    name: str,
    raw: Any,
    project: ComposeProject,
    folder: Path,
    volumes: Mapping[str, str],
    networks: Mapping[str, str],
) -> Spec:
    where = f"services.{name}"
    if not isinstance(raw, dict):
        raise InvalidInput(f"{where} must be a mapping", field=where)
    if not raw.get("image") and not raw.get("build"):
        raise InvalidInput(
            f'service "{name}" has neither an image nor a build context specified', field=where
        )
    environment: dict[str, str] = {}
    for file in _texts(raw.get("env_file")):
        environment |= variables(folder / file)
    environment |= _pairs(raw.get("environment"))
    mounts: list[tuple[str, str]] = []
    for entry in raw.get("volumes") or []:
        source, target = _mount(entry)
        if re.fullmatch(r"[\w.-]+", source) and not source.startswith("."):
            if source not in volumes:
                raise InvalidInput(
                    f'service "{name}" refers to undefined volume {source}: invalid compose project',
                    field=where,
                )
            source = volumes[source]
        mounts.append((source, target))
    asked = raw.get("networks") or ["default"]
    for network in asked:
        if str(network) not in networks:
            raise InvalidInput(f'service "{name}" refers to undefined network {network}', field=where)
    deploy = raw.get("deploy") or {}
    limits = (deploy.get("resources") or {}).get("limits") or {}
    health = raw.get("healthcheck") or {}
    depends = raw.get("depends_on") or []
    command = raw.get("command") or ()
    text = json.dumps(
        {k: v for k, v in raw.items() if k not in ("deploy", "scale", "depends_on")}, default=str
    )
    text += json.dumps(limits, default=str) + json.dumps(environment, sort_keys=True)
    return Spec(
        name=name,
        image=str(raw.get("image") or f"{project.name}-{name}"),
        hash=hashlib.sha256(text.encode()).hexdigest(),
        container_name=str(raw.get("container_name") or ""),
        command=_words(command),
        environment=environment,
        labels=_pairs(raw.get("labels")),
        ports=tuple(_port(p, where) for p in raw.get("ports") or []),
        expose=tuple(int(str(p).partition("/")[0]) for p in raw.get("expose") or []),
        mounts=tuple(mounts),
        networks=tuple(networks[str(n)] for n in asked),
        depends={
            str(d): str((depends[d] or {}).get("condition", "service_started"))
            if isinstance(depends, dict)
            else "service_started"
            for d in depends
        },
        pulled=raw.get("pull_policy") != "never",
        healthcheck=bool(health) and not health.get("disable"),
        restart=str(raw.get("restart") or "no"),
        replicas=int(deploy.get("replicas") or raw.get("scale") or 1),
        cpus=float(raw.get("cpus") or limits.get("cpus") or 0),
        memory=_size(raw.get("mem_limit") or limits.get("memory") or 0),
    )


def _ordered(specs: Mapping[str, Spec]) -> tuple[Spec, ...]:
    done: dict[str, Spec] = {}

    def visit(spec: Spec, above: tuple[str, ...]) -> None:
        if spec.name in above:
            raise InvalidInput(
                f"dependency cycle detected: {' -> '.join((*above, spec.name))}", field="services"
            )
        for other in spec.depends:
            visit(specs[other], (*above, spec.name))
        done.setdefault(spec.name, spec)

    for spec in specs.values():
        visit(spec, ())
    return tuple(done.values())


def _words(value: Any) -> tuple[str, ...]:
    import shlex

    return tuple(shlex.split(value)) if isinstance(value, str) else tuple(str(v) for v in value)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [str(v["path"] if isinstance(v, dict) else v) for v in found]


def _pairs(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(k): "" if v is None else _scalar(v) for k, v in value.items()}
    split = (str(v).partition("=") for v in value or [])
    return {name: text for name, _, text in split}


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mount(entry: Any) -> tuple[str, str]:
    if isinstance(entry, dict):
        return str(entry.get("source", "")), str(entry["target"])
    source, colon, rest = str(entry).partition(":")
    return (source, rest.partition(":")[0]) if colon else ("", source)


def _port(entry: Any, where: str) -> Mapped:
    try:
        if isinstance(entry, dict):
            low, _, high = str(entry.get("published", 0)).partition("-")
            address = str(entry.get("host_ip") or "0.0.0.0")
            protocol = str(entry.get("protocol", "tcp"))
            return Mapped(address, int(low), int(high or low), int(entry["target"]), protocol)
        text, _, protocol = str(entry).partition("/")
        rest, _, inside = text.rpartition(":")
        address, _, published = rest.rpartition(":")
        low, _, high = (published or "0").partition("-")
        return Mapped(address or "0.0.0.0", int(low), int(high or low), int(inside), protocol or "tcp")
    except (ValueError, KeyError) as error:
        raise InvalidInput(f"{where}.ports: invalid port {entry!r}", field=f"{where}.ports") from error


def _size(value: Any) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)", str(value))
    return int(float(match[1]) * _UNITS.get(match[2].lower(), 1)) if match else 0
