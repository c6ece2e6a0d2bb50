"""How many bytes come back when images are removed: a layer goes when the last image that has it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from machete_tui.core.errors import NotFound
from machete_tui.core.resources import Layer, LocalImage

Layers = Callable[[str], tuple[Layer, ...]]


def bytes_back(going: Iterable[LocalImage], every: Iterable[LocalImage], layers: Layers) -> int:
    """Return the bytes that removing ``going`` gives back, of ``every`` image there is.

    Layers are asked for only where images share some. Where an engine does not tell an image's layers,
    what it shares counts as staying, so that the figure is never too high for it.
    """
    going = list(going)
    gone = {image.id for image in going}
    back = sum(image.size for image in going if image.shared == 0)
    sharing = [image for image in going if image.shared != 0]
    if not sharing:
        return back
    staying: set[str] = set()
    for image in every:
        if image.id not in gone and image.shared != 0:
            staying |= {layer.digest for layer in _asked(layers, image)}
    freed: dict[str, int] = {}
    for image in sharing:
        found = _asked(layers, image)
        if found:
            freed |= {layer.digest: layer.size for layer in found if layer.digest not in staying}
        else:
            back += image.size - (image.shared or 0)
    return back + sum(freed.values())


def remembered(layers: Layers) -> Layers:
    """Return a function that asks for each image's layers once, and still knows them when it is gone."""
    known: dict[str, tuple[Layer, ...]] = {}

    def ask(image: str) -> tuple[Layer, ...]:
        if image not in known:
            known[image] = layers(image)
        return known[image]

    return ask


def _asked(layers: Layers, image: LocalImage) -> tuple[Layer, ...]:
    try:
        return layers(image.id)
    except NotFound:
        return ()
