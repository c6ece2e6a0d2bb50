"""``image.remove``: tags and images, none that a container uses or that a release needs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import LocalImage
from machete_tui.core.results import Done
from machete_tui.operations.bytes_back import bytes_back
from machete_tui.operations.ground import Ground, survey
from machete_tui.operations.image_list import find_image
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import measured


@dataclass(frozen=True, slots=True)
class RemoveImages:
    """Which images or tags to remove."""

    images: tuple[str, ...] = arg(
        "tags, or ids for an image with all its tags", positional=True, metavar="IMAGE"
    )
    force: bool = arg(
        "also what is only kept: stand-ins, bases, and releases that are not live, which then cannot be"
        " rolled back to",
        default=False,
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """An image, and the one of its tags that goes; the whole image when that is empty."""

    image: LocalImage
    tag: str

    @property
    def called(self) -> str:
        return self.tag or self.image.name

    @property
    def whole(self) -> bool:
        return not self.tag or self.image.tags == (self.tag,)


@operation(
    "image.remove",
    "remove tags, and images with their last one; what is in use or kept is refused",
    role="operator",
    changes=True,
    destroys=True,
)
def remove_images(ctx: Context, request: RemoveImages, cancel: Cancel) -> Iterator[Event]:
    """Look at all of them first: when one is in use, none is removed."""
    command = shlex.join(["docker", "image", "rm", *request.images])
    with audited(ctx, "image.remove") as audit:
        audit.detail = f"$ {command}"
        every = ctx.engine.resources.images()
        targets, missing = _found(every, request.images)
        for name in missing:
            yield Note(f"{name} is gone already", "warning")
        ground = survey(ctx)
        for target in targets:
            _check(ground, target, force=request.force)
        yield Note(f"$ {command}")
        going = [t.image for t in targets if t.whole]
        back = bytes_back(going, every, ctx.engine.resources.layers)
        for target in targets:
            cancel.check()
            _remove(ctx, ground, target)
    count = f"{len(targets)} images" if len(targets) != 1 else targets[0].called
    yield Result(Done(f"{count} removed, {measured(back)} came back"))


def _found(every: list[LocalImage], names: tuple[str, ...]) -> tuple[list[_Target], list[str]]:
    """Return what is meant and what is gone; raises NotFound when all of it is."""
    targets: list[_Target] = []
    missing: list[str] = []
    first: NotFound | None = None
    for name in dict.fromkeys(names):
        try:
            targets.append(_Target(*find_image(every, name)))
        except NotFound as error:
            first = first or error
            missing.append(name)
    if first is not None and not targets:
        raise first
    return targets, missing


def _check(ground: Ground, target: _Target, *, force: bool) -> None:
    """Raise Conflict, naming who, when a container or a release needs it."""
    users = ground.users_of_image(target.image) if target.whole else ()
    if users:
        raise Conflict(
            f"{target.called} is used by container {', '.join(users)}",
            "remove that first (a stopped container needs its image too)",
            field="IMAGE",
        )
    live = ground.holds_release(target.image, tag=target.tag, live=True)
    if live:
        raise Conflict(
            f"{target.called} is the image of {', '.join(k.called for k in live)}",
            f"service.remove {live[0].service} removes the service with its images",
            field="IMAGE",
        )
    kept = ground.keeps_image(target.image, tag=target.tag)
    if kept and not force:
        raise Conflict(
            f"{target.called} is kept: {', '.join(kept)}", "--force removes it all the same", field="IMAGE"
        )


def _remove(ctx: Context, ground: Ground, target: _Target) -> None:
    if target.tag:
        ctx.engine.resources.remove_image(target.tag)
    else:
        remove_whole(ctx, target.image)
    for kept in ground.holds_release(target.image, tag=target.tag):
        ctx.store.releases.forget_images(kept.release.id)


def remove_whole(ctx: Context, image: LocalImage) -> None:
    """Remove an image with all its tags, if these are still the ones that it was looked at with.

    A tag that is another image's by now is not touched. Raises Conflict when the image was given a name
    meanwhile, NotFound when it is gone.
    """
    now = ctx.engine.image(image.id)
    if now is None:
        raise NotFound(f"image {image.name} is gone")
    fresh = set(now.tags) - set(image.tags)
    if fresh:
        raise Conflict(f"image {image.name} was given the name {', '.join(sorted(fresh))} meanwhile")
    for name in now.tags or (image.id,):
        ctx.engine.resources.remove_image(name)
