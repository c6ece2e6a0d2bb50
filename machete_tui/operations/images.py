"""The verbs of images: base images where no registry answers, made of Debian's own packages.

A stand-in is chosen by repository and variant; its tag is a name and not the version inside. What is
really inside is on its labels, and every operation that makes one says it.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import field

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_STAND_IN, BuildRequest, Image
from machete_tui.core.errors import BuildFailed, NotFound
from machete_tui.core.events import Event, Lines, Note, Result, StepFinished, StepStarted
from machete_tui.core.frozen import dataclass
from machete_tui.core.machine import BasesContext
from machete_tui.core.results import Listing, column
from machete_tui.operations import image_table as table
from machete_tui.operations.image_table import BASES, ROOT, Base
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.views import size

LABEL_FOR = f"{LABEL_STAND_IN}.for"
LABEL_PACKAGE = f"{LABEL_STAND_IN}.package"
LABEL_VERSION = f"{LABEL_STAND_IN}.version"
LABEL_RECIPE = f"{LABEL_STAND_IN}.recipe"


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Which base images to make."""

    names: tuple[str, ...] = arg(
        "base images by name (python) or reference (python:3.12-slim); default: all common ones",
        positional=True,
        default=(),
        metavar="NAME",
    )
    as_official: bool = arg("also give them the official names, never over an official image", default=False)
    refresh: bool = arg("make them anew from today's packages", default=False)
    list: bool = arg("only list what can be made and what is there", default=False)


@dataclass(frozen=True, slots=True)
class BaseRow:
    """One base image: what it stands in for and what is really inside."""

    name: str = column("NAME")
    image: str = column("IMAGE")
    stands_in_for: tuple[str, ...] = column("STANDS IN FOR", ", ".join, fold=True)
    package: str = column("PACKAGE", spare=1)
    version: str = column("INSIDE", lambda v: v or "-")
    size: int = column("SIZE", size, right=True)
    built: bool = column("HERE", lambda v: "yes" if v else "no")


@dataclass(slots=True)
class _Order:
    """One stand-in to make, the names that it gets here, and the official ones."""

    base: Base
    names: list[str] = field(default_factory=list)
    official: list[str] = field(default_factory=list)


def stand_in_for(ref: str) -> str | None:
    """Return the name of the local image that can stand in for ``ref``; None when none can be made.

    ``python:3.12-slim`` -> ``machete.local/python:3.12-slim``. The version inside is Debian's, whatever
    the tag says; :func:`ensure` makes the image and says which it is.
    """
    return table.local_name(ref) if table.find(ref) else None


def why_no_stand_in(ref: str) -> str:
    """Return in one line why none can be made for ``ref``; empty when one can."""
    return table.why_not(ref)


def ensure(ctx: Context, refs: Iterable[str], cancel: Cancel) -> Iterator[Event]:
    """Make the stand-ins for ``refs`` that are not here yet, yielding progress.

    Those that are here are left as they are. A reference without a stand-in yields a warning.

    Raises:
        NotFound: mmdebstrap is not installed.
        BuildFailed: one could not be built; what was built before it stays.
    """
    orders: dict[str, _Order] = {}
    for ref in dict.fromkeys(refs):
        base = table.find(ref)
        if base is None:
            yield Note(f"{ref}: {table.why_not(ref)}", "warning")
            continue
        name = table.local_name(ref)
        found = ctx.engine.image(name)
        if found is None:
            orders.setdefault(base.name, _Order(base)).names.append(name)
    if orders:
        yield from _make(ctx, list(orders.values()), cancel, keep=True)


@operation(
    "image.bootstrap",
    "make base images from the distribution's own packages, where no registry answers",
    role="operator",
    changes=True,
)
def bootstrap(ctx: Context, request: Bootstrap, cancel: Cancel) -> Iterator[Event]:
    """Make the named base images, or all common ones; those that are right are left as they are."""
    orders = _orders(request)
    if not request.list:
        ctx.engine.info()
        with audited(ctx, "image.bootstrap") as audit:
            yield from _make(ctx, orders, cancel, keep=False, refresh=request.refresh)
            audit.detail = ", ".join(order.base.name for order in orders)
    yield Result(Listing(tuple(_row(order.base, ctx.engine.image(order.base.ref)) for order in orders)))


def _orders(request: Bootstrap) -> list[_Order]:
    """Return what is asked for; raises NotFound for a name that is in no table."""
    if not request.names:
        chosen = [base for base in BASES if base.common or request.list]
        return [_Order(base, official=list(base.tags) if request.as_official else []) for base in chosen]
    orders: dict[str, _Order] = {}
    for name in request.names:
        base = table.named(name)
        if base is None:
            raise NotFound(
                f"no base image {name!r} can be made: {table.why_not(name)}",
                "machete-tui --run image.bootstrap --list shows those that can",
                field="NAME",
            )
        order = orders.setdefault(base.name, _Order(base))
        if name != base.name:
            order.names.append(table.local_name(name))
        if request.as_official:
            order.official.extend([name] if name != base.name else base.tags)
    return list(orders.values())


def _make(
    ctx: Context, orders: list[_Order], cancel: Cancel, *, keep: bool, refresh: bool = False
) -> Iterator[Event]:
    """Make the root and then each image. With ``keep``, one that is here is good whatever made it."""
    context = ctx.machine.bases_context()
    todo = [o for o in orders if refresh or not _is_right(ctx.engine.image(o.base.ref), context, keep=keep)]
    total = len(todo) + 1
    if todo:
        yield from _root(ctx, context, cancel, total, refresh=refresh)
    for order in orders:
        if order in todo:
            yield from _image(ctx, context, order, cancel, todo.index(order) + 2, total)
        yield from _tags(ctx, order)


def _is_right(image: Image | None, context: BasesContext, *, keep: bool) -> bool:
    return image is not None and (keep or image.labels.get(LABEL_RECIPE) == context.recipe)


def _root(
    ctx: Context, context: BasesContext, cancel: Cancel, total: int, *, refresh: bool
) -> Iterator[Event]:
    found = ctx.engine.image(ROOT)
    if _is_right(found, context, keep=False) and not refresh:
        return
    started = ctx.clock.monotonic()
    title = "Make the root file system from Debian's packages"
    yield StepStarted("base:root", title, 1, total, ctx.clock.now())
    reader = ctx.machine.base_root(cancel, refresh=refresh)
    tar = yield from _as_events(reader, "base:root")
    labels = {LABEL_STAND_IN: "true", LABEL_RECIPE: context.recipe}
    ctx.engine.import_root(tar, ROOT, labels)
    yield StepFinished("base:root", "done", ctx.clock.monotonic() - started, ROOT)


def _as_events(reader: Generator[tuple[str, ...], None, str], step: str) -> Generator[Event, None, str]:
    while True:
        try:
            yield Lines(next(reader), step)
        except StopIteration as end:
            return str(end.value)


def _image(
    ctx: Context, context: BasesContext, order: _Order, cancel: Cancel, index: int, total: int
) -> Iterator[Event]:
    """Build one image, ask it what is inside, and build it again with that on its labels (all cached)."""
    base = order.base
    step = f"base:{base.name}"
    draft = f"{table.HOST}/draft:{base.name}"
    started = ctx.clock.monotonic()
    yield StepStarted(step, f"Build {base.ref}", index, total, ctx.clock.now())
    day = time.strftime("%Y-%m-%d", time.gmtime(ctx.clock.now()))
    build = BuildRequest(
        context=context.folder,
        dockerfile=context.dockerfile,
        tag=draft,
        target=base.target,
        args={**context.args, "LISTS": day},
        secrets=context.secrets,
    )
    try:
        yield from _built(ctx, build, step, cancel)
        version = _version(ctx, draft, base, cancel)
        labels = {
            LABEL_STAND_IN: "true",
            LABEL_FOR: " ".join(base.repositories),
            LABEL_PACKAGE: base.package,
            LABEL_VERSION: version,
            LABEL_RECIPE: context.recipe,
        }
        final = BuildRequest(
            context=build.context,
            dockerfile=build.dockerfile,
            tag=base.ref,
            target=build.target,
            args=build.args,
            secrets=build.secrets,
            labels=labels,
        )
        for lines in ctx.engine.build(final, cancel):
            yield Lines(lines, step)
    finally:
        ctx.engine.remove_image(draft)
    yield StepFinished(step, "done", ctx.clock.monotonic() - started, f"{base.package} {version} inside")


def _built(ctx: Context, build: BuildRequest, step: str, cancel: Cancel) -> Iterator[Event]:
    """Build, and once more when it fails: a mirror that was slow to fetch something has it by then."""
    for last in (False, True):
        try:
            for lines in ctx.engine.build(build, cancel):
                yield Lines(lines, step)
        except BuildFailed as error:
            if last:
                raise
            said = error.log[-1].strip() if error.log else error.what
            yield Note(f"{build.target} could not be built, trying once more: {said[:200]}", "warning")
        else:
            return


def _version(ctx: Context, ref: str, base: Base, cancel: Cancel) -> str:
    """Return the version that is really inside, as its package says it."""
    if base.package.startswith("wheel:"):
        command = ["node", "--version"]
    else:
        command = ["dpkg-query", "--show", "--showformat=${Version}\\n", base.package]
    said = ctx.engine.run(ref, command, cancel)
    return said.lines[-1].strip() if said.exit_code == 0 and said.lines else "unknown"


def _tags(ctx: Context, order: _Order) -> Iterator[Event]:
    """Give the image its other names, and say what is inside where a name says something else."""
    base = order.base
    image = ctx.engine.image(base.ref)
    if image is None:
        return
    inside = f"{base.package} {image.labels.get(LABEL_VERSION, 'unknown')}"
    for name in dict.fromkeys([*(f"{table.HOST}/{tag}" for tag in base.tags), *order.names]):
        if name not in image.tags:
            ctx.engine.tag(base.ref, name)
    for name in order.names:
        missing = "; ".join(table.notes(base, name))
        yield Note(f"{name} stands in: {inside}" + (f" ({missing})" if missing else ""))
    for name in dict.fromkeys(order.official):
        holder = ctx.engine.image(name)
        if holder is not None and holder.labels.get(LABEL_STAND_IN) != "true":
            yield Note(f"{name} is an image of its own here and was left as it is", "warning")
        elif holder is None or holder.id != image.id:
            ctx.engine.tag(base.ref, name)


def _row(base: Base, image: Image | None) -> BaseRow:
    return BaseRow(
        name=base.name,
        image=base.ref,
        stands_in_for=base.repositories,
        package=base.package,
        version=image.labels.get(LABEL_VERSION, "") if image else "",
        size=image.size if image else 0,
        built=image is not None,
    )
