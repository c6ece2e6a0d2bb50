"""How Git is run: an environment of its own, no prompts, no hooks, no helper programs of a source.

A token travels in an anonymous memory file that Git's children inherit: it stands on no command line, in
no file, in no configuration and in no environment variable, and is answered for its own host only.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.core.secrets import Redactor
from machete_tui.core.settings import Settings
from machete_tui.core.source import SourceRef
from machete_tui.engines.git_url import SCHEMES, Remote

CONNECT_SECONDS = 15
"""How long ssh waits for a connection."""

STALL_SECONDS = 30
"""How long http may carry under 1 kB a second."""

TOKEN_USER = "x-access-token"
"""User name beside a token when the URL has none; GitHub and GitLab take any, or this one."""

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK"),
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
)

_CONFIG = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.symlinks": "true",
    "core.autocrlf": "false",
    "core.askPass": "",
    "init.templateDir": "",
    "init.defaultBranch": "main",
    "advice.detachedHead": "false",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",
    "protocol.fd.allow": "never",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": str(STALL_SECONDS),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What one conversation with a remote needs.

    Attributes:
        remote: the other side.
        environment: for every Git process.
        descriptors: that its children inherit.
        redact: masks the token in whatever they print.
    """

    remote: Remote
    environment: dict[str, str]
    descriptors: tuple[int, ...]
    redact: Redactor


def local() -> Access:
    """Return what reading a folder on this machine needs: no remote, no key, no token."""
    environment = _base()
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    environment["GIT_ALLOW_PROTOCOL"] = ""
    _configure(environment, _CONFIG)
    return Access(Remote("", "file"), environment, (), Redactor())


@contextmanager
def access(settings: Settings, source: SourceRef, remote: Remote) -> Iterator[Access]:
    """Prepare it for the body; InvalidInput names the option whose key or token cannot be used."""
    token = _token(source, remote)
    config = dict(_CONFIG)
    descriptor = -1
    redact = Redactor()
    if token:
        redact.add([token])
        descriptor = os.memfd_create("token", 0)
        os.write(descriptor, token.encode())
        config["credential.helper"] = ""  # no other helper may see it, or keep it
        config[f"credential.{remote.site}.helper"] = _helper(descriptor, remote.user or TOKEN_USER)
    try:
        environment = _environment(settings, source, remote, config)
        yield Access(remote, environment, (descriptor,) if token else (), redact)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _environment(
    settings: Settings, source: SourceRef, remote: Remote, config: dict[str, str]
) -> dict[str, str]:
    environment = _base()
    allowed = [s for s in SCHEMES if s != "file" or remote.scheme == "file"]
    environment["GIT_ALLOW_PROTOCOL"] = ":".join(allowed)
    environment["GIT_SSH_COMMAND"] = _ssh(settings, source)
    _configure(environment, config)
    return environment


def _base() -> dict[str, str]:
    """Return the part of this process's environment that Git may have, without prompts."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment.update(
        LC_ALL="C",
        LANGUAGE="C",
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="/bin/false",
        SSH_ASKPASS="/bin/false",
        SSH_ASKPASS_REQUIRE="never",
        GCM_INTERACTIVE="never",
    )
    return environment


def _configure(environment: dict[str, str], config: dict[str, str]) -> None:
    environment["GIT_CONFIG_COUNT"] = str(len(config))
    for number, (name, value) in enumerate(config.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = name
        environment[f"GIT_CONFIG_VALUE_{number}"] = value


def _helper(descriptor: int, user: str) -> str:
    """Return a credential helper in shell; Git itself asks it for the one host only."""
    answer = (
        f"read -r t </dev/fd/{descriptor}; printf 'username=%s\\npassword=%s\\n' {shlex.quote(user)} \"$t\""
    )
    return f'!f() {{ test "$1" = get || return 0; {answer}; }}; f'


def _ssh(settings: Settings, source: SourceRef) -> str:
    known = settings.state_dir / "known_hosts"
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = ["ssh"]
    if source.ssh_key:
        words += ["-i", str(_key(source.ssh_key)), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
    options = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "accept-new",
        "UserKnownHostsFile": f'"{known}" "~/.ssh/known_hosts"',
        "HashKnownHosts": "no",
        "ConnectTimeout": str(CONNECT_SECONDS),
        "ServerAliveInterval": "15",
        "ServerAliveCountMax": "3",
        "ControlMaster": "no",
        "ControlPath": "none",
        "ForwardAgent": "no",
        "ForwardX11": "no",
        "ClearAllForwardings": "yes",
        "PermitLocalCommand": "no",
    }
    for name, value in options.items():
        words += ["-o", f"{name}={value}"]
    return shlex.join(words)


def _key(path: str) -> Path:
    key = Path(path).expanduser()
    try:
        state = key.stat()
        with key.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        raise InvalidInput(f"the key {path} cannot be read: {error.strerror}", field="--ssh-key") from error
    if not key.is_file() or b"PRIVATE KEY" not in head:
        raise InvalidInput(
            f"{path} is no private key", "give the key itself, not the .pub file", field="--ssh-key"
        )
    if state.st_mode & 0o077:
        raise InvalidInput(
            f"others can read the key {path}, so ssh will not use it", f"chmod 600 {path}", field="--ssh-key"
        )
    return key.absolute()


def _token(source: SourceRef, remote: Remote) -> str:
    if not source.token_env and not source.token_file:
        return ""
    field = "--token-env" if source.token_env else "--token-file"
    if remote.scheme not in ("http", "https"):
        raise InvalidInput(
            f"a token is for http(s), not for {remote.scheme}", "give a key with --ssh-key", field=field
        )
    if source.token_env:
        text = os.environ.get(source.token_env, "")
        if not text:
            raise InvalidInput(f"the variable {source.token_env} is not set", "export it first", field=field)
    else:
        try:
            with Path(source.token_file).expanduser().open("rb") as stream:
                text = stream.read(16_384).decode()
        except (OSError, UnicodeDecodeError) as error:
            said = getattr(error, "strerror", None) or "it is not text"
            raise InvalidInput(
                f"the token file {source.token_file} cannot be read: {said}", field=field
            ) from error
    token = text.strip()
    if not token or not token.isprintable() or any(c.isspace() for c in token):
        raise InvalidInput("the token is empty, or more than one word", "it is one line of text", field=field)
    return token
