"""Ruby: gems in one folder that is copied on, assets built where Rails has them."""

from __future__ import annotations

import re

from machete_tui.generation import bases, quoting
from machete_tui.generation.recipes import node
from machete_tui.generation.recipes.ground import Ground, Recipe

IGNORE = ("**/.bundle", "**/vendor/bundle", "**/log/*", "**/tmp/*", "**/coverage")

_COMPILERS = ("build-essential", "git", "libyaml-dev", "pkg-config")


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Ruby component."""
    component = ground.component
    manifests = ground.present([f"{ground.prefix}{n}" for n in ("Gemfile", ground.fact("lock")) if n])
    rails = component.framework == "rails"
    values: dict[str, object] = {
        "image": bases.image("ruby", component.runtime_version),
        "manifests": manifests,
        "frozen": _for_linux(ground.read(ground.prefix + ground.fact("lock")))
        if ground.fact("lock")
        else False,
        "extra": quoting.requirements(ground.fact("extra_packages")),
        "build": ground.run(),
        "compilers": sorted({*_COMPILERS, *quoting.packages(component.system_packages)}),
        "rails": rails,
        "writable": ["log", "tmp", "storage"] if rails else [],
        "node": node.install(ground, "node_lock") if ground.fact("node_lock") else None,
        "node_image": bases.image("node", ground.fact("node_version")) if ground.fact("node_lock") else "",
    }
    return Recipe("ruby.j2", values, (*IGNORE, *(node.IGNORE if ground.fact("node_lock") else ())))


def _for_linux(lock: str) -> bool:
    """Return whether a Gemfile.lock can be followed to the letter: one made on a Mac may name no Linux."""
    platforms = re.search(r"(?m)^PLATFORMS\n((?:[ ]+\S+\n?)+)", lock)
    return platforms is None or bool(re.search(r"(?m)^\s+(ruby|\S*linux\S*)$", platforms[1]))
