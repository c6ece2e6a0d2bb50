"""``volume.list|show|remove``: volumes, their size and who needs them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_PROJECT, LABEL_SERVICE
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import LocalVolume
from machete_tui.core.results import Done, Listing
from machete_tui.operations.ground import Ground, survey
from machete_tui.operations.image_list import RECENT, Matcher, said
from machete_tui.operations.inspecting import inspected
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import VolumeRow


@dataclass(frozen=True, slots=True)
class ListVolumes:
    """Which volumes to list."""

    filter: str = arg("only names that match this regular expression; ! inverts", default="")
    unused: bool = arg("only those that no container uses and nothing keeps", default=False)
    measure: bool = arg("measure their sizes too: slow on a large disk", default=False)


@dataclass(frozen=True, slots=True)
class OneVolume:
    """A volume by its name."""

    volume: str = arg("volume", positional=True, metavar="VOLUME")


@dataclass(frozen=True, slots=True)
class RemoveVolumes:
    """Which volumes to remove."""

    volumes: tuple[str, ...] = arg("volumes, each by its name", positional=True, metavar="VOLUME")


@operation("volume.list", "list volumes: size, project, who uses or keeps them")
def list_volumes(ctx: Context, request: ListVolumes, cancel: Cancel) -> Iterator[Event]:
    """List volumes by name."""
    wanted = Matcher(request.filter)
    resources = ctx.engine.resources
    volumes = resources.volumes()
    if request.measure:
        sizes = {volume.name: volume.size for volume in resources.usage(RECENT).volumes}
        volumes = [replace(volume, size=sizes.get(volume.name)) for volume in volumes]
    ground = survey(ctx)
    rows = [volume_row(v, ground) for v in sorted(volumes, key=lambda v: v.name) if wanted(v.name)]
    if request.unused:
        rows = [r for r in rows if not r.used_by and not r.kept_for]
    yield Result(Listing(tuple(rows), "no volume to list"))


@operation("volume.show", "show all that the engine knows of a volume, as JSON")
def show_volume(ctx: Context, request: OneVolume, cancel: Cancel) -> Iterator[Event]:
    """Inspect one volume; passwords in its driver's options are masked."""
    yield Result(inspected(ctx.engine, "volume", request.volume))


@operation(
    "volume.remove",
    "remove volumes with their data; what a container uses or a service holds is refused",
    role="admin",
    changes=True,
    destroys=True,
)
def remove_volumes(ctx: Context, request: RemoveVolumes, cancel: Cancel) -> Iterator[Event]:
    """Look at all of them first: when one is needed, none is removed."""
    command = shlex.join(["docker", "volume", "rm", *request.volumes])
    with audited(ctx, "volume.remove") as audit:
        audit.detail = f"$ {command}"
        known = {v.name: v for v in ctx.engine.resources.volumes()}
        names = list(dict.fromkeys(request.volumes))
        found = [known[name] for name in names if name in known]
        if not found:
            raise NotFound(
                f"there is no volume {', '.join(names)}",
                "machete-tui --run volume.list shows all",
                field="VOLUME",
            )
        for name in names:
            if name not in known:
                yield Note(f"{name} is gone already", "warning")
        ground = survey(ctx)
        for volume in found:
            if (refused := refusal(ground, volume)) is not None:
                raise refused
        yield Note(f"$ {command}")
        for volume in found:
            cancel.check()
            ctx.engine.resources.remove_volume(volume.name)
    count = found[0].name if len(found) == 1 else f"{len(found)} volumes"
    yield Result(Done(f"{count} removed with what {'was' if len(found) == 1 else 'were'} in it"))


def refusal(ground: Ground, volume: LocalVolume) -> Conflict | None:
    """Return why it must not be removed, naming the container or the service; None when it may be."""
    users = ground.users_of_volume(volume)
    if users:
        return Conflict(
            f"volume {volume.name} is used by container {', '.join(users)}",
            "remove that first (a stopped container keeps its volumes)",
            field="VOLUME",
        )
    owner = volume.labels.get(LABEL_SERVICE) or volume.labels.get(LABEL_PROJECT, "")
    holders = ground.claims.get(volume.name, ()) or ((owner,) if owner in ground.services else ())
    if holders:
        return Conflict(
            f"volume {volume.name} belongs to service {', '.join(holders)}",
            f"service.remove {holders[0]} --volumes removes the service with its data",
            field="VOLUME",
        )
    released = ground.named_by(volume.name)
    if released:
        return Conflict(
            f"volume {volume.name} is named by {', '.join(released)}",
            "a rollback needs it; remove the service first",
            field="VOLUME",
        )
    return None


def volume_row(volume: LocalVolume, ground: Ground) -> VolumeRow:
    """Return a volume as lists show it."""
    users, kept = ground.users_of_volume(volume), ground.keeps_volume(volume)
    return VolumeRow(
        name=volume.name,
        size=volume.size,
        project=volume.labels.get(LABEL_PROJECT, "") or ("anonymous" if volume.anonymous else ""),
        driver=volume.driver,
        created=volume.created,
        use=said(users, kept),
        mountpoint=volume.mountpoint,
        used_by=users,
        kept_for=kept,
        locked=refusal(ground, volume) is not None,
    )
