"""Processes inside a container, from the Engine's ``/top``, which runs ``ps`` on its machine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from machete_tui.core.metrics import Process
from machete_tui.engines.sanitize import clean

PS = "-eo pid,ppid,user,stat,pcpu,rss,etime,args"
"""What is asked of ``ps``; the Engine keeps the lines of the container's own processes."""


def listed(raw: Mapping[str, Any]) -> list[Process]:
    """Return the answer of ``/top`` as processes, by number."""
    found: list[Process] = []
    for line in raw.get("Processes") or ():
        words = [str(word) for word in line]
        # The Engine splits at white space: a command's own comes back as one field or as several.
        if len(words) < 8:
            continue
        with suppress(ValueError):
            found.append(
                Process(
                    int(words[0]),
                    int(words[1]),
                    clean(words[2]),
                    words[3],
                    float(words[4]),
                    int(words[5]) << 10,
                    words[6],
                    clean(" ".join(words[7:])),
                )
            )
    return sorted(found, key=lambda process: process.pid)
