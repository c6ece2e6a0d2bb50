"""The Engine's JSON about images, volumes, networks and build cache as the core's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from machete_tui.core.resources import (
    CacheRecord,
    ContainerLink,
    Happening,
    Layer,
    LocalImage,
    LocalNetwork,
    LocalVolume,
)
from machete_tui.engines.sanitize import clean
from machete_tui.engines.shapes import stamp

_NONE = "<none>"


def image(raw: Mapping[str, Any]) -> LocalImage:
    """Return an entry of ``/images/json`` or of the images of ``/system/df``."""
    shared = int(raw.get("SharedSize", -1))
    return LocalImage(
        id=raw["Id"],
        tags=tuple(sorted(t for t in raw.get("RepoTags") or () if not t.startswith(_NONE))),
        size=int(raw.get("Size") or 0),
        created=float(raw.get("Created") or 0),
        shared=shared if shared >= 0 else None,
        labels=raw.get("Labels") or {},
        digests=tuple(d for d in raw.get("RepoDigests") or () if not d.startswith(_NONE)),
    )


def container(raw: Mapping[str, Any]) -> ContainerLink:
    """Return what an entry of ``/containers/json`` holds on to."""
    names = [str(n).removeprefix("/") for n in raw.get("Names") or ()]
    settings = (raw.get("NetworkSettings") or {}).get("Networks") or {}
    # What was measured and is nothing is left out.
    size = raw.get("SizeRw", 0 if "SizeRootFs" in raw else None)
    return ContainerLink(
        id=raw["Id"],
        name=next((n for n in names if "/" not in n), raw["Id"][:12]),
        image=raw.get("ImageID", ""),
        state=raw.get("State", ""),
        volumes=tuple(m["Name"] for m in raw.get("Mounts") or () if m.get("Name")),
        networks=tuple(sorted(settings)),
        labels=raw.get("Labels") or {},
        size=None if size is None else int(size),
    )


def volume(raw: Mapping[str, Any]) -> LocalVolume:
    """Return an entry of ``/volumes`` or of the volumes of ``/system/df``."""
    size = int((raw.get("UsageData") or {}).get("Size", -1))
    return LocalVolume(
        name=raw["Name"],
        driver=raw.get("Driver", ""),
        mountpoint=raw.get("Mountpoint", ""),
        created=stamp(raw.get("CreatedAt") or ""),
        size=size if size >= 0 else None,
        labels=raw.get("Labels") or {},
    )


def network(raw: Mapping[str, Any]) -> LocalNetwork:
    """Return an entry of ``/networks``."""
    ranges = (raw.get("IPAM") or {}).get("Config") or ()
    return LocalNetwork(
        id=raw["Id"],
        name=raw["Name"],
        driver=raw.get("Driver", ""),
        scope=raw.get("Scope", ""),
        subnets=tuple(c["Subnet"] for c in ranges if c.get("Subnet")),
        internal=bool(raw.get("Internal")),
        created=stamp(raw.get("Created") or ""),
        labels=raw.get("Labels") or {},
    )


def record(raw: Mapping[str, Any]) -> CacheRecord:
    """Return an entry of the build cache of ``/system/df``; an Engine of 2023 and later tells all parents."""
    parents = raw.get("Parents") or ([raw["Parent"]] if raw.get("Parent") else [])
    return CacheRecord(
        id=raw["ID"],
        kind=raw.get("Type", ""),
        text=clean(" ".join(str(raw.get("Description") or "").split())),
        size=int(raw.get("Size") or 0),
        in_use=bool(raw.get("InUse")),
        shared=bool(raw.get("Shared")),
        created=stamp(raw.get("CreatedAt") or ""),
        used=stamp(raw.get("LastUsedAt") or ""),
        uses=int(raw.get("UsageCount") or 0),
        parents=tuple(str(p) for p in parents),
    )


def layers(inspected: Mapping[str, Any], history: list[Mapping[str, Any]]) -> tuple[Layer, ...]:
    """Return an image's layers with their sizes, from what inspecting it and its history tell.

    The history has an entry for each instruction, many of which made no layer and none of which says so:
    entries with bytes are layers for certain, and of those without as many as are left over, newest
    first among those that may be one.
    """
    import hashlib

    differences = [str(d) for d in (inspected.get("RootFS") or {}).get("Layers") or ()]
    entries = list(reversed(history))
    sizes = [int(entry.get("Size") or 0) for entry in entries]
    spare = len(differences) - sum(1 for size in sizes if size)
    chosen = {i for i, size in enumerate(sizes) if size}
    likely = [i for i, size in enumerate(sizes) if not size and _may_be_layer(entries[i])]
    chosen |= set(likely[: max(spare, 0)])
    kept = [sizes[i] for i in sorted(chosen)]
    if len(kept) != len(differences):
        return ()
    found: list[Layer] = []
    chain = ""
    for difference, size in zip(differences, kept, strict=True):
        chain = (
            difference
            if not chain
            else "sha256:" + hashlib.sha256(f"{chain} {difference}".encode()).hexdigest()
        )
        found.append(Layer(chain, size))
    return tuple(found)


def _may_be_layer(entry: Mapping[str, Any]) -> bool:
    said = str(entry.get("CreatedBy") or "").replace("/bin/sh -c #(nop)", "").strip()
    return said.split(" ", 1)[0] in ("RUN", "COPY", "ADD", "WORKDIR", "/bin/sh", "")


def happening(raw: Mapping[str, Any]) -> Happening:
    """Return a line of ``/events``."""
    actor = raw.get("Actor") or {}
    attributes = {str(k): clean(str(v)) for k, v in (actor.get("Attributes") or {}).items()}
    ident = str(actor.get("ID", ""))
    at = raw["timeNano"] / 1e9 if raw.get("timeNano") else float(raw.get("time", 0))
    name = attributes.get("name") or ident
    return Happening(
        at=at,
        kind=str(raw.get("Type", "")),
        action=clean(str(raw.get("Action", ""))),
        id=ident,
        name=name if name != ident or not _is_id(ident) else ident.removeprefix("sha256:")[:12],
        attributes=attributes,
    )


def _is_id(text: str) -> bool:
    plain = text.removeprefix("sha256:")
    return len(plain) == 64 and set(plain) <= set("0123456789abcdef")
