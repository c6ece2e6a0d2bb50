"""A component's Dockerfile and the ignore file beside it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component
from machete_tui.generation import bases, commands, quoting
from machete_tui.generation.recipes import RECIPES, Ground, Recipe

if TYPE_CHECKING:
    from jinja2 import Environment

STATIC_PORT = 8080
"""Port of the static web server when the component names none."""

_BUILD_ONLY = re.compile(r"-dev\Z|\A(gcc|g\+\+|make|cmake|pkg-config|build-essential|git|python3)\Z")
"""Debian packages that only a build stage needs."""

_ALWAYS_IGNORED = (
    "**/.git",
    "**/.hg",
    "**/.svn",
    "**/.DS_Store",
    "**/.env",
    "**/.env.*",
    "!**/.env.example",
    "**/.idea",
    "**/.vscode",
    "**/Dockerfile*",
    "**/*.Dockerfile",
    "**/.dockerignore",
    "**/docker-compose*.y*ml",
    "**/compose*.y*ml",
    "machete.yml",
    "machete.yaml",
)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What is generated for one component.

    Attributes:
        text: the Dockerfile.
        ignore: the ignore file beside it.
        context: the build context's folder relative to the source's root.
        args: build arguments that it declares.
    """

    text: str
    ignore: str
    context: str
    args: tuple[str, ...] = ()


def dockerfile(
    component: Component,
    root: str,
    service: str,
    *,
    source: str = "",
    commit: str = "",
    environment: frozenset[str] = frozenset(),
) -> Dockerfile:
    """Generate a component's Dockerfile.

    Args:
        component: what to build.
        root: absolute folder of the source; manifests in it decide what is copied first.
        service: the operated service's name.
        source: for the image's labels.
        commit: likewise.
        environment: names that will be set at run time; those that a bundler needs become arguments.

    Raises:
        InvalidInput: no template knows its stack, or a value cannot stand in a Dockerfile.
    """
    make = RECIPES.get(component.stack)
    if make is None:
        raise InvalidInput(
            f"{component.name}: nothing here can build the stack {component.stack!r}",
            "Put a Dockerfile beside it, or name its stack and commands in machete.yml.",
            field=f"components.{component.name}",
        )
    ground = Ground(service=service, root=root, component=component, environment=environment)
    recipe = make(ground)
    template = _templates().get_template(recipe.template)
    text = template.render(_common(ground, recipe, source, commit) | recipe.values)
    return Dockerfile(_tidy(text), _ignore(ground, recipe), ground.context, recipe.args)


def image_port(component: Component) -> int:
    """Return the port that a generated image listens on; 0 for a component without one."""
    if component.kind == "static":
        return component.port or STATIC_PORT
    return component.port if component.kind == "web" else 0


def volume_targets(component: Component) -> list[str]:
    """Return the paths in the container that its volumes are mounted on."""
    return [target for _, target, _ in (split_volume(text) for text in component.volumes)]


def split_volume(text: str) -> tuple[str, str, bool]:
    """Return source, target and whether it is read-only, of ``name:/path``, ``/host:/path`` or ``…:ro``.

    Raises:
        InvalidInput: when it is none of these.
    """
    parts = text.split(":")
    options = parts[2].split(",") if len(parts) == 3 else []
    if len(parts) not in (2, 3) or not parts[0] or not parts[1].startswith("/"):
        raise InvalidInput(
            f"{text[:80]!r} is not a volume", "Write name:/path or /host/path:/path.", field="volumes"
        )
    target = posixpath.normpath(quoting.text(parts[1], "a volume's path"))
    return quoting.text(parts[0], "a volume's source"), target, "ro" in options


def _cmd(ground: Ground, recipe: Recipe) -> str:
    """Return the command in exec form; empty where a web server of the image answers."""
    component = ground.component
    start = component.start_command or recipe.start
    if component.kind == "static" or (not start and component.stack == "php" and component.kind == "web"):
        return ""
    if not start:
        raise InvalidInput(
            f"{component.name}: how it is started is not known",
            f"Say it as components.{component.name}.start in machete.yml.",
            field=f"components.{component.name}.start",
        )
    return commands.json_array(commands.to_exec(start))


def _common(ground: Ground, recipe: Recipe, source: str, commit: str) -> dict[str, object]:
    component = ground.component
    port = image_port(component)
    names = dict.fromkeys(["PORT", ground.fact("port_env")]) if port else {}
    static = component.kind == "static"
    labels = [("org.opencontainers.image.title", f"{ground.service}-{component.name}")]
    if source:
        labels.append(("org.opencontainers.image.source", source))
    if commit:
        labels.append(("org.opencontainers.image.revision", commit))
    packages = quoting.packages(component.system_packages)
    output = component.output_dir.strip("/") or "."
    built = bool(component.build_command) or bool(ground.fact("generator"))
    here = posixpath.normpath(posixpath.join(ground.workdir if built else (ground.inside or "."), output))
    return {
        "uid": bases.USER_ID,
        "owner": f"{bases.USER_ID}:{bases.USER_ID}",
        "labels": labels,
        "port": port,
        "port_env": [(name, str(port)) for name in names if name],
        "cmd": _cmd(ground, recipe),
        "packages": packages,
        "run_packages": [p for p in packages if not _BUILD_ONLY.search(p)],
        "workdir": ground.workdir,
        "inside": ground.inside,
        "prefix": ground.prefix,
        "static": static,
        "spa": bool(ground.fact("spa")),
        "serve_from": f"{here}/",
        "caddy_image": bases.image("caddy"),
        "volume_folders": volume_targets(component),
    }


def _ignore(ground: Ground, recipe: Recipe) -> str:
    """Return the ignore file: the source's own lines, then ours, so that nothing secret comes back in."""
    own = ground.read(".dockerignore").splitlines()
    lines = [line for line in own if line.strip()]
    lines += [line for line in (*recipe.ignore, *_ALWAYS_IGNORED) if line not in lines]
    lines += [f"!{pattern}" for pattern in recipe.keep]
    return "\n".join(lines) + "\n"


def _tidy(text: str) -> str:
    """Return the text with a blank line before each stage and nowhere else, and no trailing blanks."""
    lines: list[str] = []
    stages = 0
    for line in (raw.rstrip() for raw in text.splitlines()):
        if not line:
            continue
        if line.startswith("FROM "):
            at = len(lines)
            while at and lines[at - 1].startswith("#"):
                at -= 1
            if stages:
                lines.insert(at, "")
            stages += 1
        lines.append(line)
    return "\n".join(lines) + "\n"


@cache
def _templates() -> Environment:
    """Return the Jinja2 environment; the import is paid for when the first Dockerfile is rendered."""
    from importlib.resources import files

    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = files("machete_tui").joinpath("templates", "dockerfile")

    def load(name: str) -> str | None:
        found = folder.joinpath(name)
        return found.read_text(encoding="utf-8") if found.is_file() else None

    environment = Environment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "quoted": quoting.quoted,
        "envvalue": _env_value,
        "shell": quoting.shell,
        "copy": _copy,
    }
    return environment


def _env_value(value: str) -> str:
    return value if value.replace(".", "").isalnum() else quoting.quoted(value)


def _copy(sources: Sequence[str] | str, target: str, flags: str = "") -> str:
    return quoting.copy(sources, target, flags)
