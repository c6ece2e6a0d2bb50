"""What a source may be named: nothing here runs a command or touches the network.

The operations check first; this is the second lock on the same door, right before Git is run.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass

SCHEMES = ("https", "http", "ssh", "git", "file")
"""Transports that only transport."""

LONGEST = 2048

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^@/]*)@)?(?P<host>\[[0-9a-fA-F:.%]+\]|[^/:@]*)"
    r"(?::(?P<port>[0-9]*))?(?P<path>/.*)?",
    re.IGNORECASE,
)
_SCP = re.compile(
    r"(?:(?P<user>[A-Za-z0-9._-]+)@)?(?P<host>\[[0-9a-fA-F:.%]+\]|[A-Za-z0-9._-]+):(?P<path>.+)"
)
_HOST = re.compile(r"\[[0-9a-fA-F:.]+(%[A-Za-z0-9]+)?\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
_ESCAPED_CONTROL = re.compile(r"%(0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)
_TOKEN = re.compile(r"gh[a-z]_|github_pat_|glpat-|glptt-|[A-Za-z0-9_-]{32,}$")
_NOT_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[/.]$|^[/.]")


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote that may be asked.

    Attributes:
        url: as Git gets it.
        scheme: one of :data:`SCHEMES`.
        host: with its port, as credentials are scoped; empty for files.
        user: of the URL; empty when it has none.
    """

    url: str
    scheme: str
    host: str = ""
    user: str = ""

    @property
    def site(self) -> str:
        """``https://host:port``."""
        return f"{self.scheme}://{self.host}"


def remote(location: str) -> Remote:
    """Return the remote of a Git URL, an scp-like ``host:path`` or an absolute path; raises InvalidInput."""
    if not location or len(location) > LONGEST:
        raise _wrong("empty" if not location else f"longer than {LONGEST} characters")
    if location.startswith("-"):
        raise _wrong(f"{location[:40]!r} begins with a dash and would be read as an option")
    if not location.isprintable() or any(c.isspace() for c in location):
        raise _wrong("it contains spaces or control characters")
    if _ESCAPED_CONTROL.search(location):
        raise _wrong("it contains an escaped control character")
    if _HELPER.match(location):
        helper = location.partition("::")[0]
        raise _wrong(f"the transport {helper}:: runs a command", "use https, ssh, git or file")
    if location.startswith("/"):
        return _file(quote(location))
    match = _URL.fullmatch(location)
    if match is not None:
        return _with_scheme(match, location)
    match = _SCP.fullmatch(location)
    if match is None or "://" in location:
        raise _wrong(f"{location[:80]!r} is no Git URL", "write it like https://host/path or user@host:path")
    _check_host(match["host"])
    if match["path"].startswith("-"):
        raise _wrong("its path begins with a dash")
    return Remote(location, "ssh", match["host"], match["user"] or "")


def check_ref(ref: str) -> str:
    """Return a branch, tag or commit that Git accepts as a name; raises InvalidInput."""
    name = ref.removeprefix("tag:")
    if len(name) > 250 or name.startswith("-") or name == "@" or _NOT_IN_REF.search(name):
        raise InvalidInput(
            f"{ref[:80]!r} is no name of a branch, tag or commit",
            "for example main, v1.2 or 1a2b3c4d",
            field="--branch",
        )
    return ref


def check_subpath(subpath: str) -> str:
    """Return a relative sub-folder that stays inside; raises InvalidInput."""
    parts = PurePosixPath(subpath).parts
    bad = subpath.startswith(("/", "-", "~")) or "\\" in subpath or not subpath.isprintable()
    if subpath and (bad or ".." in parts or ".git" in [p.lower() for p in parts]):
        raise InvalidInput(
            f"{subpath[:80]!r} is no folder inside the source",
            "name it from the source's root: apps/web",
            field="--path",
        )
    return str(PurePosixPath(subpath)) if parts else ""


def check_submodules(settings: str, parent: Remote) -> None:
    """Refuse submodules that would run a command, leave the tree, or read this machine's files.

    Args:
        settings: ``git config -z --get-regexp`` of ``.gitmodules``: names and values of url, path, update.
        parent: where the source comes from.

    Raises:
        InvalidInput: names the submodule.
    """
    for row in settings.split("\0"):
        key, _, value = row.partition("\n")
        name, _, what = key.removeprefix("submodule.").rpartition(".")
        try:
            if what == "url" and not value.startswith(("./", "../")):
                if remote(value).scheme == "file" and parent.scheme != "file":
                    raise _wrong("it names files of this machine")
            elif what == "path":
                check_subpath(value)
            elif what == "update" and value.startswith("!"):
                raise _wrong("it would run a command")
        except InvalidInput as error:
            raise InvalidInput(
                f"the submodule {name[:80]!r} is not accepted: {error.what}",
                "mend .gitmodules in the source",
                field="SOURCE",
            ) from error


def inside(root: Path, subpath: str) -> Path:
    """Return the sub-folder of ``root``, links resolved; raises InvalidInput when it is none."""
    folder = (root / check_subpath(subpath)).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise InvalidInput(f"{subpath!r} leads out of the source", field="--path")
    if not folder.is_dir():
        near = sorted(p.name for p in root.iterdir() if p.is_dir() and p.name != ".git")[:8]
        hint = f"its folders are {', '.join(near)}" if near else "it has no folders"
        raise InvalidInput(f"the source has no folder {subpath!r}", hint, field="--path")
    return folder


def _with_scheme(match: re.Match[str], location: str) -> Remote:
    scheme = match["scheme"].lower()
    if scheme not in SCHEMES:
        raise _wrong(f"the transport {scheme}:// is not accepted", "use https, ssh, git or file")
    path = match["path"] or ""
    user = match["user"] or ""
    if scheme == "file":
        if match["host"] not in ("", "localhost") or user or match["port"]:
            raise _wrong("a file URL names no host: file:///path")
        return _file(path)
    if ":" in user:
        raise _wrong("it contains a password", "give the token with --token-env NAME or --token-file FILE")
    if user and scheme in ("http", "https") and _TOKEN.match(user):
        raise _wrong("its user name is a token", "give the token with --token-env NAME or --token-file FILE")
    if user and not re.fullmatch(r"[A-Za-z0-9._%+~][A-Za-z0-9._%+~-]*", user):
        raise _wrong("its user name is not acceptable")
    _check_host(match["host"])
    if not path.strip("/"):
        raise _wrong("it has no path after the host")
    if path.startswith("/-"):
        raise _wrong("its path begins with a dash")
    if "#" in path:
        raise _wrong("it has a fragment (#)", "name the branch with --branch and the folder with --path")
    port = match["port"] or ""
    if port and not 0 < int(port) < 65536:
        raise _wrong(f"{port} is no port")
    host = match["host"] + (f":{port}" if port else "")
    return Remote(scheme + location[len(scheme) :], scheme, host, user)


def _file(path: str) -> Remote:
    if not path.startswith("/") or ".." in PurePosixPath(path).parts:
        raise _wrong("a file URL needs an absolute path")
    return Remote(f"file://{path}", "file")


def _check_host(host: str) -> None:
    if not _HOST.fullmatch(host):
        raise _wrong(f"{host[:80]!r} is no host name")


def _wrong(what: str, mend: str = "") -> InvalidInput:
    return InvalidInput(
        f"the Git URL is not accepted: {what}",
        mend or "for example https://host/team/shop.git",
        field="SOURCE",
    )
