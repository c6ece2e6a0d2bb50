"""What must not be lost: who uses an image, a volume or a network, and what is kept although nobody does.

One rule for every front and every verb: lists show it, ``remove`` refuses by it, ``prune`` leaves out
what it names. An image counts as used by stopped containers too; a volume is kept for its service or its
compose project even while no container of it mounts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_PROJECT, LABEL_RELEASE, LABEL_SERVICE, LABEL_STAND_IN
from machete_tui.core.errors import MacheteError
from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Release, Service
from machete_tui.core.resources import ContainerLink, LocalImage, LocalNetwork, LocalVolume
from machete_tui.operations.image_table import HOST
from machete_tui.operations.releases import image_prefix

T = TypeVar("T", str, int)

_IMAGE = re.compile(r"^\s*(?:-\s+)?image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)", re.IGNORECASE | re.MULTILINE)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)")
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Kept:
    """A release whose images stay: the live one, and those that can be live again.

    Attributes:
        release: it.
        service: whose.
        live: whether it is live.
        refs: images that its compose file names; ``words`` every word of that file.
        bases: images that the Dockerfiles of the live release start from.
    """

    release: Release
    service: str
    live: bool
    refs: frozenset[str]
    words: frozenset[str]
    bases: frozenset[str] = frozenset()

    @property
    def called(self) -> str:
        """``shop #14 (live)`` or ``shop #13 (rollback)``."""
        return f"{self.service} #{self.release.number} ({'live' if self.live else 'rollback'})"


@dataclass(frozen=True)
class Ground:
    """What the engine and the store know of who needs what, at one moment; asked by name, so indexed."""

    containers: tuple[ContainerLink, ...]
    services: frozenset[str]
    kept: tuple[Kept, ...]
    claims: dict[str, tuple[str, ...]]
    busy: dict[str, str] = field(default_factory=dict)
    left_behind: frozenset[str] = frozenset()

    def users_of_image(self, image: LocalImage) -> tuple[str, ...]:
        """Return the containers, running or not, that were made of it."""
        return self._by_image.get(image.id, ())

    def keeps_image(self, image: LocalImage, *, tag: str = "") -> tuple[str, ...]:
        """Return why an image, or only one of its tags, stays although no container needs it."""
        names = {plain(tag)} if tag else _called(image)
        needs = {i for name in names for i in self._refs.get(name, ())} | self._owners(image, names, tag)
        needs |= {i for i, ref in self._open_refs if _matches(ref, names)}
        bases = {i for name in names for i in self._bases.get(name, ())} - needs
        found = [
            self.kept[i].called
            if i in needs
            else f"base of {self.kept[i].service} #{self.kept[i].release.number}"
            for i in sorted(needs | bases)
        ]
        if stands_in(image, names):
            found.append("stand-in")
        found += self._foreign(image, names)
        return tuple(dict.fromkeys(found))

    def holds_release(self, image: LocalImage, *, tag: str = "", live: bool = False) -> tuple[Kept, ...]:
        """Return the kept releases, or only the live ones, whose own image it is."""
        names = {plain(tag)} if tag else _called(image)
        owners = (self.kept[i] for i in sorted(self._owners(image, names, tag)))
        return tuple(k for k in owners if k.live or not live)

    def _owners(self, image: LocalImage, names: set[str], tag: str) -> set[int]:
        found = {i for name in names for i in self._own.get(name, ())}
        return found if tag else found | set(self._own.get(image.id, ()))

    @cached_property
    def _by_image(self) -> dict[str, tuple[str, ...]]:
        return _grouped((c.image, c.name) for c in self.containers)

    @cached_property
    def _by_volume(self) -> dict[str, tuple[str, ...]]:
        return _grouped((volume, c.name) for c in self.containers for volume in c.volumes)

    @cached_property
    def _by_network(self) -> dict[str, tuple[str, ...]]:
        return _grouped((network, c.name) for c in self.containers for network in c.networks)

    @cached_property
    def _projects(self) -> frozenset[str]:
        return frozenset(c.labels.get(LABEL_PROJECT, "") for c in self.containers)

    @cached_property
    def _own(self) -> dict[str, tuple[int, ...]]:
        """Ids and names of the releases' own images -> which releases."""
        pairs = ((i, image) for i, kept in enumerate(self.kept) for image in kept.release.images)
        return _grouped((key, i) for i, image in pairs for key in (image.id, plain(image.tag)) if key)

    @cached_property
    def _refs(self) -> dict[str, tuple[int, ...]]:
        return _grouped((ref, i) for i, kept in enumerate(self.kept) for ref in kept.refs)

    @cached_property
    def _open_refs(self) -> tuple[tuple[int, str], ...]:
        """References that hold a variable whose value is not known."""
        return tuple((i, ref) for i, kept in enumerate(self.kept) for ref in kept.refs if "$" in ref)

    @cached_property
    def _bases(self) -> dict[str, tuple[int, ...]]:
        return _grouped((ref, i) for i, kept in enumerate(self.kept) for ref in kept.bases)

    @cached_property
    def _words(self) -> dict[str, tuple[int, ...]]:
        return _grouped((word, i) for i, kept in enumerate(self.kept) for word in kept.words)

    def named_by(self, name: str) -> tuple[str, ...]:
        """Return the kept releases whose compose file has this word in it."""
        return tuple(self.kept[i].called for i in self._words.get(name, ()))

    def _foreign(self, image: LocalImage, names: set[str]) -> list[str]:
        owner = image.labels.get(LABEL_SERVICE, "")
        for service, holder in self.busy.items():
            if any(name.startswith(image_prefix(service)) for name in names):
                return [f"{service} is being changed: {holder}"]
        ours = owner and LABEL_RELEASE in image.labels
        if ours and owner not in self.services and any(n.startswith(image_prefix(owner)) for n in names):
            return [f"service {owner}, which another state directory knows"]
        return []

    def users_of_volume(self, volume: LocalVolume) -> tuple[str, ...]:
        """Return the containers, running or not, that mount it."""
        return self._by_volume.get(volume.name, ())

    def keeps_volume(self, volume: LocalVolume) -> tuple[str, ...]:
        """Return why a volume stays although no container mounts it."""
        found = [f"service {name}" for name in self.claims.get(volume.name, ())]
        owner = volume.labels.get(LABEL_SERVICE) or volume.labels.get(LABEL_PROJECT, "")
        if owner in self.services:
            found.append(f"service {owner}")
        elif owner and owner in self.left_behind:
            found.append(f"left by removed service {owner}")
        elif owner and owner in self._projects:
            found.append(f"project {owner} has containers")
        found += [f"named by {called}" for called in self.named_by(volume.name) if not found]
        return tuple(dict.fromkeys(found))

    def users_of_network(self, network: LocalNetwork) -> tuple[str, ...]:
        """Return the containers, running or not, that are in it."""
        return self._by_network.get(network.name, ())

    def keeps_network(self, network: LocalNetwork) -> tuple[str, ...]:
        """Return why a network stays although no container is in it."""
        owner = network.labels.get(LABEL_SERVICE) or network.labels.get(LABEL_PROJECT, "")
        found = ["the engine's own"] if network.built_in else []
        if network.scope == "swarm" and not network.built_in:
            found.append("a network of the swarm")
        if owner in self.services:
            found.append(f"service {owner}")
        elif owner and owner in self._projects:
            found.append(f"project {owner} has containers")
        found += [f"named by {called}" for called in self.named_by(network.name) if not found]
        return tuple(dict.fromkeys(found))


def survey(ctx: Context) -> Ground:
    """Ask the engine and the store; the store first, so that what is made meanwhile is seen."""
    services = ctx.store.services.all()
    kept = tuple(k for service in services for k in _kept_of(ctx, service))
    claims: dict[str, tuple[str, ...]] = {}
    for claim in ctx.store.claims.all():
        claims[claim.source] = (*claims.get(claim.source, ()), claim.service)
    names = frozenset(s.name for s in services)
    busy = {name: holder for name in sorted(names) if (holder := ctx.store.held(name))}
    return Ground(
        containers=tuple(ctx.engine.resources.containers()),
        services=names,
        kept=kept,
        claims=claims,
        busy=busy,
        left_behind=_left_behind(ctx) - names,
    )


def plain(ref: str) -> str:
    """Return an image's name in the one form that comparisons use: a tag always, Docker Hub never named."""
    for head in ("docker.io/library/", "docker.io/", "index.docker.io/", "library/"):
        ref = ref.removeprefix(head)
    if "@" in ref:
        # Of name:tag@digest only the digest counts, and an engine knows it without the tag.
        named, _, digest = ref.partition("@")
        head, colon, tag = named.rpartition(":")
        return f"{head if colon and '/' not in tag else named}@{digest}"
    if not ref or ref.startswith("sha256:") or ":" in ref.rpartition("/")[2]:
        return ref
    return f"{ref}:latest"


def stands_in(image: LocalImage, names: Iterable[str]) -> bool:
    """Return whether any of these names makes it a stand-in for an official image.

    What is built on a stand-in inherits its labels, so the labels alone say nothing.
    """
    if any(name.startswith(f"{HOST}/") for name in names):
        return True
    if image.labels.get(LABEL_STAND_IN) != "true":
        return False
    official = image.labels.get(f"{LABEL_STAND_IN}.for", "").split()
    return any(name.rpartition(":")[0] in official for name in names)


def _kept_of(ctx: Context, service: Service) -> Iterable[Kept]:
    for release in ctx.store.releases.of(service.id):
        live = release.number == service.release
        if live or release.kept:
            text = _resolved(release.compose, Path(release.folder) if release.folder else None)
            yield Kept(
                release=release,
                service=service.name,
                live=live,
                refs=frozenset(plain(ref) for ref in _IMAGE.findall(text)),
                words=frozenset(_WORD.findall(text)),
                bases=_bases(Path(release.folder)) if live and release.folder else frozenset(),
            )


def _bases(folder: Path) -> frozenset[str]:
    """Return what the Dockerfiles in a release's folder start from."""
    try:
        texts = [path.read_text(errors="replace") for path in folder.glob("*Dockerfile*") if path.is_file()]
    except OSError:
        return frozenset()
    return frozenset(plain(ref) for text in texts for ref in _FROM.findall(text))


def _left_behind(ctx: Context) -> frozenset[str]:
    """Return the names of removed services whose folder stayed, as it does beside kept volumes."""
    try:
        return frozenset(p.name for p in (ctx.settings.state_dir / "services").iterdir() if p.is_dir())
    except OSError:
        return frozenset()


def _resolved(text: str, folder: Path | None) -> str:
    """Return a compose file's text with the variables of its ``.env``; unknown ones stay as they are."""
    if "$" not in text:
        return text
    from machete_tui.generation.dotenv import parse

    try:
        known = parse((folder / ".env").read_text()) if folder else {}
    except (OSError, UnicodeDecodeError, MacheteError):
        known = {}

    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[3]) or match[2] or match[0]

    return _VARIABLE.sub(value, text)


def _matches(ref: str, names: set[str]) -> bool:
    """Return whether a compose file's reference, which may hold an unknown variable, can mean a name."""
    head, dollar, rest = ref.partition("$")
    if not dollar:
        return ref in names
    tail = rest.rpartition("}")[2].removesuffix(":latest") if "}" in rest else ""
    return any(name.startswith(head) and tail in name for name in names)


def _called(image: LocalImage) -> set[str]:
    """Return all that a compose file can call it: its tags, and its name with the digest."""
    return {plain(name) for name in (*image.tags, *image.digests)}


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    """Return what belongs to each key, sorted, each once."""
    found: dict[str, set[T]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}
