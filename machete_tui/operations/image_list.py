"""``image.list`` and ``image.show``: images with their sizes and who needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import InvalidInput, NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import LocalImage
from machete_tui.core.results import Listing
from machete_tui.operations.ground import Ground, plain, survey
from machete_tui.operations.inspecting import inspected
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import ImageRow

RECENT = 30.0
"""Seconds for which a measure of the disk is good for a list."""


@dataclass(frozen=True, slots=True)
class ListImages:
    """Which images to list."""

    filter: str = arg("only names that match this regular expression; ! inverts", default="")
    unused: bool = arg("only those that no container uses and nothing keeps", default=False)
    measure: bool = arg("measure what they share too: slow on a large disk", default=False)


@dataclass(frozen=True, slots=True)
class OneImage:
    """An image by a tag or by its id."""

    image: str = arg("tag or id", positional=True, metavar="IMAGE")


@operation("image.list", "list images: size, what they share, who uses or keeps them")
def list_images(ctx: Context, request: ListImages, cancel: Cancel) -> Iterator[Event]:
    """List images, the largest first."""
    wanted = Matcher(request.filter)
    resources = ctx.engine.resources
    images = resources.images()
    if request.measure:
        shared = {image.id: image.shared for image in resources.usage(RECENT).images}
        if any(image.id not in shared for image in images):
            shared = {image.id: image.shared for image in resources.usage().images}
        images = [replace(image, shared=shared.get(image.id)) for image in images]
    ground = survey(ctx)
    rows = [image_row(image, ground) for image in sorted(images, key=lambda i: (-i.size, i.name))]
    rows = [r for r in rows if any(wanted(n) for n in (r.tags or (r.name,)))]
    if request.unused:
        rows = [r for r in rows if not r.used_by and not r.kept_for]
    yield Result(Listing(tuple(rows), "no image to list"))


@operation("image.show", "show all that the engine knows of an image, as JSON")
def show_image(ctx: Context, request: OneImage, cancel: Cancel) -> Iterator[Event]:
    """Inspect one image; secrets in its environment are masked."""
    yield Result(inspected(ctx.engine, "image", request.image))


def image_row(image: LocalImage, ground: Ground) -> ImageRow:
    """Return an image as lists show it."""
    users, kept = ground.users_of_image(image), ground.keeps_image(image)
    return ImageRow(
        name=image.name if image.tags or image.digests else f"<none> {image.short}",
        size=image.size,
        shared=image.shared,
        created=image.created,
        use=said(users, kept),
        id=image.id,
        tags=image.tags,
        used_by=users,
        kept_for=kept,
    )


def said(users: Sequence[str], kept: Sequence[str]) -> str:
    """Return who needs something in one short line: containers, or how many, and what keeps it."""
    shown = ", ".join(users) if len(users) <= 2 else f"{len(users)} containers"
    most = ", ".join(kept[:2]) + (f" and {len(kept) - 2} more" if len(kept) > 2 else "")
    return "; ".join(part for part in (shown, most) if part)


class Matcher:
    """Tests names by a regular expression, inverted by a leading ``!``; raises InvalidInput for a bad one."""

    def __init__(self, text: str) -> None:
        self._invert = text.startswith("!")
        try:
            self._pattern = re.compile(text[1:] if self._invert else text)
        except re.error as error:
            raise InvalidInput(
                f"--filter {text!r} is not a regular expression: {error}",
                "for example ^postgres or !^machete/",
                field="--filter",
            ) from error

    def __call__(self, name: str) -> bool:
        """Return whether a name is wanted."""
        return bool(self._pattern.search(name)) != self._invert


def find_image(images: Sequence[LocalImage], name: str) -> tuple[LocalImage, str]:
    """Return an image and which of its tags is meant, empty for the whole image; raises NotFound."""
    called = plain(name)
    for image in images:
        for tag in image.tags:
            if plain(tag) == called:
                return image, tag
    short = name.removeprefix("sha256:")
    by_id = [i for i in images if len(short) >= 4 and i.id.removeprefix("sha256:").startswith(short)]
    by_id += [i for i in images if name in i.digests and i not in by_id]
    if len(by_id) == 1:
        return by_id[0], ""
    if by_id:
        raise InvalidInput(f"{name!r} is the start of {len(by_id)} ids", "give more of it", field="IMAGE")
    raise NotFound(f"there is no image {name}", "machete-tui --run image.list shows all", field="IMAGE")
