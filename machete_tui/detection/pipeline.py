"""From a folder to a Detection: walk, compose file or topology, manifest, backing services, edges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from machete_tui.core.errors import InvalidInput
from machete_tui.core.source import BackingService, Detection, Strategy
from machete_tui.detection import advice, backing, composed, composefile, edges
from machete_tui.detection.draft import Draft
from machete_tui.detection.folder import Folder
from machete_tui.detection.naming import GENERIC, label
from machete_tui.detection.scan import Tree
from machete_tui.detection.topology import Topology

MANIFESTS = ("machete.yml", "machete.yaml")

LOOKED_FOR = (
    "package.json, requirements.txt, pyproject.toml, composer.json, go.mod, Gemfile, pom.xml, build.gradle,"
    " *.csproj, Cargo.toml, index.html, Dockerfile, compose.yml, machete.yml"
)

MEND = (
    "add a Dockerfile, or a machete.yml with two lines:\n"
    "components:\n"
    "  web: {stack: python, start: python main.py, port: 8000}"
)


def run(root: str | Path, *, source: str, name: str) -> Detection:
    """Return the detection of a folder; see :func:`machete_tui.detection.detect`."""
    tree = Tree(root)
    folder = Folder(tree)
    topology = Topology(tree)
    file = folder.first(*MANIFESTS)
    if file:
        from machete_tui.detection.manifest.apply import detect_with

        return detect_with(topology, file, source=source, name=name)
    return finish(topology, scanned(topology), source=source, name=name)


class Found:
    """What the files say before names, order and strategy are settled."""

    def __init__(self, drafts: list[Draft]) -> None:
        self.drafts = drafts
        self.services: list[BackingService] = []
        self.edges: list[tuple[str, str]] = []
        self.compose_files: tuple[str, ...] = ()
        self.recommendations: list[str] = []
        self.name = ""
        self.has_manifest = False
        self.services_given = False


def scanned(topology: Topology) -> Found:
    """Return what the files alone say: the compose file where it is usable, else the components found."""
    folder = Folder(topology.tree)
    compose = composefile.read(folder)
    remark = ""
    if compose is not None:
        aside = set(topology.set_aside())
        has_application = any(f not in aside for f in topology.folders)
        remark = composed.usable(compose, topology.tree, has_application)
        if not remark:
            made = composed.compose(compose, topology)
            found = Found(made.drafts)
            found.services, found.edges = made.backing, made.edges
            found.compose_files = compose.files
            found.recommendations = made.recommendations
            return found
    found = Found(topology.find())
    if compose is not None:
        found.recommendations.append(f"{compose.files[0]} is not used: {remark}")
        _versions(found, compose)
    return found


def _versions(found: Found, compose: composefile.ComposeFile) -> None:
    """Take the versions of backing services, and services that nothing else shows, from an unused file."""
    services = backing.collect(found.drafts)
    for entry in compose.services:
        kind, version = backing.from_image(entry.image)
        if kind is not None and version:
            services = [replace(s, version=version) if s.kind == kind else s for s in services]
    found.services = services


def finish(topology: Topology, found: Found, *, source: str, name: str) -> Detection:
    """Return the Detection: services, edges, start order, strategy, recommendations."""
    tree = topology.tree
    if not found.drafts:
        _nothing(topology)
    own_compose = bool(found.compose_files)
    services = found.services
    if not services and not own_compose and not found.services_given:
        services = backing.collect(found.drafts)
    links = found.edges if own_compose else edges.find(found.drafts, services)
    drafts = edges.ordered(found.drafts, links)
    strategy, why = _strategy(drafts, services, found)
    advised = advice.recommendations(tree, drafts, services)
    return Detection(
        source=source,
        name=found.name or _name(source, found.drafts, name),
        components=tuple(d.freeze() for d in drafts),
        backing_services=tuple(services),
        edges=tuple(links),
        strategy=strategy,
        strategy_why=why,
        compose_files=found.compose_files,
        recommendations=tuple(dict.fromkeys([*found.recommendations, *advised])),
        warnings=tuple(tree.warnings),
        has_manifest=found.has_manifest,
    )


def _nothing(topology: Topology) -> None:
    tree = topology.tree
    aside = topology.set_aside()
    if aside:
        raise InvalidInput(
            f"nothing to deploy in {tree.root} itself, only in {', '.join(aside[:5])}",
            f"choose one with --path, for example --path {aside[0]}",
            field="SOURCE",
        )
    broken = f"; {tree.warnings[0]}" if tree.warnings else ""
    raise InvalidInput(
        f"no known stack in {tree.root}: looked for {LOOKED_FOR}{broken}", MEND, field="SOURCE"
    )


def _strategy(drafts: list[Draft], services: list[BackingService], found: Found) -> tuple[Strategy, str]:
    if found.compose_files:
        return "existing-compose", f"{found.compose_files[0]} says how it runs"
    parts = len(drafts)
    if parts == 1 and not services:
        only = drafts[0]
        if only.dockerfile:
            return "existing-dockerfile", f"one component, built by its own {only.dockerfile}"
        return "single", "one component that needs no other service"
    what = [f"{parts} components"] if parts > 1 else ["one component"]
    if services:
        what.append("needs " + ", ".join(s.kind for s in services))
    return "compose", " that ".join(what) if parts == 1 else ", ".join(what)


def _name(source: str, drafts: list[Draft], given: str) -> str:
    """Return the name given, else that of the only component's own manifest, else that of the source."""
    suggested = drafts[0].suggested if len({d.path for d in drafts}) == 1 else ""
    last = source.rstrip("/").replace(":", "/").rpartition("/")[2].removesuffix(".git")
    for text in (given, suggested, last):
        plain = label(text, "")
        if plain and plain not in GENERIC:
            return plain
    return label(given or last)
