"""What this machine uses: CPU, memory, load, network and disks, from ``/proc`` files that are kept open."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from machete_tui.core.metrics import UNKNOWN, HostCounters
from machete_tui.engines import netdev
from machete_tui.engines.cgroup_files import keep

_FILES = ("stat", "meminfo", "loadavg", "net/dev", "diskstats")
_SECTOR = 512  # bytes, whatever the disk's own are
_LAYERS = ("loop", "ram", "dm-", "md", "zram", "sr", "fd")  # what stands on other disks, or is none


class HostFiles:
    """Reads the machine's counters; not thread-safe.

    Args:
        disk: folder on the file system whose use counts.
        proc: where the kernel tells of itself.
        sys: where it tells of block devices.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        disk: str,
        proc: str = "/proc",
        sys: str = "/sys",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._disk = disk
        self._proc = Path(proc)
        self._sys = Path(sys)
        self._clock = clock
        self._kept: dict[str, int] = {}
        self._whole: dict[bytes, bool] = {}

    def read(self) -> HostCounters | None:
        """Return the counters; None where the kernel does not tell its CPU time."""
        try:
            busy, total, cores = _cpu(self._text("stat", 4096, all_cores=True))
        except (OSError, ValueError, IndexError):
            return None
        now = self._clock()
        memory = limit = pids = 0
        load = 0.0
        with suppress(OSError, ValueError):
            memory, limit = _memory(self._text("meminfo", 4096))
        with suppress(OSError, ValueError, IndexError):
            words = self._text("loadavg", 256).split()
            load, pids = float(words[0]), int(words[3].partition(b"/")[2])
        rx, tx, read, write = UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN
        with suppress(OSError, ValueError, IndexError):
            rx, tx = netdev.totals(self._text("net/dev", 1 << 17), netdev.own_interface)
        with suppress(OSError, ValueError, IndexError):
            read, write = self._disks(self._text("diskstats", 1 << 16))
        disk, space = self._space()
        return HostCounters(
            now, busy, total, cores, memory, limit, disk, space, load, rx, tx, read, write, pids
        )

    def close(self) -> None:
        """Close every kept file."""
        for number in self._kept.values():
            with suppress(OSError):
                os.close(number)
        self._kept.clear()

    def _text(self, name: str, size: int, *, all_cores: bool = False) -> bytes:
        number = self._kept.get(name, -1)
        if number < 0:
            number = keep(self._proc / name)
            if number < 0:
                raise FileNotFoundError(name)
            self._kept[name] = number
        text = os.pread(number, size, 0)
        while all_cores and b"intr" not in text and len(text) == size:
            size *= 4
            text = os.pread(number, size, 0)
        return text

    def _space(self) -> tuple[int, int]:
        try:
            figures = os.statvfs(self._disk)
        except OSError:
            return UNKNOWN, 0
        # What only root may still use counts as used, as in df: an operator cannot fill it.
        used = (figures.f_blocks - figures.f_bfree) * figures.f_frsize
        return used, used + figures.f_bavail * figures.f_frsize

    def _disks(self, text: bytes) -> tuple[int, int]:
        read = write = 0
        for line in text.splitlines():
            words = line.split(None, 10)
            name = words[2]
            whole = self._whole.get(name)
            if whole is None:
                whole = self._whole[name] = self._is_disk(name.decode("ascii", "replace"))
            if whole:
                read += int(words[5])
                write += int(words[9])
        return read * _SECTOR, write * _SECTOR

    def _is_disk(self, name: str) -> bool:
        """Return whether a device is a whole disk, and not a part of one or a layer above some."""
        if name.startswith(_LAYERS):
            return False
        block = self._sys / "block"
        return (block / name).exists() if block.is_dir() else not name[-1:].isdigit()


def _cpu(text: bytes) -> tuple[int, int, int]:
    """Return busy and all ticks and the number of cores, of ``/proc/stat``."""
    words = [int(word) for word in text[: text.index(b"\n")].split()[1:9]]
    total = sum(words)  # guests are in user already
    return total - words[3] - words[4], total, max(1, text.count(b"\ncpu"))


def _memory(text: bytes) -> tuple[int, int]:
    """Return the bytes in use and all there are, of ``/proc/meminfo``."""
    found: dict[bytes, int] = {}
    for line in text.splitlines()[:5]:
        name, _, rest = line.partition(b":")
        found[name] = int(rest.split()[0]) << 10
    total = found[b"MemTotal"]
    return total - found.get(b"MemAvailable", found.get(b"MemFree", 0)), total
