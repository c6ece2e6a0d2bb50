"""Base images from the distribution's own packages: the root file system, and the context they build in."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import BuildFailed, InvalidInput, NotFound
from machete_tui.core.machine import BasesContext
from machete_tui.core.secrets import mask_urls
from machete_tui.engines import bootstrap_mirrors as mirrors
from machete_tui.engines.processes import run_lines

SUITE = "trixie"
"""The Debian release inside the base images."""

CERTIFICATES = Path("/usr/local/share/ca-certificates")
"""Where Debian and Ubuntu keep the certificates that were added to this machine."""

MIRROR_VARIABLE = "MACHETE_DEBIAN_MIRROR"
"""Names Debian's mirror where apt's own sources do not: a URL."""

_UNUSED_SECONDS = 86400.0
_SMALL = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*")


def source_lines(codename: str) -> tuple[str, ...]:
    """Return the lines of apt sources for the root file system; empty for mmdebstrap's own default.

    Raises:
        InvalidInput: the mirror's address holds a password, which would end up in the images.
    """
    given = os.environ.get(MIRROR_VARIABLE)
    if given:
        lines: tuple[str, ...] = (f"deb {given} {SUITE} main",)
    else:
        lines = mirrors.debian_lines(mirrors.apt_sources(), codename, SUITE)
    for line in lines:
        if mask_urls(line) != line:
            raise InvalidInput(
                "the Debian mirror's address in apt's sources holds a password, which the images would keep",
                f"move it to /etc/apt/auth.conf.d, or set {MIRROR_VARIABLE} to an address without one",
                field="/etc/apt/sources.list.d",
            )
    return lines


def root_command(tar: Path, lines: tuple[str, ...], options: Mapping[str, str]) -> list[str]:
    """Return the mmdebstrap command that writes the root file system to ``tar``.

    Args:
        tar: file to write.
        lines: apt source lines; empty for mmdebstrap's default mirror.
        options: settings of apt that it needs to reach them.
    """
    command = ["mmdebstrap", "--variant=minbase", "--format=tar", "--include=ca-certificates"]
    command += [f"--dpkgopt=path-exclude={path}" for path in _SMALL]
    command += ['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"']
    command += [f'--aptopt={key} "{value}"' for key, value in options.items()]
    for keyring in dict.fromkeys(_keyrings(lines)):
        folder = str(Path(keyring).parent)
        command += [f"--setup-hook=mkdir -p \"$1\"'{folder}'", f"--setup-hook=copy-in '{keyring}' '{folder}'"]
    return [*command, SUITE, str(tar), *lines]


def _keyrings(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        for word in line.replace("[", " ").replace("]", " ").split():
            if word.startswith("signed-by="):
                yield word.removeprefix("signed-by=")


def base_root(
    folder: Path, codename: str, cancel: Cancel, *, refresh: bool = False
) -> Generator[tuple[str, ...], None, str]:
    """Make the root file system in ``folder``, or take the one made before; return the tar's path.

    One that is made for other package sources is another file, so that a changed mirror is noticed.
    """
    if not shutil.which("mmdebstrap"):
        raise NotFound("mmdebstrap is not installed", "machete-tui --run system.setup")
    lines = source_lines(codename)
    options = {k: v for k, v in mirrors.apt_options().items() if mask_urls(v) == v}
    digest = hashlib.sha256("\n".join((*lines, *map(str, options.items()))).encode()).hexdigest()[:12]
    tar = folder / f"root-{SUITE}-{digest}.tar"
    with _held(folder):
        if tar.is_file() and not refresh:
            return str(tar)
        part = tar.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            with _work_folder() as work:
                yield from run_lines(
                    root_command(part, lines, options),
                    cancel,
                    env={"TMPDIR": work},
                    error=BuildFailed,
                    mend=f"see whether `apt-get update` works; {MIRROR_VARIABLE}=URL names another mirror",
                )
            part.replace(tar)
        finally:
            part.unlink(missing_ok=True)
        for old in folder.glob("root-*.tar"):
            if old != tar:
                old.unlink(missing_ok=True)
    return str(tar)


@contextmanager
def _work_folder() -> Iterator[str]:
    """Make a folder on a disk, as one in memory is too small for a root; remove it whatever happens.

    Without root, mmdebstrap works as other users, who must be able to enter it.
    """
    disk = "/var/tmp" if os.access("/var/tmp", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="machete-root-", dir=disk, ignore_cleanup_errors=True) as work:
        Path(work).chmod(0o1777)
        yield work


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes; the kernel lets go when this one dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bases_context(folder: Path, codename: str, certificates: Path = CERTIFICATES) -> BasesContext:
    """Write the build context into ``folder`` and return it.

    The context holds the Dockerfile and what it copies, this machine's own certificates, and the
    settings of pip, uv, npm and Go without any password. Settings with passwords are files beside it,
    mode 0600, for secret mounts.
    """
    with _held(folder):
        draft = folder / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        _copy(resources.files("machete_tui") / "templates" / "bases", draft)
        trusted = draft / "certificates"
        trusted.mkdir()
        for certificate in sorted(certificates.rglob("*.crt")) if certificates.is_dir() else ():
            shutil.copyfile(certificate, trusted / certificate.name)
        pip = mirrors.pip_settings()
        _write_settings(draft / "settings", pip)
        digest = hashlib.sha256("\n".join(source_lines(codename)).encode())
        for path in sorted(draft.rglob("*")):
            if path.is_file():
                digest.update(f"{path.relative_to(draft)}\0".encode() + path.read_bytes())
        recipe = digest.hexdigest()[:12]
        context = _keep(draft, folder / f"context-{recipe}")
        secrets = _write_secrets(folder / "secrets", pip)
    return BasesContext(
        folder=str(context),
        dockerfile=str(context / "Dockerfile"),
        recipe=recipe,
        secrets=secrets,
        args=mirrors.proxies(),
    )


def _keep(draft: Path, context: Path) -> Path:
    """Put a context in its place, unless it is there: another process may be building from it.

    Contexts of other recipes go once nobody can be building from them any more.
    """
    for other in context.parent.glob("context-*"):
        if other != context and other.stat().st_mtime < time.time() - _UNUSED_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    if context.is_dir():
        shutil.rmtree(draft)
    else:
        draft.rename(context)
    return context


def _copy(source: Traversable, target: Path) -> None:
    """Copy a folder of the package, which may be inside an archive; what is run keeps its mode."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        else:
            path = target / entry.name
            path.write_bytes(entry.read_bytes())
            path.chmod(0o755 if path.read_bytes()[:2] == b"#!" else 0o644)


def _write_settings(folder: Path, pip: Mapping[str, str]) -> None:
    """Write what may stand in an image, at the paths where each program looks for it."""
    public = mirrors.open_settings(pip)
    npm = mirrors.open_settings(mirrors.npm_settings())
    go = mirrors.open_settings(mirrors.go_settings())
    texts = {
        "etc/pip.conf": mirrors.pip_conf(public) if public else "",
        "etc/uv/uv.toml": mirrors.uv_toml(public),
        "usr/local/etc/npmrc": mirrors.assignments(npm),
        "root/.config/go/env": mirrors.assignments(go),
    }
    folder.mkdir()
    for name, text in texts.items():
        if text:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in folder.glob("root"):
        path.chmod(0o700)


def _write_secrets(folder: Path, pip: Mapping[str, str]) -> dict[str, str]:
    """Write the settings that hold passwords, readable by nobody else; return secret id -> path."""
    folder.mkdir(mode=0o700, exist_ok=True)
    texts = {"pip": mirrors.pip_conf(pip) if pip else "", "apt": _apt_logins()}
    written = {}
    for name, text in texts.items():
        path = folder / name
        if not text:
            path.unlink(missing_ok=True)
            continue
        part = folder / f"{name}.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        written[name] = str(path)
    return written


def _apt_logins(folder: Path = Path("/etc/apt")) -> str:
    texts = []
    for path in (folder / "auth.conf", *sorted((folder / "auth.conf.d").glob("*.conf"))):
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except OSError:
            continue
    return "\n".join(texts)
