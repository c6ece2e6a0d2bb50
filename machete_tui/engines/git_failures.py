"""What Git says when it fails, as an error that a person can mend.

The texts are those of Git 2.39's and OpenSSH's C locale; the first rule that matches tells.
"""

from __future__ import annotations

import re

from machete_tui.core.errors import InvalidInput, MacheteError, NoCapacity, NotFound, NotPermitted
from machete_tui.engines.git_process import Finished
from machete_tui.engines.git_url import Remote

_LET_IN = (
    "give a token with --token-env NAME or --token-file FILE (https), or a key with --ssh-key FILE (ssh)"
)
_SPELLING = "look at its spelling; hosts also say so of private ones: " + _LET_IN

_RULES: tuple[tuple[str, type[MacheteError], str, str], ...] = (
    (r"no space left on device|disk quota exceeded", NoCapacity, "the disk is full", "free some disk space"),
    (
        r"host key verification failed|remote host identification has changed",
        NotPermitted,
        "{host} shows another host key than before, or its key is not trusted",
        "if that is right, forget the old one: ssh-keygen -f {known} -R '{entry}'",
    ),
    (
        r"permission denied \(|too many authentication failures|no supported authentication methods",
        NotPermitted,
        "{host} does not let the key in",
        "give a key that it knows with --ssh-key FILE",
    ),
    (
        r"authentication failed|error: 401|invalid username or password|error: 403|access denied$",
        NotPermitted,
        "{host} refuses what was given",
        _LET_IN,
    ),
    (
        r"could not read (username|password)|terminal prompts disabled|askpass",
        NotPermitted,
        "{host} asks for a password",
        _LET_IN,
    ),
    (
        r"certificate|ssl|gnutls|tls",
        NotPermitted,
        "the certificate of {host} is not trusted",
        "install its CA on this machine (GIT_SSL_CAINFO names a file)",
    ),
    (
        r"could not resolve host|name or service not known|temporary failure in name resolution"
        r"|unable to look up",
        NotFound,
        "{host} does not answer: no such host name",
        "look at its spelling and at this machine's DNS",
    ),
    (
        r"connection refused|failed to connect|couldn't connect|connection timed out|operation timed out"
        r"|no route to host|network is unreachable|connection reset|unable to connect|connection closed"
        r"|operation too slow|timed out",
        NotFound,
        "{host} does not answer",
        "look whether it runs and can be reached from here",
    ),
    (
        r"repository .*not found|does not appear to be a git repository|not exported|error: 404"
        r"|does not exist|not a git repository|no such file or directory|remote error: .*not found"
        r"|not valid: is this a git",
        NotFound,
        "there is no Git repository at {url}",
        _SPELLING,
    ),
    (
        r"dubious ownership",
        NotPermitted,
        "{url} belongs to another user",
        "git config --global --add safe.directory PATH, if you trust it",
    ),
    (r"transport '.*' not allowed", InvalidInput, "a submodule uses a transport that is not accepted", ""),
    (
        r"early eof|unexpected disconnect|hung up unexpectedly|rpc failed|unexpected eof",
        NotFound,
        "{host} broke off in the middle",
        "try again",
    ),
    (
        r"could not read from remote repository",
        NotFound,
        "there is no Git repository at {url}, or it may not be read",
        _SPELLING,
    ),
)


def failure(finished: Finished, remote: Remote, known_hosts: str, *, doing: str = "") -> MacheteError:
    """Return the error for a command that failed; ``doing`` says what it was for."""
    text = "\n".join(finished.said)
    name, colon, port = remote.host.rpartition(":")
    entry = f"[{name}]:{port}" if colon and port.isdigit() else remote.host
    words = {"host": remote.host or "the remote", "url": remote.url, "known": known_hosts, "entry": entry}
    begin = f"{doing}: " if doing else ""
    for rule, kind, what, mend in _RULES:
        if re.search(rule, text, re.IGNORECASE | re.MULTILINE):
            return kind(
                begin + what.format(**words), mend.format(**words), field="SOURCE", log=finished.said[-10:]
            )
    last = finished.said[-1] if finished.said else f"git ended with {finished.code}"
    return NotFound(f"{begin}{remote.url} cannot be read: {last}", field="SOURCE", log=finished.said[-10:])
