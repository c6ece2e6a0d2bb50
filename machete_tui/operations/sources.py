"""``source.detect``, and how a source is named: a folder of this machine, or a Git URL."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.errors import InvalidInput
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Document
from machete_tui.core.source import SourceRef
from machete_tui.operations.registry import arg, operation

SCHEMES = ("https", "http", "ssh", "git", "file")
"""Transports that only transport; every other one is refused."""

FIELD = "SOURCE"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
_USER = re.compile(r"^[a-z]+://([^/@]*)@", re.IGNORECASE)
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(?!/{2})\S+")
_BARE_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}/\S+")
_TOKEN = re.compile(r"^(gh[a-z]_|github_pat_|glpat-|glptt-|[A-Za-z0-9_-]{32,}$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN_MEND = "give the token with --token-env NAME or --token-file FILE"


@dataclass(frozen=True, slots=True)
class DetectSource:
    """A source to look at."""

    source: str = arg("folder or Git URL", positional=True, kind="path", metavar="SOURCE")
    branch: str = arg("branch, tag or commit", default="")
    path: str = arg("sub-folder of the source", default="")
    ssh_key: str = arg("private key for ssh remotes", default="", kind="path", metavar="FILE")
    token_env: str = arg("variable that holds the token for http(s) remotes", default="", metavar="NAME")
    token_file: str = arg("file that holds it", default="", kind="path", metavar="FILE")


@operation("source.detect", "say what a folder or Git URL is, how sure that is, and why")
def detect_source(ctx: Context, request: DetectSource, cancel: Cancel) -> Iterator[Event]:
    """Detect; ends with a document: text with evidence for a person, the documented shape for a program."""
    from machete_tui.detection import detect
    from machete_tui.detection.report import detection_json, detection_text

    source = parse_source(
        request.source,
        branch=request.branch,
        path=request.path,
        ssh_key=request.ssh_key,
        token_env=request.token_env,
        token_file=request.token_file,
    )
    if source.kind == "folder":
        found = detect(_inside(source), source=source.location)
    else:
        yield Note(f"fetching {source.location}")
        with _temporary(ctx) as into:
            checkout = ctx.sources.fetch(source, str(into), cancel)
            cancel.check()
            yield Note(
                f"commit {checkout.commit[:12]}" + (f" of {checkout.branch}" if checkout.branch else "")
            )
            found = detect(checkout.root, source=source.location)
    for warning in found.warnings:
        yield Note(warning, "warning")
    yield Result(Document(detection_text(found), detection_json(found)))


def parse_source(
    text: str,
    branch: str = "",
    path: str = "",
    ssh_key: str = "",
    token_env: str = "",
    token_file: str = "",
) -> SourceRef:
    """Return the source that a person named; nothing is read but whether such a folder is there.

    Args:
        text: a folder (relative ones count from the working directory), or a Git URL: https, http, ssh,
            git, file, or ``user@host:path``.
        branch: branch, tag or commit; only for Git.
        path: sub-folder inside it.
        ssh_key: private key, for ssh.
        token_env: name of the variable that holds a token, for http(s).
        token_file: file that holds it instead.

    Raises:
        InvalidInput: it is none of these, runs a command, reads as an option, or holds a password.
    """
    named = text.strip()
    if not named:
        raise InvalidInput("no source was given", "name a folder or a Git URL", field=FIELD)
    if named.startswith("-"):
        raise InvalidInput(
            f"the source {named[:40]!r} begins with a dash and would be read as an option",
            "write a folder as ./NAME",
            field=FIELD,
        )
    if not named.isprintable():
        raise InvalidInput("the source contains control characters", field=FIELD)
    subpath = _subpath(path)
    if not _is_remote(named):
        return _folder(named, branch, subpath)
    scheme = _checked_scheme(named)
    _check_token(scheme, token_env, token_file)
    return SourceRef(
        "git",
        named,
        ref=branch,
        subpath=subpath,
        ssh_key=_absolute(ssh_key),
        token_env=token_env,
        token_file=_absolute(token_file),
    )


def _is_remote(named: str) -> bool:
    if _SCHEME.match(named) or _HELPER.match(named):
        return True
    if Path(named).expanduser().exists() or named.startswith((".", "/", "~")):
        return False
    if _BARE_HOST.fullmatch(named) and ":" not in named:
        raise InvalidInput(f"there is no folder {named}", f"for a Git URL write https://{named}", field=FIELD)
    return _SCP.fullmatch(named) is not None


def _checked_scheme(named: str) -> str:
    if _HELPER.match(named):
        helper = named.partition("::")[0]
        raise InvalidInput(f"the transport {helper}:: runs a command", _transports(), field=FIELD)
    match = _SCHEME.match(named)
    scheme = match[1].lower() if match else "ssh"
    if scheme not in SCHEMES:
        raise InvalidInput(f"the transport {scheme}:// is not accepted", _transports(), field=FIELD)
    if any(c.isspace() for c in named):
        raise InvalidInput("a Git URL has no spaces", "write a space in a path as %20", field=FIELD)
    user = _USER.match(named)
    if user and (":" in user[1] or (scheme in {"http", "https"} and _TOKEN.match(user[1]))):
        raise InvalidInput("the Git URL contains a password or token", _TOKEN_MEND, field=FIELD)
    return scheme


def _transports() -> str:
    return f"use {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}"


def _check_token(scheme: str, token_env: str, token_file: str) -> None:
    if token_env and token_file:
        raise InvalidInput("a token is given twice", "use --token-env or --token-file", field="--token-file")
    if (token_env or token_file) and scheme not in {"http", "https"}:
        field = "--token-env" if token_env else "--token-file"
        raise InvalidInput(f"a token is for http(s), not for {scheme}", "use --ssh-key for ssh", field=field)
    if token_env and not _NAME.fullmatch(token_env):
        raise InvalidInput(
            "--token-env takes the name of a variable, not the token itself",
            "export GIT_TOKEN=… and give --token-env GIT_TOKEN",
            field="--token-env",
        )


def _folder(named: str, branch: str, subpath: str) -> SourceRef:
    if branch:
        raise InvalidInput(
            "a folder is taken as it is: it has no --branch",
            f"to deploy a branch of a local repository give file://{_absolute(named)}",
            field="--branch",
        )
    return SourceRef("folder", _absolute(named), subpath=subpath)


def _absolute(path: str) -> str:
    """Return the path as absolute; links stay, so that a source may be a link that is moved on."""
    return os.path.abspath(Path(path).expanduser()) if path else ""  # noqa: PTH100


def _subpath(path: str) -> str:
    parts = [p for p in path.split("/") if p not in {"", "."}]
    if path.startswith(("/", "-", "~")) or ".." in parts or not path.isprintable():
        raise InvalidInput(
            f"{path[:80]!r} is no folder inside the source", "name it from the root: apps/web", field="--path"
        )
    return "/".join(parts)


def _inside(source: SourceRef) -> Path:
    """Return the folder to read, its sub-path applied; InvalidInput when that leads out or is not there."""
    root = Path(source.location)
    if not source.subpath:
        return root
    folder = (root / source.subpath).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise InvalidInput(f"{source.subpath!r} leads out of the source", field="--path")
    if not folder.is_dir():
        raise InvalidInput(f"the source has no folder {source.subpath!r}", field="--path")
    return folder


@contextmanager
def _temporary(ctx: Context) -> Iterator[Path]:
    """Give a folder in the state directory that goes with the body, whatever happens in it."""
    import shutil
    import tempfile

    ctx.settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="detect-", dir=ctx.settings.state_dir))
    try:
        yield made / "source"
    finally:
        shutil.rmtree(made, ignore_errors=True)
