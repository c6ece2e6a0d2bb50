"""``service.compose``: the compose file that a service's live release really runs by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import NotFound
from machete_tui.core.events import Event, Result
from machete_tui.core.results import Document
from machete_tui.core.secrets import MASK, is_secret, mask_urls
from machete_tui.operations.names import find_service
from machete_tui.operations.registry import arg, operation

_VARIABLE = re.compile(r"(?<!\$)\$(?:\{(\w+)(?:(:?[-?+])([^{}]*))?\}|([A-Za-z_]\w*))")
_PAIR = re.compile(r"^(\s*(?:-\s+)?[\"']?)([A-Za-z_]\w*)([\"']?\s*[:=]\s*)(\S.*)$")


@dataclass(frozen=True, slots=True)
class Compose:
    """Of which service, and of which of its releases."""

    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    release: int = arg("release; default: the live one", positional=True, default=0, kind="release")


@operation("service.compose", "show the compose file that a service runs by, with its variables put in")
def compose(ctx: Context, request: Compose, cancel: Cancel) -> Iterator[Event]:
    """Show the effective compose file; values of secrets are masked."""
    service = find_service(ctx.store, request.name)
    number = request.release or service.release
    release = ctx.store.releases.find(service.id, number) if number else None
    if release is None:
        what = f"release #{number}" if number else "live release"
        raise NotFound(
            f"{service.name} has no {what}", f"machete-tui --run service.show {service.name} lists them"
        )
    values = _values(Path(release.folder) / ".env") if release.folder else {}
    text = effective(release.compose, values)
    yield Result(Document(text, {"service": service.name, "release": release.number, "compose": text}))


def effective(text: str, values: Mapping[str, str]) -> str:
    """Return a compose file with its variables put in, secrets masked, unknown ones left as they are."""

    def put(match: re.Match[str]) -> str:
        name, how, word = match[1] or match[4], match[2] or "", match[3] or ""
        if name in values and (values[name] or not how.startswith(":")):
            return word if "+" in how else MASK if is_secret(name, values[name]) else values[name]
        return word if "-" in how else match[0]

    return "\n".join(mask_urls(_masked(_VARIABLE.sub(put, line))) for line in text.splitlines()) + "\n"


def _masked(line: str) -> str:
    """Return a line with the value of a variable that is named like a secret masked."""
    match = _PAIR.match(line)
    if match is None or (not match[2].isupper() and "=" not in match[3]):
        return line
    value = match[4].strip("\"'")
    if not is_secret(match[2], value) or value.startswith("$"):
        return line
    return f"{match[1]}{match[2]}{match[3]}{MASK}"


def _values(path: Path) -> dict[str, str]:
    from machete_tui.generation.dotenv import parse

    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}
