"""How a state looks: a glyph, a word and a tone, so that colour is never the only signal."""

from __future__ import annotations

from machete_tui.ui.widgets.cells import Cell, Tone

_GLYPHS: dict[str, tuple[str, Tone]] = {
    # services
    "running": ("●", "good"),
    "degraded": ("◐", "warn"),
    "failed": ("✗", "bad"),
    "stopped": ("○", "quiet"),
    "pending": ("◌", "quiet"),
    "building": ("▸", "busy"),
    "deploying": ("▸", "busy"),
    # deployments and steps
    "succeeded": ("✓", "good"),
    "done": ("✓", "good"),
    "ok": ("✓", "good"),
    "rolled_back": ("↶", "warn"),
    "interrupted": ("!", "warn"),
    "cancelled": ("–", "quiet"),
    "skipped": ("–", "quiet"),
    "undone": ("↶", "warn"),
    "warning": ("!", "warn"),
    "warn": ("!", "warn"),
    "fail": ("✗", "bad"),
    # health and containers
    "healthy": ("●", "good"),
    "unhealthy": ("✗", "bad"),
    "starting": ("▸", "busy"),
    "created": ("◌", "quiet"),
    "paused": ("‖", "warn"),
    "restarting": ("▸", "warn"),
    "exited": ("○", "quiet"),
    "dead": ("✗", "bad"),
    "removing": ("▸", "busy"),
    "gone": ("–", "quiet"),
}

_WORDS = {"rolled_back": "rolled back"}


def glyph(state: str) -> str:
    """Return the state's one-column glyph."""
    return _GLYPHS.get(state, ("·", ""))[0]


def tone(state: str) -> Tone:
    """Return the state's tone."""
    return _GLYPHS.get(state, ("·", ""))[1]


def cell(state: str) -> Cell:
    """Return glyph and word in the state's tone; ``-`` for none."""
    if not state:
        return Cell("-", "quiet")
    return Cell(f"{glyph(state)} {_WORDS.get(state, state)}", tone(state))


def step(state: str) -> Cell:
    """Return the state of a step or a deployment, where ``running`` means that it goes on."""
    return busy("running") if state == "running" else cell(state)


def busy(verb: str) -> Cell:
    """Return what a row shows while an operation works on it."""
    return Cell(f"▸ {verb}", "busy")


def last_known(state: str) -> Cell:
    """Return a state that cannot be asked for now."""
    return Cell(f"? {_WORDS.get(state, state)}", "quiet")
