"""``config.show|check|path``: the operator's own file, and what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.config import Config, load
from machete_tui.core.config_rules import NUMBERS
from machete_tui.core.configured import config_path
from machete_tui.core.context import Context
from machete_tui.core.errors import InvalidInput
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Document, Done, Listing, column
from machete_tui.operations.queries import Nothing
from machete_tui.operations.registry import operation


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One value that is in force, and whether the file says so."""

    name: str = column("NAME")
    value: str = column("VALUE")
    origin: str = column("FROM")


@dataclass(frozen=True, slots=True)
class ConfigPath:
    """Where the file is looked for, and whether there is one."""

    path: str
    exists: bool


@operation("config.path", "tell where the configuration file is looked for")
def path(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """Tell it whether or not there is such a file."""
    config = of(ctx)
    yield Result(Document(str(config.path), ConfigPath(str(config.path), config.exists)))


@operation("config.check", "check the configuration file: what is wrong, with line and field")
def check(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """Raise InvalidInput with every mistake in its log when there is any."""
    config = of(ctx)
    if config.mistakes:
        first, count = config.mistakes[0], len(config.mistakes)
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise InvalidInput(
            f"{config.path}: {first}{more}",
            "mend the file; docs/config.md says what may stand in it",
            field=first.field,
            log=tuple(str(mistake) for mistake in config.mistakes) if count > 1 else (),
        )
    yield Result(
        Done(f"{config.path} is right" if config.exists else f"there is no {config.path}; all is default")
    )


@operation("config.show", "show what is in force: from the configuration file, or the default")
def show(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    """List every value, the ones of the file marked; what is wrong in it is said beside them."""
    config = of(ctx)
    for mistake in config.mistakes:
        yield Note(f"{config.path}: {mistake}", "warning")
    yield Result(Listing(tuple(_rows(ctx, config))))


def of(ctx: Context) -> Config:
    """Return the configuration as it is on disk now; an empty one where it does not count."""
    settings = ctx.settings
    return load(settings.config) if settings.config else Config(config_path({"HOME": str(Path.home())}))


def _rows(ctx: Context, config: Config) -> Iterator[ConfigRow]:
    def row(name: str, value: Any, told: bool) -> ConfigRow:
        text = ", ".join(value) if isinstance(value, tuple) else str(value)
        return ConfigRow(name, text, "file" if told else "default")

    yield row("theme", config.theme or "dark", bool(config.theme))
    yield row("preset", config.preset, config.preset != "default")
    for name, keys in config.keys.items():
        yield row(f"keys.{name}", keys, True)
    yield row("host", config.host or ctx.settings.host or "local", bool(config.host))
    for host in config.hosts:
        for field in fields(host):
            value = getattr(host, field.name)
            if field.name != "name" and value:
                yield row(f"hosts.{host.name}.{field.name}", value, True)
    for table, rules in NUMBERS.items():
        for name in rules:
            field_name = f"alert_{name}" if table == "alerts" else name
            value = getattr(ctx.settings, field_name)
            shown = f"{value:g}" if isinstance(value, float) else value
            yield row(f"{table}.{name}", shown, field_name in config.numbers)
