"""The two themes of our own: a calm dark one and a light one. Textual's others may be chosen too."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="machete-dark",
    primary="#6cb6ff",
    secondary="#96a7bd",
    accent="#e0af68",
    foreground="#d5dbe5",
    background="#12161c",
    surface="#171c24",
    panel="#212936",
    success="#7fc98f",
    warning="#e5b567",
    error="#f07f7f",
    dark=True,
    variables={
        "block-cursor-background": "#2b3d55",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#222b38",
        "block-cursor-blurred-foreground": "#d5dbe5",
        "input-selection-background": "#6cb6ff 30%",
        "border": "#3a4658",
        "border-blurred": "#2b3442",
        "scrollbar": "#323d4d",
        "scrollbar-hover": "#42506a",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#171c24",
        "scrollbar-background-hover": "#171c24",
        "scrollbar-background-active": "#171c24",
        "quiet": "#8391a5",
    },
)

LIGHT = Theme(
    name="machete-light",
    primary="#0b62b8",
    secondary="#566579",
    accent="#8a5a00",
    foreground="#1d2633",
    background="#f4f5f7",
    surface="#ffffff",
    panel="#e4e8ee",
    success="#1f7a3a",
    warning="#8a5a00",
    error="#b3262e",
    dark=False,
    variables={
        "block-cursor-background": "#cfe1f6",
        "block-cursor-foreground": "#0e1621",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e2e7ee",
        "block-cursor-blurred-foreground": "#1d2633",
        "input-selection-background": "#0b62b8 25%",
        "border": "#b6c0cd",
        "border-blurred": "#d3dae2",
        "scrollbar": "#c3ccd7",
        "scrollbar-hover": "#a9b5c4",
        "scrollbar-active": "#0b62b8",
        "scrollbar-background": "#eceff3",
        "scrollbar-background-hover": "#eceff3",
        "scrollbar-background-active": "#eceff3",
        "quiet": "#5f6e82",
    },
)

THEMES = (DARK, LIGHT)
