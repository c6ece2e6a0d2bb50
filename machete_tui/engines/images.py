"""What changes images: tags, pulls, imports."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Conflict, EngineUnavailable, InvalidInput, MacheteError, NotFound
from machete_tui.engines import faults
from machete_tui.engines.sanitize import clean
from machete_tui.engines.sdk import Sdk
from machete_tui.engines.wire import Body, Transport, segment

if TYPE_CHECKING:
    from machete_tui.core.resources import LayerState

_OFFLINE = (
    "dial tcp",
    "no such host",
    "i/o timeout",
    "request canceled",
    "connection refused",
    "server misbehaving",
)
_REACHED = ("manifest unknown", "unauthorized", "denied", "toomanyrequests", "not found", "no basic auth")


LINGER = 0.05
"""Seconds that news of a pull wait for company: an Engine tells every chunk of every layer."""


class Images:
    """Images of the Engine behind ``sdk``; ``mirror`` is a registry to pull from instead, or empty."""

    def __init__(self, sdk: Sdk, mirror: str) -> None:
        self._sdk = sdk
        self._mirror = mirror.partition("://")[2] or mirror
        self._mirror = self._mirror.rstrip("/")

    def tag(self, ref: str, new: str) -> None:
        """Give an image a second tag."""
        name, tag = split(new)
        with self._sdk.use() as client:
            client.tag(ref, name, tag, force=True)

    def remove(self, ref: str) -> None:
        """Remove a tag, and the image with its last one; one in use or gone is left alone."""
        try:
            with self._sdk.use() as client:
                client.remove_image(ref)
        except (NotFound, Conflict):
            pass

    def pull(self, ref: str, cancel: Cancel) -> Iterator[str]:
        """Pull an image, yielding what changes; from the mirror if one is named, as ``ref`` still."""
        said: set[str] = set()
        for entry in self._pulled(ref, cancel):
            line = ": ".join(str(entry[k]) for k in ("id", "status") if entry.get(k))
            if line and line not in said:
                said.add(line)
                yield clean(line)

    def pull_layers(self, ref: str, cancel: Cancel) -> Iterator[tuple[LayerState, ...]]:
        """Pull an image, yielding how its layers are, those that changed within a moment together."""
        from machete_tui.core.resources import LayerState

        waiting: dict[str, LayerState] = {}
        sizes: dict[str, int] = {}
        told = 0.0
        for entry in self._pulled(ref, cancel):
            status = clean(str(entry.get("status") or ""))
            part = entry.get("progressDetail") or {}
            layer = clean(str(entry.get("id") or "")) if _is_layer(entry) else ""
            # What is told of a layer's size is kept: its last line, which may be the only one that is
            # handed on, has none.
            size = sizes[layer] = max(sizes.get(layer, 0), int(part.get("total") or 0))
            waiting[layer or status] = LayerState(layer, status, int(part.get("current") or 0), size)
            now = time.monotonic()
            if now - told >= LINGER:
                yield tuple(waiting.values())
                waiting, told = {}, now
        if waiting:
            yield tuple(waiting.values())

    def _pulled(self, ref: str, cancel: Cancel) -> Iterator[dict[str, Any]]:
        """Pull an image, yielding what the Engine says; raises NotFound, EngineUnavailable."""
        cancel.check()
        wanted = self._from_mirror(ref)
        name, tag = split(wanted)
        try:
            body = self._sdk.pull(name, tag)
            with closing(body), cancel.closing(body.close):
                for entry in _entries(body):
                    if "error" in entry:
                        raise MacheteError(str(entry["error"]))
                    yield entry
        except (EngineUnavailable, NotFound):
            raise
        except MacheteError as error:
            raise _of_pull(ref, error) from error
        if wanted != ref and "@" not in ref:
            self.tag(wanted, ref)

    def registry_answers(self, reads: Transport) -> bool:
        """Return whether the Engine itself, with its own proxy and DNS, reaches a registry."""
        ref = f"{self._mirror}/library/busybox:latest" if self._mirror else "docker.io/library/busybox:latest"
        try:
            reads.get(f"/distribution/{segment(ref, slashes=True)}/json", patience=4.5)
        except NotFound as error:
            return not any(sign in error.what for sign in _OFFLINE)
        except EngineUnavailable:
            reads.get("/version")  # whether it was the Engine that did not answer, or the registry
            return False
        except MacheteError as error:
            return any(sign in error.what.lower() for sign in _REACHED)
        return True

    def import_root(self, tar: str, ref: str, labels: Mapping[str, str]) -> None:
        """Make an image from a tar file; raises InvalidInput when the file is not there."""
        if not Path(tar).is_file():
            raise InvalidInput(f"there is no file {tar}", field="tar")
        name, tag = split(ref)
        changes = [f"LABEL {json.dumps(k)}={_quoted(v)}" for k, v in sorted(labels.items())]
        with self._sdk.use() as client:
            said = client.import_image(tar, repository=name, tag=tag, changes=changes)
        for line in str(said).splitlines():
            entry: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
            if "error" in entry:
                text = str(entry["error"])
                raise faults.known(text) or MacheteError(f"the image could not be imported: {text}")

    def _from_mirror(self, ref: str) -> str:
        first, slash, _ = ref.partition("/")
        named = bool(slash) and ("." in first or ":" in first or first == "localhost")
        if not self._mirror or named:
            return ref
        return f"{self._mirror}/{ref if '/' in ref else f'library/{ref}'}"


def _entries(body: Body) -> Iterator[dict[str, Any]]:
    left = b""
    while data := body.read():
        *whole, left = (left + data).split(b"\n")
        yield from (json.loads(line) for line in whole if line.strip())


def _is_layer(entry: dict[str, Any]) -> bool:
    """Return whether an entry of a pull is about a layer: the line before the first names the tag."""
    return bool(entry.get("id")) and not str(entry.get("status") or "").startswith("Pulling from")


def split(ref: str) -> tuple[str, str]:
    """Return an image reference as name and tag, or name and digest; ``latest`` when it names none."""
    if "@" in ref:
        named, _, digest = ref.partition("@")
        return split(named)[0], digest
    head, colon, tag = ref.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (ref, "latest")


def _of_pull(ref: str, error: MacheteError) -> MacheteError:
    text = error.what.lower()
    if any(sign in text for sign in _OFFLINE):
        return faults.no_registry(ref)
    if any(sign in text for sign in _REACHED):
        return NotFound(
            f"the registry has no image {ref}, or keeps it private", "see whether its name is right"
        )
    return error


def _quoted(value: str) -> str:
    """Return a label's value as a Dockerfile takes it: in quotes, and no variable in it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", " ")
    return f'"{escaped}"'
