"""The one list of verbs: from it come ``--run``, its help, the palette, key hints and completion.

An operation's request is a frozen dataclass whose fields say, through :func:`arg`, how a person gives
them. Modules are imported by noun, so that ``--run service.list`` does not load what deploys.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from machete_tui.core.errors import NotFound
from machete_tui.core.frozen import dataclass

if TYPE_CHECKING:
    from machete_tui.core.cancel import Cancel
    from machete_tui.core.context import Context
    from machete_tui.core.events import Event

Role = Literal["viewer", "operator", "admin"]
Kind = Literal[
    "text",
    "path",
    "size",
    "span",
    "pair",
    "service",
    "project",
    "container",
    "release",
    "host",
    "secret-file",
]

NOUNS: dict[str, tuple[str, ...]] = {
    "service": ("services", "lifecycle", "logs", "deploy", "drift", "effective"),
    "project": ("projects", "project_verbs", "drift", "effective"),
    "container": ("container_list", "container_verbs", "container_top", "container_logs"),
    "deployment": ("deployments",),
    "source": ("sources", "reading"),
    "template": ("templates",),
    "manifest": ("manifests",),
    "port": ("ports",),
    "event": ("events",),
    "host": ("hosts",),
    "config": ("configuration",),
    "metrics": ("metrics",),
    "image": ("images", "image_list", "image_remove", "image_pull", "prune"),
    "volume": ("volumes", "prune"),
    "network": ("networks", "prune"),
    "cache": ("cache", "prune"),
    "engine": ("happenings",),
    "system": ("system", "system_setup", "system_quickstart", "reconcile", "disk"),
}
"""Noun -> the modules of :mod:`machete_tui.operations` that hold its verbs."""

MODULE_OF: dict[str, str] = {
    "service.list": "services",
    "service.show": "services",
    "service.health": "services",
    "system.doctor": "system",
    "system.setup": "system_setup",
    "system.quickstart": "system_quickstart",
    "system.reconcile": "reconcile",
    "source.branches": "reading",
}
"""Where a verb that must start fast stands, so that its noun's other modules are not loaded."""

_R = TypeVar("_R")
Run: TypeAlias = "Callable[[Context, _R, Cancel], Iterator[Event]]"
_operations: dict[str, Operation] = {}


@dataclass(frozen=True, slots=True)
class Argument:
    """How one field of a request is given.

    Attributes:
        name: the field's name.
        help: one line.
        type: ``str``, ``int``, ``float``, ``bool`` or ``tuple`` (given several times).
        kind: what the text means: a size (``256m`` -> bytes), a span (``10m`` -> seconds), a pair ``K=V``.
        positional: given without a flag.
        required: has no default.
        default: the value when it is not given.
        metavar: what help calls it.
        choices: the only values, if not empty.
        hidden: only another part of the program can give it; a command line cannot.
    """

    name: str
    help: str
    type: type
    kind: Kind
    positional: bool
    required: bool
    default: Any
    metavar: str
    choices: tuple[str, ...]
    hidden: bool

    @property
    def flag(self) -> str:
        """``--env-file`` for ``env_file``."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb.

    Attributes:
        name: ``noun.verb``.
        help: one line.
        request: its frozen dataclass.
        run: the generator function.
        role: who may run it, once roles exist.
        changes: whether it changes anything.
        destroys: whether something is lost by it, so that fronts ask first.
        follows: whether it may go on until stopped.
        check: raises InvalidInput for a request that is wrong whatever runs; looks at nothing else.
        previews: whether it only shows what it would do unless its request says ``yes``.
    """

    name: str
    help: str
    request: type[Any]
    run: Run[Any]
    role: Role
    changes: bool
    destroys: bool
    follows: bool
    check: Callable[[Any], None] | None = None
    previews: bool = False

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The request's fields as arguments, in order."""
        return tuple(_argument(f) for f in dataclasses.fields(self.request))


def arg(
    help: str,  # noqa: A002 - it is what argparse calls it
    *,
    default: Any = dataclasses.MISSING,
    positional: bool = False,
    kind: Kind = "text",
    metavar: str = "",
    choices: tuple[str, ...] = (),
    hidden: bool = False,
) -> Any:
    """Return a dataclass field that also says how it is given on a command line."""
    meta = {
        "help": help,
        "positional": positional,
        "kind": kind,
        "metavar": metavar,
        "choices": choices,
        "hidden": hidden,
    }
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=meta)
    return dataclasses.field(default=default, metadata=meta)


def operation(
    name: str,
    help: str,  # noqa: A002
    *,
    role: Role = "viewer",
    changes: bool = False,
    destroys: bool = False,
    follows: bool = False,
    check: Callable[[Any], None] | None = None,
    previews: bool = False,
) -> Callable[[Run[_R]], Run[_R]]:
    """Register a generator function under ``name``; its second parameter's annotation is the request."""

    def register(run: Run[_R]) -> Run[_R]:
        annotation = run.__annotations__["request"]
        request = (
            vars(importlib.import_module(run.__module__))[annotation]
            if isinstance(annotation, str)
            else annotation
        )
        guarded = _guarded(run, name, changes, previews)
        _operations[name] = Operation(
            name, help, request, guarded, role, changes, destroys, follows, check, previews
        )
        return run

    return register


def _guarded(run: Run[_R], name: str, changes: bool, previews: bool) -> Run[_R]:
    """Return the generator function behind the one place that refuses: for every front and every verb."""

    def guarded(ctx: Context, request: _R, cancel: Cancel) -> Iterator[Event]:
        settings = ctx.settings
        if settings.faults or settings.doubts or settings.read_only:
            from machete_tui.operations.permission import check

            shows = getattr(request, "dry_run", False) or (previews and not getattr(request, "yes", False))
            check(settings, name, changes and not shows)
        return run(ctx, request, cancel)

    return guarded


def find(name: str) -> Operation:
    """Return the operation of that name, importing only what it needs; else NotFound with near names."""
    module = MODULE_OF.get(name)
    noun = name.partition(".")[0]
    for part in (module,) if module else NOUNS.get(noun, ()):
        importlib.import_module(f"machete_tui.operations.{part}")
        if name in _operations:
            return _operations[name]
    import difflib

    near = difflib.get_close_matches(name, [o.name for o in every()], 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`machete-tui --run` lists the actions"
    raise NotFound(f"there is no action {name!r}", hint, field="ACTION")


def every() -> list[Operation]:
    """Return all operations, by name; imports every module of operations."""
    for modules in NOUNS.values():
        for module in modules:
            importlib.import_module(f"machete_tui.operations.{module}")
    return sorted(_operations.values(), key=lambda o: o.name)


def _argument(field: dataclasses.Field[Any]) -> Argument:
    meta = field.metadata
    annotation = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "str")
    base = annotation.split("[")[0].split("|")[0].strip()
    kinds: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "tuple": tuple}
    required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    default = None if field.default is dataclasses.MISSING else field.default
    return Argument(
        name=field.name,
        help=meta.get("help", ""),
        type=kinds.get(base, str),
        kind=meta.get("kind", "text"),
        positional=bool(meta.get("positional")),
        required=required,
        default=default,
        metavar=meta.get("metavar") or field.name.upper(),
        choices=tuple(meta.get("choices", ())),
        hidden=bool(meta.get("hidden")),
    )
