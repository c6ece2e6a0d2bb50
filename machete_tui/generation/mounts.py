"""Mounts: named volumes with fixed names, and host paths that are absolute."""

from __future__ import annotations

import os
import re
from pathlib import Path

from machete_tui.core.errors import InvalidInput
from machete_tui.core.plan import PlannedMount
from machete_tui.core.source import Component
from machete_tui.generation.dockerfiles import split_volume
from machete_tui.generation.order import Order
from machete_tui.generation.variables import literal

_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*\Z")


def mount(order: Order, component: Component, text: str, *, portable: bool) -> tuple[str, PlannedMount, str]:
    """Return one of a component's mounts: as compose takes it, as planned, and its short volume name.

    Args:
        order: names the service and its folders.
        component: whose.
        text: as the component has it.
        portable: whether a relative path stays as it is written.

    Raises:
        InvalidInput: when it is no mount.
    """
    source, target, read_only = split_volume(text)
    if named := not source.startswith(("/", ".", "~")):
        if not _VOLUME.match(source):
            raise InvalidInput(f"{source[:60]!r} is not a volume's name", field="volumes")
        place, written = f"{order.service}_{source}", source
    else:
        place = host_path(order, source)
        written = source if portable else place
    line = literal(f"{written}:{target}{':ro' if read_only else ''}")
    return line, PlannedMount(component.name, place, target, named, read_only), source if named else ""


def host_path(order: Order, source: str, base: str = ".") -> str:
    """Return the host path of a mount: in the source if it is there, else in the service's data folder.

    Args:
        order: names the source's root and the service's data folder.
        source: as written.
        base: folder relative to the root that it is relative to.

    Raises:
        InvalidInput: for a home folder, or a relative path without a data folder.
    """
    if source.startswith("~"):
        raise InvalidInput(
            f"The mount {source} lies in a home folder", "Write an absolute path.", field="volumes"
        )
    if Path(source).is_absolute():
        return os.path.normpath(source)
    inside = os.path.normpath(Path(order.root, base, source))
    if os.path.lexists(inside):
        return inside
    if not order.data_dir:
        raise InvalidInput(f"There is no data folder for the mount {source}", field="volumes")
    return str(Path(order.data_dir, *(p for p in Path(base, source).parts if p != "..")))
