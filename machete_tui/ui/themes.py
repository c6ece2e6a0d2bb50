"""The themes of our own: dark and light, each also for colour-blind eyes, and one of high contrast.

The colour-blind-safe ones use blue, yellow and vermilion of Okabe and Ito's palette, whose lightness differs
as much as their hue: good, warning and bad can be told apart in shades of grey too. A state always has its
own glyph and word beside its colour.
"""

from __future__ import annotations

from textual.theme import Theme

PREFIX = "machete-"


def _theme(
    name: str,
    *,
    dark: bool,
    text: str,
    grounds: tuple[str, str, str],
    tones: tuple[str, str, str],
    primary: str,
    secondary: str,
    accent: str,
    cursor: tuple[str, str],
    blurred: tuple[str, str],
    border: tuple[str, str],
    scrollbar: tuple[str, str, str],
    quiet: str,
) -> Theme:
    """Return a theme.

    Args:
        name: without the prefix.
        dark: whether light stands on dark.
        text: colour of text.
        grounds: of the screen, of boxes, of bars.
        tones: good, warning, bad.
        primary: of keys and headings; ``secondary`` and ``accent`` beside it.
        secondary: see above.
        accent: see above.
        cursor: ground and text of the row under the cursor.
        blurred: the same without the focus.
        border: with and without the focus.
        scrollbar: the bar, the bar under the mouse, what it runs on.
        quiet: of what matters less.
    """
    background, surface, panel = grounds
    success, warning, error = tones
    bar, hover, track = scrollbar
    return Theme(
        name=PREFIX + name,
        primary=primary,
        secondary=secondary,
        accent=accent,
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        success=success,
        warning=warning,
        error=error,
        dark=dark,
        variables={
            "block-cursor-background": cursor[0],
            "block-cursor-foreground": cursor[1],
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": blurred[0],
            "block-cursor-blurred-foreground": blurred[1],
            "input-selection-background": f"{primary} {30 if dark else 25}%",
            "border": border[0],
            "border-blurred": border[1],
            "scrollbar": bar,
            "scrollbar-hover": hover,
            "scrollbar-active": primary,
            "scrollbar-background": track,
            "scrollbar-background-hover": track,
            "scrollbar-background-active": track,
            "quiet": quiet,
        },
    )


DARK = _theme(
    "dark",
    dark=True,
    text="#d5dbe5",
    grounds=("#12161c", "#171c24", "#212936"),
    tones=("#7fc98f", "#e5b567", "#f07f7f"),
    primary="#6cb6ff",
    secondary="#96a7bd",
    accent="#e0af68",
    cursor=("#2b3d55", "#ffffff"),
    blurred=("#222b38", "#d5dbe5"),
    border=("#3a4658", "#2b3442"),
    scrollbar=("#323d4d", "#42506a", "#171c24"),
    quiet="#8391a5",
)

LIGHT = _theme(
    "light",
    dark=False,
    text="#1d2633",
    grounds=("#f4f5f7", "#ffffff", "#e4e8ee"),
    tones=("#1f7a3a", "#8a5a00", "#b3262e"),
    primary="#0b62b8",
    secondary="#566579",
    accent="#8a5a00",
    cursor=("#cfe1f6", "#0e1621"),
    blurred=("#e2e7ee", "#1d2633"),
    border=("#b6c0cd", "#d3dae2"),
    scrollbar=("#c3ccd7", "#a9b5c4", "#eceff3"),
    quiet="#5f6e82",
)

COLOURBLIND_DARK = _theme(
    "colourblind-dark",
    dark=True,
    text="#dfe3ea",
    grounds=("#101318", "#161a21", "#222833"),
    tones=("#56b4e9", "#f0e442", "#e8702a"),
    primary="#9ccbf0",
    secondary="#a3adbd",
    accent="#f0e442",
    cursor=("#2c4260", "#ffffff"),
    blurred=("#232c3a", "#dfe3ea"),
    border=("#46536a", "#303a4a"),
    scrollbar=("#364356", "#4a5a74", "#161a21"),
    quiet="#8f9bad",
)

COLOURBLIND_LIGHT = _theme(
    "colourblind-light",
    dark=False,
    text="#15202e",
    grounds=("#f5f6f8", "#ffffff", "#e3e8ef"),
    tones=("#0072b2", "#6b5500", "#a83200"),
    primary="#00508a",
    secondary="#526074",
    accent="#6b5500",
    cursor=("#c9def5", "#0b1522"),
    blurred=("#e0e6ee", "#15202e"),
    border=("#a9b5c4", "#ccd4de"),
    scrollbar=("#bcc7d3", "#9fadbe", "#eaeef3"),
    quiet="#56657a",
)

CONTRAST = _theme(
    "contrast",
    dark=True,
    text="#ffffff",
    grounds=("#000000", "#000000", "#1c1c1c"),
    tones=("#6dff8d", "#ffe14d", "#ff9088"),
    primary="#7fd4ff",
    secondary="#e6e6e6",
    accent="#ffe14d",
    cursor=("#00388a", "#ffffff"),
    blurred=("#3d3d3d", "#ffffff"),
    border=("#ffffff", "#9a9a9a"),
    scrollbar=("#9a9a9a", "#ffffff", "#1c1c1c"),
    quiet="#cfcfcf",
)

THEMES = (DARK, LIGHT, COLOURBLIND_DARK, COLOURBLIND_LIGHT, CONTRAST)


def named(name: str) -> Theme:
    """Return the theme of a name as the configuration writes it; the dark one for none."""
    return next((theme for theme in THEMES if theme.name == PREFIX + name), DARK)
