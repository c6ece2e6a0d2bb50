"""Go: one static binary on a slim Debian, or with C where the code needs it."""

from __future__ import annotations

import posixpath

from machete_tui.generation import bases
from machete_tui.generation.recipes.ground import Ground, Recipe


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Go component."""
    binary = ground.fact("binary") or "bin/app"
    build = ground.run() or f"go build -o {binary} {ground.fact('main') or '.'}"
    modules = ["go.work", "go.work.sum"] if ground.fact("work") else []
    groups: list[tuple[list[str], str]] = []
    if found := ground.present(modules):
        groups.append((found, "./"))
    if ground.fact("work"):
        for path in ground.members(("go.mod",)):
            parent = posixpath.dirname(path)
            files = ground.present([path, posixpath.join(parent, "go.sum")])
            groups.append((files, f"./{parent}/" if parent else "./"))
    elif found := ground.present([f"{ground.prefix}go.mod", f"{ground.prefix}go.sum"]):
        groups.append((found, f"./{ground.prefix}"))
    values: dict[str, object] = {
        "image": bases.image("go", ground.component.runtime_version),
        "run_image": bases.image("debian"),
        "manifests": groups,
        "download": bool(groups)
        and bool(ground.fact("sum") or ground.fact("work"))
        and not ground.fact("vendor"),
        "cgo": "1" if ground.fact("cgo") else "0",
        "build": build,
        "binary": posixpath.normpath(binary),
        "binary_name": posixpath.basename(binary),
        "assets": ground.present([ground.prefix + path for path in ground.words("assets")]),
        "modules": bool(groups),
    }
    return Recipe("go.j2", values, ("**/*.test",), start=f"./{posixpath.basename(binary)}")
