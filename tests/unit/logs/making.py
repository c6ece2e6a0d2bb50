"""Short ways to make batches and spools."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from machete_tui.core.logs import LogBatch
from machete_tui.logs.spool import Spool


def lines(*texts: str, at: Sequence[float] = (), container: str = "web") -> LogBatch:
    text = "".join(f"{t}\n" for t in texts).encode()
    return LogBatch(container, text, array("d", at or [1.0] * len(texts)))


def filled(spool: Spool, *texts: str) -> Spool:
    spool.append(spool.source("web"), lines(*texts))
    return spool


def texts(spool: Spool) -> list[str]:
    return [line.text for line in spool.lines(0, spool.end)]
