"""Templates: small apps that come with machete-tui, to begin with or to try a server with.

A template is a folder of data under ``machete_tui/templates/starters``. The first line of its
``starter.txt`` says what it is; everything else in it is the app.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import field
from importlib.resources import files
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import Conflict, InvalidInput, NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Done, Listing, column
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation

ABOUT = "starter.txt"
"""File of a template that describes it; not copied."""


@dataclass(frozen=True, slots=True)
class ListTemplates:
    """No choice: all templates."""


@dataclass(frozen=True, slots=True)
class CreateFromTemplate:
    """Which template, and where its files go."""

    name: str = arg("template", positional=True, metavar="TEMPLATE")
    folder: str = arg("folder for its files; must be empty or not be there", positional=True, kind="path")


@dataclass(frozen=True, slots=True)
class Starter:
    """One template.

    Attributes:
        name: its folder's name.
        about: what it is, in a few words.
        holds: its files, in one line.
        folder: where it stands.
    """

    name: str = column("TEMPLATE")
    about: str = column("WHAT", fold=True)
    holds: str = column("FILES", fold=True)
    folder: str = field(default="")


@operation("template.list", "list the templates that a service can begin with")
def list_templates(ctx: Context, request: ListTemplates, cancel: Cancel) -> Iterator[Event]:
    """End with a listing of :class:`Starter`, by name."""
    yield Result(Listing(starters(), "no template is installed"))


@operation("template.create", "copy a template's files into a folder", changes=True, role="operator")
def create(ctx: Context, request: CreateFromTemplate, cancel: Cancel) -> Iterator[Event]:
    """Copy the files; a folder that holds something is a conflict."""
    starter = find_starter(request.name)
    target = Path(request.folder).expanduser().absolute()
    with audited(ctx, "template.create") as audit:
        audit.detail = f"{request.name} to {target}"
        copy(starter, target)
    yield Result(Done(f"{request.name} is in {target}; `machete-tui --run service.deploy {target}` runs it"))


def starters() -> tuple[Starter, ...]:
    """Return every template, by name."""
    root = Path(str(files("machete_tui"))) / "templates" / "starters"
    folders = sorted(p for p in root.iterdir() if (p / ABOUT).is_file()) if root.is_dir() else []
    return tuple(_read(folder) for folder in folders)


def find_starter(name: str) -> Starter:
    """Return the template of that name; raises NotFound that lists them."""
    known = starters()
    for starter in known:
        if starter.name == name:
            return starter
    names = ", ".join(s.name for s in known)
    raise NotFound(f"there is no template {name!r}", f"there are {names}", field="TEMPLATE")


def copy(starter: Starter, target: Path) -> None:
    """Copy a template's files; leaves nothing behind when it fails.

    Raises:
        Conflict: the folder holds something already.
        InvalidInput: it cannot be made.
    """
    _check_target(target)
    made = not target.exists()
    try:
        shutil.copytree(starter.folder, target, ignore=shutil.ignore_patterns(ABOUT), dirs_exist_ok=True)
    except OSError as error:
        if made:
            shutil.rmtree(target, ignore_errors=True)
        mend = "name a folder where you may write"
        raise InvalidInput(
            f"cannot write {target}: {error.strerror or error}", mend, field="FOLDER"
        ) from error


def _check_target(target: Path) -> None:
    if target.is_dir():
        if any(os.scandir(target)):
            raise Conflict(
                f"{target} holds something already", "name a folder that is not there", field="FOLDER"
            )
    elif target.exists() or target.is_symlink():
        raise Conflict(f"{target} is a file", "name a folder that is not there", field="FOLDER")


def _read(folder: Path) -> Starter:
    about = (folder / ABOUT).read_text(encoding="utf-8").partition("\n")[0]
    held = sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != ABOUT
    )
    return Starter(folder.name, about, ", ".join(held), str(folder))
