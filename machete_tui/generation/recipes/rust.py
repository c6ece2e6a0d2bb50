"""Rust: a release build whose registry and target folder are kept between builds."""

from __future__ import annotations

import posixpath

from machete_tui.generation import bases
from machete_tui.generation.recipes.ground import Ground, Recipe

_ROCKET = ("ROCKET_ADDRESS", "0.0.0.0")


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Rust component."""
    component = ground.component
    binary = posixpath.normpath(ground.fact("binary") or f"target/release/{component.name}")
    locked = " --locked" if ground.fact("lock") else ""
    package = f" --package {ground.fact('package')}" if ground.fact("package") and ground.inside else ""
    values: dict[str, object] = {
        "image": bases.image("rust"),
        "run_image": bases.image("debian"),
        "build": ground.run() or f"cargo build --release{locked}{package}",
        "binary": binary,
        "binary_name": posixpath.basename(binary),
        "assets": ground.present([ground.prefix + path for path in ground.words("assets")]),
        "target": f"{ground.service}-{component.name}-target",
        "extra_env": [_ROCKET] if component.framework == "rocket" else [],
    }
    return Recipe("rust.j2", values, ("**/target",), start=f"./{posixpath.basename(binary)}")
