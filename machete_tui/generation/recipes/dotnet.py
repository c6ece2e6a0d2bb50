""".NET: restore by project files, publish, run on the ASP.NET or the plain runtime."""

from __future__ import annotations

import posixpath
import re

from machete_tui.generation import bases, quoting
from machete_tui.generation.recipes.ground import Ground, Recipe

IGNORE = ("**/bin/", "**/obj/", "**/*.user", "**/TestResults/")
_SHARED = (
    "Directory.Build.props",
    "Directory.Build.targets",
    "Directory.Packages.props",
    "nuget.config",
    "NuGet.config",
    "NuGet.Config",
    "global.json",
)


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a .NET component."""
    component = ground.component
    project = ground.fact("project") or component.entry
    version = _version(component.runtime_version or ground.fact("framework"))
    web = ground.fact("sdk") in ("web", "") or component.kind == "web"
    groups: list[tuple[list[str], str]] = []
    if shared := ground.present(list(_SHARED)):
        groups.append((shared, "./"))
    references = [posixpath.relpath(path, ground.context) for path in ground.words("references")]
    for path in ground.present([ground.prefix + project, *references]):
        if not path.startswith(".."):
            parent = posixpath.dirname(path)
            groups.append(([path], f"./{parent}/" if parent else "./"))
    values: dict[str, object] = {
        "image": bases.image("dotnet", version),
        "run_image": bases.image("dotnet-web" if web else "dotnet-run", version),
        "manifests": groups,
        "project": project,
        "web": web,
    }
    assembly = ground.fact("assembly") or posixpath.splitext(posixpath.basename(project))[0]
    return Recipe("dotnet.j2", values, IGNORE, start=f"dotnet {quoting.shell(f'{assembly}.dll')}")


def _version(text: str) -> str:
    """Return ``8.0`` for ``net8.0``, ``8`` or ``8.0.1``; empty for anything else."""
    match = re.match(r"(?:net(?:coreapp)?)?(\d+)(?:\.(\d+))?", text)
    return f"{match[1]}.{match[2] or 0}" if match else ""
