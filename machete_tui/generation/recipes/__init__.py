"""One module for each stack: from what detection knows to what its Dockerfile template asks for."""

from __future__ import annotations

from collections.abc import Callable

from machete_tui.generation.recipes import dotnet, go, java, node, php, python, ruby, rust, static
from machete_tui.generation.recipes.ground import Ground, Recipe

RECIPES: dict[str, Callable[[Ground], Recipe]] = {
    "node": node.recipe,
    "python": python.recipe,
    "php": php.recipe,
    "go": go.recipe,
    "ruby": ruby.recipe,
    "java": java.recipe,
    "dotnet": dotnet.recipe,
    "rust": rust.recipe,
    "static": static.recipe,
}
"""Stack -> its recipe."""

__all__ = ["RECIPES", "Ground", "Recipe"]
