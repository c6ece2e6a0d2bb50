"""What a value of ``config.toml`` may be."""

from __future__ import annotations

import re
from typing import Any, Literal

from machete_tui.core.frozen import dataclass

THEMES = ("dark", "light", "colourblind-dark", "colourblind-light", "contrast")
PRESETS = ("default", "lazydocker", "k9s")
SCHEMES = ("ssh", "tcp", "unix")

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE | re.ASCII)
_SHIFT = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}


class WrongValue(ValueError):  # noqa: N818 - it is about the value
    """A value that cannot be; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one value may be: its kind, bounds of a number, the only choices."""

    kind: Literal["choice", "text", "bool", "int", "seconds", "size", "percent", "paths", "url"]
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def read(self, value: Any) -> Any:
        """Return the value as the program uses it; raises :class:`WrongValue`."""
        if self.kind == "bool":
            if not isinstance(value, bool):
                raise WrongValue(f"must be true or false, not {_shown(value)}")
            return value
        if self.kind in ("int", "seconds", "percent"):
            return self._number(value)
        if self.kind == "size":
            return self._size(value)
        if self.kind == "paths":
            good = isinstance(value, list) and all(isinstance(one, str) and one[:1] == "/" for one in value)
            if not good:
                raise WrongValue('must be a list of absolute paths, like ["/srv"]')
            return tuple(value)
        if not isinstance(value, str):
            raise WrongValue(f"must be text in quotes, not {_shown(value)}")
        if self.kind == "choice" and value not in self.choices:
            raise WrongValue(f"must be one of {', '.join(self.choices)}, not {_shown(value)}")
        return check_url(value) if self.kind == "url" else value

    def _number(self, value: Any) -> int | float:
        whole = self.kind == "int"
        good = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not good or not self.low <= value <= self.high:
            what = {"int": "a whole number", "seconds": "seconds", "percent": "a percentage"}[self.kind]
            raise WrongValue(f"must be {what} from {self.low:g} to {self.high:g}, not {_shown(value)}")
        return value if whole else float(value)

    def _size(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise WrongValue(f'must be a size like "512m" or "1g", not {_shown(value)}')
        return int(float(match[1]) * (1 << _SHIFT[match[2].lower()]))


def check_url(url: str) -> str:
    """Return an Engine's address; raises :class:`WrongValue` when it can be none."""
    scheme, sign, rest = url.partition("://")
    expected = "must be like ssh://user@host, tcp://host:2376 or unix:///run/docker.sock"
    if not sign or scheme not in SCHEMES or not rest or any(c.isspace() or not c.isprintable() for c in rest):
        raise WrongValue(f"{expected}, not {_shown(url)}")
    if scheme == "unix":
        if not rest.startswith("/"):
            raise WrongValue(f"{expected}, not {_shown(url)}")
        return url
    place = rest.partition("/")[0].rpartition("@")[2]
    host, colon, port = place.rpartition(":") if not place.endswith("]") else (place, "", "")
    host = host if colon else place
    if not host or host.startswith("-") or rest.startswith("-"):
        raise WrongValue(f"{expected}, not {_shown(url)}")
    if colon and not (port.isdecimal() and 0 < int(port) < 65536):
        raise WrongValue(f"has no port from 1 to 65535: {port or 'none'}")
    if ":" in rest.partition("@")[0] and "@" in rest:
        raise WrongValue("must not hold a password: use a key or an agent")
    return url


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 60 else text[:59] + "…"


NUMBERS: dict[str, dict[str, Rule]] = {
    "alerts": {name: Rule("percent", 1, 100) for name in ("cpu", "memory", "disk")},
    "settings": {
        "port_low": Rule("int", 1, 65535),
        "port_high": Rule("int", 1, 65535),
        "gate_seconds": Rule("seconds", 1, 3600),
        "gate_successes": Rule("int", 1, 100),
        "gate_interval": Rule("seconds", 0.05, 60),
        "watch_seconds": Rule("seconds", 0, 3600),
        "keep_releases": Rule("int", 1, 100),
        "disk_reserve": Rule("size"),
        "memory_reserve": Rule("size"),
        "mount_roots": Rule("paths"),
        "allowed_mounts": Rule("paths"),
        "registry": Rule("text"),
    },
}
"""Tables whose values become fields of the settings; those of ``alerts`` as ``alert_NAME``."""
