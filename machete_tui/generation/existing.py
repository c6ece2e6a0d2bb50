"""A source's own compose files made into a release: own images, ports of this machine, fixed names."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machete_tui.core.engine import LABEL_SERVICE
from machete_tui.core.errors import InvalidInput
from machete_tui.core.plan import PlannedFile, PlannedImage, PlannedMount
from machete_tui.core.secrets import is_secret
from machete_tui.core.source import Component, Detection
from machete_tui.generation import composefile, references
from machete_tui.generation.compose import LOGGING, Draft, image_tag, limits_of, ports_of
from machete_tui.generation.composefile import Project, interpolate
from machete_tui.generation.mounts import host_path
from machete_tui.generation.order import Order
from machete_tui.generation.yamlout import Quoted, quoted_values

_BUILD_LEFT_OUT = (
    *("ssh", "secrets", "additional_contexts", "network", "platforms", "privileged", "extra_hosts"),
    *("shm_size", "ulimits", "entitlements"),
)
_DROPPED = ("build", "container_name", "develop", "ports", "scale", "extends", "env_file", "volumes")
_RISKS = {
    "privileged": "runs privileged: it owns this machine",
    "devices": "is given devices of this machine",
    "cap_add": "is given capabilities beyond the usual ones",
}
_HOST_MODES = {"network_mode": "network", "pid": "processes", "ipc": "memory", "userns_mode": "users"}


@dataclass(slots=True)
class Existing:
    """What becomes of a source's compose files.

    Attributes:
        document: the compose document.
        images: to build, in order.
        files: Dockerfiles and ignore files for the release folder.
        bases: image as written -> compose services that start from it.
    """

    document: dict[str, Any]
    images: list[PlannedImage] = field(default_factory=list)
    files: list[PlannedFile] = field(default_factory=list)
    bases: dict[str, list[str]] = field(default_factory=dict)


def published(detection: Detection, root: str) -> dict[str, int]:
    """Return component (or compose service) -> number of container ports that it publishes."""
    project = composefile.read(root, detection.compose_files)
    found = {}
    for name, body in project.services.items():
        if body.get("profiles") or body.get("network_mode") == "host":
            continue
        if count := len(composefile.service_ports(body, project.variables)):
            found[_owner(detection, name)] = count
    return found


def transform(draft: Draft) -> Existing:
    """Make the release's compose document of the source's own files.

    Raises:
        InvalidInput: when a file, a build context or a mount is not acceptable.
    """
    order = draft.order
    project = composefile.read(order.root, order.detection.compose_files)
    draft.warnings += project.warnings
    known = project.variables | order.environment
    result = Existing({})
    wanted = composefile.references([project.services, project.top])
    for name, optional in wanted.items():
        if name in known:
            draft.variables.reference(name, known[name])
        elif not optional:
            draft.warnings.append(f"{name} is used in the compose file and has no value; give it with --env")
    volumes, networks = _named(draft, project, "volumes"), _named(draft, project, "networks")
    built: dict[tuple[object, ...], str] = {}
    for name, body in project.services.items():
        draft.services[name] = _service(draft, project, result, name, body, known, built, volumes)
    result.document = {"name": order.service, "services": draft.services}
    if volumes:
        result.document["volumes"] = volumes
    if networks:
        result.document["networks"] = networks
    for key in ("secrets", "configs"):
        if key in project.top:
            result.document[key] = _files_of(draft, project, key)
    result.document |= {k: v for k, v in project.top.items() if k.startswith("x-")}
    return result


def _owner(detection: Detection, name: str) -> str:
    """Return the component that a compose service is, or the service's own name."""
    component = _component(detection, name)
    return component.name if component else name


def _component(detection: Detection, name: str) -> Component | None:
    named = [c for c in detection.components if c.facts.get("compose_service", c.name) == name]
    return named[0] if named else None


def _service(
    draft: Draft,
    project: Project,
    result: Existing,
    name: str,
    body: dict[str, Any],
    known: dict[str, str],
    built: dict[tuple[object, ...], str],
    volumes: dict[str, Any],
) -> dict[str, Any]:
    order = draft.order
    owner = _owner(order.detection, name)
    made: dict[str, Any] = {}
    if "build" in body:
        made["image"] = _build(draft, project, result, name, body, known, built)
        made["pull_policy"] = "never"
    else:
        written = str(interpolate(body.get("image") or "", known))
        if not written:
            raise InvalidInput(
                f"The compose service {name} has neither image nor build", field=f"services.{name}"
            )
        result.bases.setdefault(written, []).append(name)
        made["image"] = order.stand_ins.get(written, written)
        if "@" not in written and posixpath.basename(written).partition(":")[2] in ("", "latest"):
            draft.warnings.append(f"{name}: the image {written} names no version; what it is can change")
    made |= {k: v for k, v in body.items() if k not in _DROPPED and k not in made}
    if "container_name" in body:
        draft.warnings.append(f"{name}: container_name is left out, so that releases do not collide")
    _risks(draft, name, body)
    if environment := _environment(draft, name, owner, body, "build" in body):
        made["environment"] = environment
    if files := _env_files(draft, project, name, body, known):
        made["env_file"] = files
    if ports := _ports(draft, name, owner, body, known):
        made["ports"] = ports
    if mounts := _mounts(draft, project, name, body, known, volumes):
        made["volumes"] = mounts
    made.setdefault("restart", "unless-stopped" if "build" not in body or body.get("ports") else "on-failure")
    if "deploy" not in made or owner in order.limits or order.replicas.get(owner, 1) != 1:
        limits = limits_of(order, owner)
        if "deploy" in limits and isinstance(made.get("deploy"), dict):
            limits["deploy"] = made["deploy"] | limits["deploy"]
        made |= limits
    made.setdefault("logging", LOGGING)
    made["labels"] = {
        **{k: Quoted("" if v is None else str(v)) for k, v in (body.get("labels") or {}).items()},
        **draft.labels(owner, release="build" in body),
    }
    return made


def _build(
    draft: Draft,
    project: Project,
    result: Existing,
    name: str,
    body: dict[str, Any],
    known: dict[str, str],
    built: dict[tuple[object, ...], str],
) -> str:
    """Plan the image of a service, write its Dockerfile, and return its tag; equal builds share one."""
    order = draft.order
    build = interpolate(body["build"], known)
    context = str(build.get("context") or ".")
    if "://" in context or context.startswith("git@"):
        raise InvalidInput(
            f"{name}: its build context {context} lies elsewhere",
            "Check it out beside the source.",
            field="build",
        )
    folder = composefile.inside(order.root, posixpath.join(project.base, context), f"{name}'s build context")
    if inline := body["build"].get("dockerfile_inline"):
        text, path = str(inline), ""
    else:
        path = composefile.inside(
            order.root,
            posixpath.join(folder, str(build.get("dockerfile") or "Dockerfile")),
            f"{name}'s Dockerfile",
        )
        found = Path(order.root, path)
        if not found.is_file():
            raise InvalidInput(
                f"{name}: there is no Dockerfile {path}", "Correct build: of it.", field="build"
            )
        text = found.read_text(encoding="utf-8", errors="replace")
    args = {k: known.get(k, "") if v is None else _scalar(v) for k, v in (build.get("args") or {}).items()}
    target = str(build.get("target") or "")
    key = (folder, path or text, target, tuple(sorted(args.items())))
    if key in built:
        return built[key]
    for option in _BUILD_LEFT_OUT:
        if option in build:
            draft.warnings.append(f"{name}: build.{option} is not used")
    for ref in references.base_images(text):
        result.bases.setdefault(ref, []).append(name)
    file = f"{_file_name(name)}.Dockerfile"
    result.files += dockerfile_files(order, file, text, path, folder)
    tag = image_tag(order, name)
    owner = _owner(order.detection, name)
    result.images.append(
        PlannedImage(owner, tag, str(Path(order.root, folder).absolute()), file, target, args)
    )
    built[key] = tag
    return tag


def dockerfile_files(order: Order, file: str, text: str, path: str, folder: str) -> list[PlannedFile]:
    """Return a source's own Dockerfile for the release folder, and its ignore file where there is one.

    Args:
        order: names the stand-ins.
        file: name in the release folder.
        text: the Dockerfile as the source has it.
        path: where the source has it, relative to the root; empty for one that stands in a compose file.
        folder: the build context, relative to the root.
    """
    text = references.without_frontend(text, offline=bool(order.stand_ins))
    made = [PlannedFile(file, references.substitute(text, order.stand_ins))]
    for ignore in (f"{path}.dockerignore" if path else "", posixpath.join(folder, ".dockerignore")):
        found = Path(order.root, ignore)
        if ignore and found.is_file() and found.resolve().is_relative_to(Path(order.root).resolve()):
            made.append(
                PlannedFile(f"{file}.dockerignore", found.read_text(encoding="utf-8", errors="replace"))
            )
            break
    return made


def _environment(draft: Draft, name: str, owner: str, body: dict[str, Any], built: bool) -> dict[str, Any]:
    """Return a service's environment; secrets that stand in the source's file move to ``.env``."""
    order = draft.order
    found: dict[str, Any] = {}
    for variable, value in (body.get("environment") or {}).items():
        if value is None:
            # Without a value compose takes it from the shell; here from the operator.
            if variable in order.environment:
                found[variable] = draft.variables.reference(variable, order.environment[variable], name)
            elif variable in draft.variables.values:
                found[variable] = f"${{{variable}}}"
            continue
        text = _scalar(value)
        if "$" not in text and text and is_secret(variable, text):
            text = draft.variables.reference(variable, text, name)
        found[variable] = text
    component = _component(order.detection, name)
    given = order.component_environment.get(owner, {})
    if built or (component and not component.facts.get("image")):
        given = order.environment | given
    for variable, value in given.items():
        found[variable] = draft.variables.reference(variable, value, name)
    return dict(quoted_values(found))


def _env_files(
    draft: Draft, project: Project, name: str, body: dict[str, Any], known: dict[str, str]
) -> list[str]:
    found = []
    for entry in interpolate(body.get("env_file") or [], known):
        path = str(entry.get("path", "") if isinstance(entry, dict) else entry)
        relative = composefile.inside(
            draft.order.root, posixpath.join(project.base, path), f"{name}'s env_file"
        )
        absolute = Path(draft.order.root, relative)
        if absolute.is_file():
            found.append(str(absolute.absolute()))
        else:
            draft.warnings.append(f"{name}: env_file {path} is not there; give its values with --env-file")
    return found


def _ports(draft: Draft, name: str, owner: str, body: dict[str, Any], known: dict[str, str]) -> list[str]:
    ports = composefile.service_ports(body, known)
    if not ports or body.get("network_mode") == "host" or body.get("profiles"):
        return []
    component = _component(draft.order.detection, name)
    if component and component.port:
        ports.sort(key=lambda p: p[0] != component.port)
    if owner not in draft.order.ports:
        draft.warnings.append(f"{name}: its ports are not published")
    suffixes = tuple("" if protocol == "tcp" else f"/{protocol}" for _, protocol in ports)
    return ports_of(draft.order, owner, [port for port, _ in ports], suffixes)


def _mounts(
    draft: Draft,
    project: Project,
    name: str,
    body: dict[str, Any],
    known: dict[str, str],
    volumes: dict[str, Any],
) -> list[Any]:
    """Return a service's mounts with absolute host paths, and note each."""
    found: list[Any] = []
    for entry in interpolate(body.get("volumes") or [], known):
        long = dict(entry) if isinstance(entry, dict) else None
        parts = str(entry).split(":")
        source = str(long.get("source") or "") if long else (parts[0] if len(parts) > 1 else "")
        target = str(long.get("target") or "") if long else (parts[1] if len(parts) > 1 else parts[0])
        read_only = bool(long.get("read_only")) if long else "ro" in "".join(parts[2:]).split(",")
        if not source or (long and long.get("type") in ("tmpfs", "npipe", "cluster")):
            found.append(long or Quoted(str(entry)))
            continue
        if source.startswith((".", "/", "~")) or (long and long.get("type") == "bind"):
            path = host_path(draft.order, source, project.base)
            draft.mounts.append(
                PlannedMount(_owner(draft.order.detection, name), path, target, False, read_only)
            )
            if path.endswith(".sock"):
                draft.warnings.append(f"{name}: mounts the socket {path}: it can command what listens there")
            if long:
                found.append(long | {"source": path})
            else:
                found.append(Quoted(":".join([path, *parts[1:]]).replace("$", "$$")))
            continue
        full = (volumes.get(source) or {}).get("name") or f"{draft.order.service}_{source}"
        draft.mounts.append(
            PlannedMount(_owner(draft.order.detection, name), str(full), target, True, read_only)
        )
        found.append(long or Quoted(str(entry).replace("$", "$$")))
    return found


def _named(draft: Draft, project: Project, key: str) -> dict[str, Any]:
    """Return the named volumes or networks with fixed names; external ones stay as they are."""
    found: dict[str, Any] = {}
    entries = project.top.get(key) or {}
    for name, body in entries.items() if isinstance(entries, dict) else ():
        given = dict(body or {})
        if not given.get("external"):
            given.setdefault("name", f"{draft.order.service}_{name}")
            if key == "volumes":
                labels = composefile.normalised(given).get("labels") or {}
                given["labels"] = {**labels, LABEL_SERVICE: Quoted(draft.order.service)}
        found[name] = given
    return found


def _files_of(draft: Draft, project: Project, key: str) -> dict[str, Any]:
    """Return top-level secrets or configs with absolute paths of their files."""
    found: dict[str, Any] = {}
    for name, body in (project.top[key] or {}).items():
        given = dict(body or {})
        if file := given.get("file"):
            path = composefile.inside(
                draft.order.root, posixpath.join(project.base, str(file)), f"{key}.{name}"
            )
            given["file"] = str(Path(draft.order.root, path).absolute())
            if not Path(given["file"]).is_file():
                draft.warnings.append(f"{key}.{name}: the file {file} is not there")
        found[name] = given
    return found


def _risks(draft: Draft, name: str, body: dict[str, Any]) -> None:
    for key, what in _RISKS.items():
        if body.get(key):
            draft.warnings.append(f"{name}: {what}")
    for key, what in _HOST_MODES.items():
        if body.get(key) == "host":
            draft.warnings.append(f"{name}: shares this machine's {what}")


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
