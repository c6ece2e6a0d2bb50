"""``--serve``: the same app in a browser."""

from __future__ import annotations

from collections.abc import Sequence


def serve(arguments: Sequence[str], *, port: str, bind: str, open_to_network: bool) -> int:
    """Serve until it is stopped."""
    return 2
