"""The settings of one start: the defaults, what the configuration says, and the host that is operated."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from machete_tui.core.errors import MacheteError
from machete_tui.core.settings import Settings

if TYPE_CHECKING:
    from machete_tui.core.config import Config


def load_config(environ: Mapping[str, str] = os.environ) -> Config | None:
    """Return the operator's configuration, or None where there is no file: that start pays for nothing."""
    path = config_path(environ)
    if not path.exists():
        return None
    from machete_tui.core.config import load

    return load(path)


def settings_for(
    config: Config | None,
    host: str = "",
    *,
    base: Settings | None = None,
    strict: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings of a host.

    Args:
        config: what :func:`load_config` gave.
        host: a name or a URL; empty for the one that docker, or an earlier choice, would take.
        base: what the configuration comes on top of.
        strict: whether a mistake that may change what an action does refuses it (``Settings.faults`` and
            ``doubts``). Otherwise defaults stand in, and a file that is no TOML at all makes everything
            read-only: it may say that this host is.
        environ: the process's variables.

    Raises:
        InvalidInput, NotFound: ``host`` names none that can be used.
    """
    settings = replace(base or Settings(), config=config_path(environ))
    if config is not None:
        settings = replace(settings, **config.numbers)
        if strict:
            whole = tuple(str(m) for m in config.mistakes if config.unreadable)
            numbers = tuple(str(m) for m in config.mistakes if m.part == "settings")
            settings = replace(settings, faults=whole, doubts=numbers)
        elif config.unreadable:
            settings = replace(settings, read_only=True)
    if config is None and not host and not _other_host(settings, environ):
        return settings
    from machete_tui.core import hosts

    name = hosts.wanted(settings, config, host, environ)
    try:
        return hosts.applied(settings, hosts.find(settings, config, name, environ))
    except MacheteError as error:
        if host:
            raise
        # The one that was chosen before is gone or wrong: an action must not land on another one instead.
        said = f"{error.what}; {error.mend}"
        return replace(settings, faults=(*settings.faults, said))


def _other_host(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Return whether anything may name a host other than this machine; a look at a few small files."""
    if environ.get("DOCKER_CONTEXT") or not environ.get("DOCKER_HOST", "unix:").startswith("unix:"):
        return True
    if environ.get("DOCKER_HOST"):
        return False
    if (settings.home / "host").exists():
        return True
    try:
        return b"currentContext" in (settings.docker_config / "config.json").read_bytes()
    except OSError:
        return False


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the file is looked for: ``MACHETE_CONFIG``, else below the XDG configuration folder."""
    given = environ.get("MACHETE_CONFIG")
    base = environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(given) if given else Path(base) / "machete-tui" / "config.toml"
