"""Files for the user's own folder, so that plain ``docker compose up`` works there without machete-tui."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import Any

from machete_tui.core.plan import PlannedFile
from machete_tui.core.source import Component
from machete_tui.generation import compose, composefile, dotenv, yamlout
from machete_tui.generation.dockerfiles import Dockerfile, dockerfile
from machete_tui.generation.order import Order
from machete_tui.generation.release import build_values, given_names, image_owner, read_dockerfile

_EXAMPLE = "Values that compose.yml takes from .env; copy this file to .env and fill them in."
_SECRETS = "Values that compose.yml refers to. Keep this file to yourself, and out of version control."


def render_folder(order: Order) -> tuple[PlannedFile, ...]:
    """Return Dockerfiles, ignore files, ``compose.yml``, ``.env`` (mode 0600) and ``.env.example``.

    Paths are relative to the source's root. A source with its own compose file needs nothing and gets
    nothing. No file but ``.env`` holds a value of the operator's or a password. The caller refuses to
    overwrite what is there.

    Raises:
        InvalidInput: as :func:`~machete_tui.generation.render` does.
    """
    if order.detection.strategy == "existing-compose":
        return ()
    draft = compose.Draft(order, portable=True)
    files: dict[str, PlannedFile] = {}
    sources: dict[str, dict[str, Any]] = {}
    own: dict[str, str] = {}
    for component in order.detection.components:
        if component.dockerfile:
            own[component.name] = read_dockerfile(order, component)
        if image_owner(order.detection, component) == component.name:
            sources[component.name] = {"build": _build(order, component, files)}
    for component in order.detection.components:
        owner = image_owner(order.detection, component)
        if owner != component.name:
            sources[component.name] = sources[owner]
            own |= {component.name: own[owner]} if owner in own else {}
    draft.dockerfiles = own
    document = compose.document(draft, sources)
    text = yamlout.dump(
        document, ("Run it with: docker compose up --build --detach", "Values in ${…} stand in .env.")
    )
    made = [*files.values(), PlannedFile("compose.yml", text)]
    if draft.variables.values:
        made.append(PlannedFile(".env", f"# {_SECRETS}\n{dotenv.dump(draft.variables.values)}", 0o600))
        shown = dict.fromkeys(draft.variables.values, "")
        made.append(PlannedFile(".env.example", f"# {_EXAMPLE}\n{dotenv.dump(shown)}"))
    return tuple(made)


def _build(order: Order, component: Component, files: dict[str, PlannedFile]) -> dict[str, Any]:
    """Return a component's build section, and add the files that it needs."""
    if component.dockerfile:
        context = composefile.inside(
            order.root, component.facts.get("context") or component.path, f"{component.name}'s context"
        )
        section = _section(context, component.dockerfile)
        if target := component.facts.get("target"):
            section["target"] = target
        return section
    made = dockerfile(
        component, order.root, order.service, source=order.source, environment=given_names(order, component)
    )
    path = _free_name(component, files)
    files[path] = PlannedFile(path, made.text)
    ignore = _ignore_file(order, made, files)
    if ignore:
        files[ignore.path] = ignore
    section = _section(made.context, path)
    if args := build_values(order, component, made.args):
        section["args"] = {k: yamlout.Quoted(v.replace("$", "$$")) for k, v in args.items()}
    return section


def _free_name(component: Component, files: dict[str, PlannedFile]) -> str:
    """Return ``Dockerfile`` in the component's folder, or another name when a neighbour there has it."""
    folder = posixpath.normpath(component.path)
    plain = posixpath.normpath(posixpath.join(folder, "Dockerfile"))
    return (
        plain
        if plain not in files
        else posixpath.normpath(posixpath.join(folder, f"{component.name}.Dockerfile"))
    )


def _ignore_file(order: Order, made: Dockerfile, files: dict[str, PlannedFile]) -> PlannedFile | None:
    """Return the context's ignore file, lines of all its components joined; None if the source has one."""
    path = posixpath.normpath(posixpath.join(made.context, ".dockerignore"))
    if os.path.lexists(Path(order.root, path)):
        return None
    before = files[path].text if path in files else ""
    lines = dict.fromkeys([*before.splitlines(), *made.ignore.splitlines()])
    return PlannedFile(path, "\n".join(lines) + "\n")


def _section(context: str, path: str) -> dict[str, Any]:
    """Return a build section; the Dockerfile is named only where compose would look for another."""
    relative = posixpath.relpath(path, context)
    section: dict[str, Any] = {"context": "." if context == "." else f"./{context}"}
    if relative != "Dockerfile":
        section["dockerfile"] = relative
    return section
