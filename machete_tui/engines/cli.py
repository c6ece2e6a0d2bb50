"""How the docker command line is called: always with the Engine named, never with this shell's variables."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Mapping

from machete_tui.core.settings import Settings

_PASSED = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)

_PEMS = (("cacert", "ca"), ("cert", "cert"), ("key", "key"))


def host(settings: Settings) -> str:
    """Return the Engine's address as the docker client takes it."""
    return settings.docker_host or f"unix://{settings.socket}"


def docker(settings: Settings, *words: str) -> list[str]:
    """Return the command line ``docker --host … WORDS``."""
    tls = settings.docker_tls
    known = ["--tlsverify", *(f"--tls{n}={tls}/{f}.pem" for n, f in _PEMS)] if tls else []
    return [shutil.which("docker") or "docker", "--host", host(settings), *known, *words]


def shown(argv: list[str]) -> str:
    """Return a docker command line as a person would type it: without what only this program needs."""
    words: list[str] = []
    rest = iter(argv[1:])
    for word in rest:
        if word in ("--host", "--ansi", "--progress", "--label", "--builder"):
            next(rest, "")
        elif word not in ("--progress=plain", "--quiet-pull", "--tlsverify") and not word.startswith("--tls"):
            words.append(word)
    return shlex.join(["docker", *words])


def environment(without: Iterable[str] = (), **more: str) -> dict[str, str]:
    """Return the environment of a docker command.

    Only what the client itself needs is passed on. A variable of the shell would win over the one of the
    same name in a project's ``.env``, so that the names in ``without`` are left out even of those.
    """
    given: Mapping[str, str] = os.environ
    kept = {name: given[name] for name in _PASSED if name in given}
    if "DOCKER_CONFIG" not in kept and "HOME" in kept:
        kept["DOCKER_CONFIG"] = os.path.join(kept["HOME"], ".docker")  # noqa: PTH118 - a text for a program
    for name in without:
        kept.pop(name, None)
    return kept | more
