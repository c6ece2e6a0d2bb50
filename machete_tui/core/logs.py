"""Log lines as bytes in batches: what the fast way from an engine to the spool carries."""

from __future__ import annotations

from array import array
from dataclasses import field

from machete_tui.core.frozen import dataclass


def _no_times() -> array[float]:
    return array("d")


@dataclass(frozen=True, slots=True)
class LogBatch:
    r"""Lines of one container, in the order in which it wrote them.

    Attributes:
        container: its name.
        text: UTF-8; every line ends with ``\n`` and holds nothing that a terminal would act on.
        times: Unix seconds of each line; 0 for one without a time.
        errors: one byte a line, 1 for stderr; empty when all are of stdout.
    """

    container: str
    text: bytes
    times: array[float] = field(default_factory=_no_times)
    errors: bytes = b""

    def __len__(self) -> int:
        return len(self.times)

    def lines(self) -> list[str]:
        """Return the texts of the lines."""
        return self.text.decode("utf-8", "replace").split("\n")[:-1]

    def part(self, start: int, stop: int) -> LogBatch:
        """Return the lines from ``start`` up to ``stop``."""
        if start <= 0 and stop >= len(self.times):
            return self
        kept = self.text.split(b"\n")[start:stop]
        text = b"\n".join(kept) + b"\n" if kept else b""
        return LogBatch(self.container, text, self.times[start:stop], self.errors[start:stop])


def batch(container: str, lines: list[str], at: float, *, error: bool = False) -> LogBatch:
    """Return lines of one moment as a batch."""
    text = "".join(f"{line}\n" for line in lines).encode()
    return LogBatch(container, text, array("d", [at] * len(lines)), b"\1" * len(lines) if error else b"")
