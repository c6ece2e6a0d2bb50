"""What a component may mount: rules that keep the host, the Docker socket and other services apart."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from machete_tui.core.errors import Conflict, NotPermitted
from machete_tui.core.models import VolumeClaim
from machete_tui.core.plan import PlannedMount
from machete_tui.core.settings import Settings

SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var",
)
"""Host folders that no component may mount, nor anything in them outside the allowed roots."""

SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")


def check_mounts(
    settings: Settings, service: str, root: str, mounts: Sequence[PlannedMount], allowed: Sequence[str]
) -> None:
    """Refuse mounts of system paths, of the Docker socket, and of what lies outside the allowed roots.

    Links are resolved first. A read-only file or folder of the source itself, and everything in the
    service's own data folder, is always allowed.
    """
    own = os.path.realpath(settings.service_dir(service))
    source = os.path.realpath(root)
    permitted = {os.path.realpath(p) for p in (*settings.allowed_mounts, *allowed)}
    for mount in mounts:
        if mount.named:
            continue
        path = os.path.realpath(mount.source)
        if path in permitted or _within(path, own):
            continue
        where = f"{mount.component} mounts {mount.source}"
        if Path(path).name in SOCKETS:
            raise NotPermitted(
                f"{where}: with the Docker socket it would own this machine",
                f"if that is meant, allow it with --allow-mount {path}",
                field="volumes",
            )
        if _within(path, source) and path != "/":
            continue
        if any(_within(path, r) for r in settings.mount_roots):
            continue
        if path == "/" or any(_within(path, s) for s in SYSTEM):
            raise NotPermitted(
                f"{where}, a system path",
                f"use a named volume (data:{mount.target}), or allow it with --allow-mount {path}",
                field="volumes",
            )
        raise NotPermitted(
            f"{where}, outside {', '.join(settings.mount_roots)}",
            f"use a named volume (data:{mount.target}), or allow it with --allow-mount {path}",
            field="volumes",
        )


def claims_of(service: str, mounts: Sequence[PlannedMount], root: str) -> tuple[VolumeClaim, ...]:
    """Return what a service claims: its volumes and host folders, but not files of its own source."""
    source = os.path.realpath(root)
    found = {}
    for mount in mounts:
        path = mount.source if mount.named else os.path.realpath(mount.source)
        if mount.named or not _within(path, source):
            found[path, mount.component, mount.target] = VolumeClaim(
                path, service, mount.component, mount.target
            )
    return tuple(found.values())


def check_claims(service: str, wanted: Sequence[VolumeClaim], held: Sequence[VolumeClaim]) -> None:
    """Refuse a path that another service claims, or that lies within such a path, naming both."""
    for claim in wanted:
        for other in held:
            if other.service != service and _overlap(claim.source, other.source):
                raise Conflict(
                    f"{claim.component} wants {claim.source}, which service {other.service} claims"
                    + (f" as {other.source}" if other.source != claim.source else ""),
                    "give it another name or path, or remove that service first",
                    field="volumes",
                )


def _overlap(one: str, other: str) -> bool:
    if not (one.startswith("/") and other.startswith("/")):
        return one == other
    return _within(one, other) or _within(other, one)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
