"""Copying over OSC 52, which reaches the terminal in front of the person, over SSH and through tmux."""

from __future__ import annotations

import base64
from collections.abc import Mapping

MOST = 100_000
"""Bytes: terminals refuse longer ones, some of them silently."""


def sequences(text: str, environment: Mapping[str, str]) -> str:
    """Return what to write to the terminal so that it takes ``text`` into its clipboard.

    Inside tmux it goes wrapped as well, for tmux keeps the plain one to itself unless it is told to.
    """
    data = base64.b64encode(text.encode()[:MOST]).decode()
    plain = f"\x1b]52;c;{data}\a"
    if "TMUX" not in environment:
        return plain
    return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
