"""From a source's own compose file to components and backing services."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from machete_tui.core.source import BackingService, Evidence
from machete_tui.detection import backing
from machete_tui.detection import dockerfile as parser
from machete_tui.detection.composefile import ComposeFile, ComposeService
from machete_tui.detection.draft import Draft
from machete_tui.detection.families import docker
from machete_tui.detection.families.node_rules import DEVELOPMENT as NODE_DEVELOPMENT
from machete_tui.detection.families.python_rules import DEVELOPMENT as PYTHON_DEVELOPMENT
from machete_tui.detection.naming import label, unique
from machete_tui.detection.scan import Tree
from machete_tui.detection.topology import Topology


@dataclass(slots=True)
class Composed:
    """What a compose file makes: drafts, backing services, edges by name, recommendations."""

    drafts: list[Draft] = field(default_factory=list)
    backing: list[BackingService] = field(default_factory=list)
    edges: list[tuple[str, str]] = field(default_factory=list)
    recommendations: list[str] = field(default_factory=list)


def usable(found: ComposeFile, tree: Tree, has_application: bool) -> str:
    """Return why a compose file is not what the source is deployed with; empty when it is."""
    services = [s for s in found.services if not s.profiles]
    own = [s for s in services if backing.from_image(s.image)[0] is None or s.context is not None]
    if not own:
        return "it only runs backing services" if services else "it has no services"
    broken = next((s for s in own if s.outside), None)
    if broken is not None:
        return f"service {broken.name}: {broken.outside}"
    if has_application and not any(s.context is not None for s in own):
        return "it builds nothing of this source"
    for service in own:
        if service.context is not None and not _dockerfile(service, tree):
            return f"service {service.name}: no Dockerfile in its build folder {service.context or '.'}"
    return ""


def _dockerfile(service: ComposeService, tree: Tree) -> str:
    if service.context is None:
        return ""
    name = service.dockerfile or "Dockerfile"
    path = posixpath.normpath(posixpath.join(service.context, name))
    return path if tree.has(path) else ""


def compose(found: ComposeFile, topology: Topology) -> Composed:
    """Return what its services make; those of a profile do not start by themselves and are left out."""
    result = Composed(recommendations=list(found.remarks))
    taken: dict[str, str] = {}
    for service in found.services:
        if service.profiles:
            result.recommendations.append(
                f"service {service.name} only starts with profile {', '.join(service.profiles)}: left out"
            )
            continue
        name = unique(label(service.name), taken.values())
        taken[service.name] = name
        kind, version = backing.from_image(service.image)
        why = Evidence(service.file, service.line, f"service {service.name}")
        if kind is not None and service.context is None:
            evidence = (Evidence(service.file, service.line, f"service {service.name} runs {service.image}"),)
            result.backing.append(BackingService(kind, service.name, evidence, (), True, version))
        else:
            result.drafts.append(_component(service, name, why, topology, result))
    names = {b.name for b in result.backing}
    for service in found.services:
        for needed in service.needs:
            if service.name in taken and needed in taken:
                target = needed if needed in names else taken[needed]
                source = service.name if service.name in names else taken[service.name]
                if (source, target) not in result.edges:
                    result.edges.append((source, target))
    return result


def _component(
    service: ComposeService, name: str, why: Evidence, topology: Topology, result: Composed
) -> Draft:
    draft: Draft | None = None
    if service.context is not None:
        folder = topology.view(service.context)
        draft = topology.at(service.context)
        path = _dockerfile(service, topology.tree)
        if draft is None:
            draft = Draft("docker", folder.shown)
        if path:
            inner = path[len(service.context) + 1 :] if service.context else path
            docker.apply(draft, folder, inner, parser.parse(folder.text(inner)), service.target)
        draft.fact("compose_build", True)
    else:
        draft = Draft("docker", ".")
        draft.fact("image", service.image)
    draft.drivers.clear()
    draft.name = name
    draft.fact("compose_service", service.name)
    draft.evidence.insert(0, why)
    draft.weights = [*draft.weights, 0.9]
    draft.start_command = ""
    draft.build_command = ""
    draft.replicas = service.replicas
    draft.env = list(dict.fromkeys([*service.variables, *draft.env]))
    draft.required_env = list(service.required)
    draft.health_path = service.health or draft.health_path
    _port(draft, service)
    _remarks(draft, service, result)
    return draft


def _port(draft: Draft, service: ComposeService) -> None:
    if service.published:
        port, line = service.published[0]
        draft.kind = "web"
        draft.listen(port, f"{service.file} line {line}: first published port")
        draft.shows(Evidence(service.file, line, f"publishes container port {port}"))
        return
    draft.kind = "worker"
    draft.port, draft.port_from = 0, ""


def _remarks(draft: Draft, service: ComposeService, result: Composed) -> None:
    where = f"{service.file}: service {service.name}"
    for host, target in service.mounts:
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(service.file), host))
        if (
            host.startswith(".")
            and service.context is not None
            and inside in {service.context, f"{service.context}/src", "."}
        ):
            result.recommendations.append(f"{where} mounts its source at {target}: made for development")
            draft.doubts.append(0.8)
            break
    if any(p.search(service.command) for p in (NODE_DEVELOPMENT, PYTHON_DEVELOPMENT)):
        result.recommendations.append(f"{where} starts a development command: {service.command[:80]}")
        draft.doubts.append(0.8)
    tag = service.image.rpartition("/")[2].partition(":")[2]
    if service.context is None and "@" not in service.image and tag in {"", "latest"}:
        result.recommendations.append(f"{where} uses {service.image} without a fixed version")
