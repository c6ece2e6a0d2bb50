"""``system.doctor``: what is needed on this machine, what was found, and the command that mends it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Literal

from machete_tui.core.cancel import Cancel
from machete_tui.core.clock import iso
from machete_tui.core.context import Context
from machete_tui.core.engine import EngineInfo
from machete_tui.core.errors import (
    EngineUnavailable,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
    StoreUnavailable,
)
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.machine import MachineFacts
from machete_tui.core.results import Listing, column
from machete_tui.operations.registry import operation

State = Literal["ok", "warn", "fail"]

OLDEST_ENGINE = (20, 10)
SETUP = "machete-tui --run system.setup"
BOOTSTRAP = "machete-tui --run image.bootstrap"
ROOMY_DISK = 5 << 30
ROOMY_MEMORY = 512 << 20
SMALLEST_SCREEN = (80, 24)
_A_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Doctor:
    """No choice: everything is checked."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: what.
        state: ``fail`` when nothing can be deployed like that, ``warn`` when something is worse for it.
        found: what is there, in one line.
        mend: the command that mends it, or what to do; empty when it is right.
    """

    name: str = column("CHECK")
    state: State = column("STATE")
    found: str = column("FOUND", fold=True)
    mend: str = column("MEND", lambda text: text or "-", fold=True, default="")


@dataclass(frozen=True, slots=True)
class Findings:
    """All checks, the errors behind those that failed, and the facts they were made from."""

    checks: tuple[Check, ...]
    errors: tuple[MacheteError, ...]
    facts: MachineFacts
    registry: bool = False

    @property
    def failed(self) -> tuple[Check, ...]:
        """Those without which nothing works."""
        return tuple(check for check in self.checks if check.state == "fail")


@operation("system.doctor", "check what is needed on this machine, and say how to mend what is missing")
def doctor(ctx: Context, request: Doctor, cancel: Cancel) -> Iterator[Event]:
    """Check each thing; when one that is needed fails, the list is followed by the error."""
    found = examine(ctx)
    yield Result(Listing(found.checks))
    if found.failed:
        first = found.errors[0]
        names = ", ".join(check.name for check in found.failed)
        what = first.what if len(found.failed) == 1 else f"{len(found.failed)} checks failed: {names}"
        raise type(first)(what, found.failed[0].mend, log=first.log)


def examine(ctx: Context) -> Findings:
    """Make every check; nothing is changed, and no check's failure hinders another."""
    facts = ctx.machine.facts()
    checks: list[Check] = [_system(facts)]
    errors: list[MacheteError] = []

    def add(check: Check, error: MacheteError | None = None) -> None:
        checks.append(check)
        if check.state == "fail":
            errors.append(error or NotFound(f"{check.name}: {check.found}", check.mend))

    info, failure = _ask_engine(ctx)
    add(_engine(info, failure, facts), failure)
    for tool, called in (("docker", "docker client"), ("compose", "compose v2"), ("buildx", "buildx")):
        add(_tool(facts, tool, called))
    add(_tool(facts, "git", "git"))
    registry = info is not None and _registry(ctx)
    checks.append(_registry_check(ctx, registry, known=info is not None))
    checks.append(_base_images(facts, registry))
    _folder_check(ctx, add)
    _database_check(ctx, add)
    _room(ctx, info, add)
    checks.append(_clock(ctx, facts))
    checks.append(_terminal(facts))
    return Findings(tuple(checks), tuple(errors), facts, registry)


def as_root(facts: MachineFacts, command: str) -> str:
    """Return a command as this user has to type it when it needs root."""
    return command if facts.root else f"sudo {command}"


def _system(facts: MachineFacts) -> Check:
    if facts.manager == "apt" and facts.distribution in ("debian", "ubuntu"):
        return Check("system", "ok", f"{facts.system}, packages by {facts.manager}")
    return Check(
        "system",
        "warn",
        f"{facts.system}: system.setup does not know its packages",
        "install by hand: Docker Engine, compose v2, buildx, git, mmdebstrap",
    )


def _ask_engine(ctx: Context) -> tuple[EngineInfo | None, MacheteError | None]:
    try:
        return ctx.engine.info(), None
    except (EngineUnavailable, NotPermitted) as error:
        return None, error


def _engine(info: EngineInfo | None, failure: MacheteError | None, facts: MachineFacts) -> Check:
    if info is not None:
        version = tuple(int(part) for part in re.findall(r"\d+", info.version)[:2])
        if version and version < OLDEST_ENGINE and info.name == "docker":
            return Check("engine", "fail", f"{info.version} is older than 20.10", as_root(facts, SETUP))
        return Check("engine", "ok", f"{info.name} {info.version}, API {info.api}, cgroup v{info.cgroup}")
    said = failure.what if failure else "no answer"
    if isinstance(failure, NotPermitted) or facts.socket == "denied":
        mend = f"sudo usermod -aG docker {facts.user}; then log in again"
    elif facts.own_socket or facts.socket == "remote":
        mend = "unset DOCKER_HOST, or start the Engine that it names"
    elif "dockerd" in facts.tools and facts.service_manager == "systemd":
        mend = as_root(facts, "systemctl enable --now docker")
    else:
        mend = as_root(facts, SETUP)
    return Check("engine", "fail", said, mend)


def _tool(facts: MachineFacts, tool: str, called: str) -> Check:
    version = facts.tools.get(tool)
    if version:
        return Check(called, "ok", version)
    return Check(called, "fail", "not installed", as_root(facts, SETUP))


def _registry(ctx: Context) -> bool:
    try:
        return ctx.engine.registry_answers()
    except MacheteError:
        return False


def _registry_check(ctx: Context, answers: bool, *, known: bool) -> Check:
    named = f" ({ctx.settings.registry})" if ctx.settings.registry else ""
    if answers:
        return Check("registry", "ok", f"an image registry answers{named}")
    if not known:
        return Check("registry", "warn", "not known without an Engine")
    return Check(
        "registry", "warn", f"no image registry answers{named}: base images are made here", BOOTSTRAP
    )


def _base_images(facts: MachineFacts, registry: bool) -> Check:
    version = facts.tools.get("mmdebstrap")
    if version:
        return Check("mmdebstrap", "ok", f"{version}, for base images without a registry")
    if registry:
        return Check("mmdebstrap", "ok", "not installed, and not needed while a registry answers")
    return Check(
        "mmdebstrap", "warn", "not installed: no base images without a registry", as_root(facts, SETUP)
    )


def _folder_check(ctx: Context, add: Callable[..., None]) -> None:
    folder = ctx.settings.state_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        reason = error.strerror or "may not be written"
        mend = f"chown -R {ctx.machine.facts().user} {folder}, or set MACHETE_STATE_DIR"
        add(
            Check("state folder", "fail", f"{folder}: {reason}", mend),
            NotPermitted(f"{folder}: {reason}", mend),
        )
        return
    mode = folder.stat().st_mode & 0o077
    if mode:
        add(Check("state folder", "warn", f"{folder} can be read by others", f"chmod 700 {folder}"))
    else:
        add(Check("state folder", "ok", str(folder)))


def _database_check(ctx: Context, add: Callable[..., None]) -> None:
    try:
        services = len(ctx.store.services.all())
    except StoreUnavailable as error:
        add(Check("database", "fail", error.what, error.mend), error)
        return
    add(Check("database", "ok", f"{services} service{'' if services == 1 else 's'} known"))


def _room(ctx: Context, info: EngineInfo | None, add: Callable[..., None]) -> None:
    settings = ctx.settings
    folder = (info.root if info else "") or str(settings.state_dir)
    for name, free, least, roomy, where, mend in (
        (
            "disk",
            ctx.host.disk_free(folder),
            settings.disk_reserve,
            ROOMY_DISK,
            f" for {folder}",
            "docker system df",
        ),
        (
            "memory",
            ctx.host.memory_free(),
            settings.memory_reserve,
            ROOMY_MEMORY,
            "",
            "stop something, or add memory",
        ),
    ):
        said = f"{_gigabytes(free)} free{where}"
        if free < least:
            add(
                Check(name, "fail", f"{said}, {_gigabytes(least)} are needed", mend),
                NoCapacity(f"{name}: {said}, {_gigabytes(least)} are needed", mend),
            )
        else:
            add(Check(name, "warn" if free < roomy else "ok", said, mend if free < roomy else ""))


def _gigabytes(count: int) -> str:
    return f"{count / (1 << 30):.1f} GiB"


def _clock(ctx: Context, facts: MachineFacts) -> Check:
    now = ctx.clock.now()
    mend = as_root(facts, "timedatectl set-ntp true") if facts.service_manager else "set it: date -s"
    if now < facts.clock_floor - _A_DAY:
        return Check("clock", "warn", f"{iso(now)} is before this program was installed", mend)
    try:
        last = ctx.store.events.last(1)
    except StoreUnavailable:
        last = []
    if last and last[0].at > now + 60:
        return Check("clock", "warn", f"{iso(now)}, but something was done here at {iso(last[0].at)}", mend)
    return Check("clock", "ok", iso(now))


def _terminal(facts: MachineFacts) -> Check:
    terminal = facts.terminal
    if not terminal.attached:
        return Check("terminal", "ok", "none here, as --run needs none")
    size = f"{terminal.columns}x{terminal.rows}"
    if terminal.kind in ("", "dumb"):
        return Check(
            "terminal", "warn", f"TERM is {terminal.kind or 'not set'}", "export TERM=xterm-256color"
        )
    if not terminal.utf8:
        return Check("terminal", "warn", f"{terminal.kind}, not UTF-8", "export LANG=C.UTF-8")
    if terminal.columns < SMALLEST_SCREEN[0] or terminal.rows < SMALLEST_SCREEN[1]:
        return Check("terminal", "warn", f"{size} is small", "make it 80x24 or larger")
    return Check("terminal", "ok", f"{terminal.kind}, {size}, UTF-8")
