"""Where the rig keeps things, and the names that tell it from another rig of the same machine."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and names of one rig.

    Attributes:
        root: what is kept: data roots with their images. Outside any checkout.
        run: what lives as long as the machine is up: sockets, pid files.
        tag: short name in interfaces and namespaces (an interface's name has 15 characters at most).
        subnet: first three parts of the rig's /24 network.
    """

    root: Path
    run: Path
    tag: str
    subnet: str

    @property
    def bridge(self) -> str:
        """The interface that joins the namespaces to the machine; it holds the subnet's address 1."""
        return f"{self.tag}-br"

    def data(self, engine: str) -> Path:
        """Return an engine's data root."""
        return self.root / engine / "data"

    def disk(self, engine: str) -> Path:
        """Return the file that holds an engine's disk, where it has one of its own."""
        return self.root / engine / "disk.img"

    def log(self, engine: str) -> Path:
        """Return what an engine's daemon prints."""
        return self.root / engine / "dockerd.log"

    def namespace(self, engine: str) -> str:
        """Return the name of an engine's network namespace."""
        return f"{self.tag}-{engine}"


def places(root: Path | None = None) -> Places:
    """Return the places of the rig in ``root``; default ``$MACHETE_RIG`` or one in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    chosen = (root or Path(os.environ.get("MACHETE_RIG") or cache / "machete-tui" / "rig")).resolve()
    digest = hashlib.sha256(str(chosen).encode()).digest()
    tag = f"mt{digest[:2].hex()}"
    return Places(chosen, Path("/run") / f"machete-rig-{tag}", tag, f"10.98.{digest[2]}")
