"""Why a release failed, in one line, and what to do about it: from what was seen, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from machete_tui.core.engine import ContainerDetail, Listener
from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Component


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reason in one line, and a suggestion."""

    reason: str
    suggestion: str


_MISSING_VARIABLE = (
    re.compile(r"KeyError: ['\"](?P<name>[A-Z][A-Z0-9_]+)['\"]"),
    re.compile(
        r"(?:missing|required|undefined)\b[^\n]{0,40}?(?:env(?:ironment)?\b[^\n]{0,20}?)?"
        r"(?:variable|var|setting|config)s?\b[^\nA-Z]{0,20}(?P<name>[A-Z][A-Z0-9_]{2,})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<name>\b[A-Z][A-Z0-9_]{2,}\b)['\"`]? "
        r"(?:is|was|must be|has to be|needs to be|environment variable is) "
        r"?(?:not |un)?(?:set|defined|required|missing|provided)"
    ),
    re.compile(
        r"environment variable ['\"`]?(?P<name>[A-Z][A-Z0-9_]{2,})['\"`]? (?:is )?(?:not|missing|required)"
    ),
    re.compile(r"key not found: ['\"](?P<name>[A-Z][A-Z0-9_]+)['\"]"),
    re.compile(r"could not find an environment variable to match ['\"](?P<name>[A-Z][A-Z0-9_]+)"),
)
_NOT_FOUND = re.compile(
    r"(?:exec:? [\"']?(?P<exec>[^\s\"':]+)[\"']?: (?:executable file )?not found"
    r"|(?:sh|bash)?:? ?(?:line )?\d*:? ?(?P<sh>[\w./-]+): (?:command )?not found)"
)
_NO_MODULE = re.compile(
    r"Cannot find (?:module|package) '(?P<node>[^']+)'|No module named '?(?P<python>[\w.]+)'?"
)
_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded|ENOSPC", re.IGNORECASE)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def missing_variable(lines: Sequence[str]) -> str:
    """Return the name of the environment variable that the output says is missing, or an empty text."""
    for line in reversed(lines):
        for pattern in _MISSING_VARIABLE:
            match = pattern.search(line)
            if match and match["name"].isupper():
                return match["name"]
    return ""


def command_not_found(lines: Sequence[str]) -> str:
    """Return the command that the output says does not exist, or an empty text."""
    for line in reversed(lines):
        match = _NOT_FOUND.search(line)
        if match:
            return match["exec"] or match["sh"]
    return ""


def module_not_found(lines: Sequence[str]) -> str:
    """Return the module of Node or Python that the output says is missing, or an empty text."""
    for line in reversed(lines):
        match = _NO_MODULE.search(line)
        if match:
            return match["node"] or match["python"]
    return ""


def disk_full(lines: Sequence[str], disk_free: int | None = None) -> bool:
    """Return whether the output, or the free space in bytes, says that the disk is full."""
    return any(_NO_SPACE.search(line) for line in lines) or (disk_free is not None and disk_free < 16 << 20)


def of_build(lines: Sequence[str], disk_free: int | None = None) -> Verdict:
    """Return why a build failed, from its last lines; the reason is empty when they do not tell."""
    if disk_full(lines, disk_free):
        return Verdict("the disk is full", "free space: `docker system df` shows what takes it")
    command = command_not_found(lines)
    if command:
        return Verdict(
            f"build command not found: {command}",
            "set `build:` of the component in machete.yml to a command that the image has",
        )
    variable = missing_variable(lines)
    if variable:
        return Verdict(f"{variable} is missing while building", f"give it with --env {variable}=…")
    return Verdict("", "see the whole log: `machete-tui --run deployment.log NAME`")


def of_exit(detail: ContainerDetail, lines: Sequence[str], disk_free: int | None = None) -> Verdict:
    """Return why a container ended."""
    name = detail.container.component or detail.container.name
    if detail.oom_killed:
        limit = f" of {detail.limits_memory // (1 << 20)} MiB" if detail.limits_memory else ""
        return Verdict(f"{name} ran out of memory{limit}", "give it more with --memory, for example 512m")
    variable = missing_variable(lines)
    if variable:
        return Verdict(f"{name}: variable {variable} is missing", f"give it with --env {variable}=…")
    if disk_full(lines, disk_free):
        return Verdict(f"{name}: the disk is full", "free space: `docker system df` shows what takes it")
    command = command_not_found([*lines, detail.error])
    if command or detail.exit_code == 127:
        what = f": {command}" if command else ""
        return Verdict(
            f"{name}: start command not found{what}",
            "set `start:` of the component in machete.yml to a command that the image has",
        )
    module = module_not_found(lines)
    if module:
        return Verdict(
            f"{name} exited with code {detail.exit_code}: there is no {module} in its image",
            "add it to what the source depends on, or set `start:` of the component in machete.yml"
            " to what the image has",
        )
    if detail.error:
        return Verdict(f"{name} did not start: {detail.error}", "mend what the Engine says and deploy again")
    return Verdict(
        f"{name} exited with code {detail.exit_code}"
        + (
            f" after {detail.restarts} restart{'s' if detail.restarts > 1 else ''}" if detail.restarts else ""
        ),
        "its last lines say why",
    )


def of_sickness(detail: ContainerDetail, lines: Sequence[str], disk_free: int | None = None) -> Verdict:
    """Return why a container that others wait for is not healthy."""
    if detail.container.state != "running":
        return of_exit(detail, lines, disk_free)
    name = detail.container.component or detail.container.name
    said = f": its health check said {detail.health_said}" if detail.health_said else ""
    return Verdict(f"{name} is {detail.container.health or 'not healthy'}{said}", "its last lines say why")


def of_silence(
    component: Component, listeners: Sequence[Listener], said: str, seconds: float, lines: Sequence[str]
) -> Verdict:
    """Return why a running container does not answer on the port that it was expected on."""
    name, port = component.name, component.port
    at = [listener for listener in listeners if listener.port == port]
    if at and all(listener.address in _LOOPBACK for listener in at):
        return Verdict(
            f"{name} listens on {at[0].address}:{port}, where only it can reach itself",
            "make it listen on 0.0.0.0 (most frameworks read HOST or take --host 0.0.0.0)",
        )
    others = sorted({listener.port for listener in listeners if listener.address not in _LOOPBACK})
    others = others or sorted({listener.port for listener in listeners})
    if not at and others:
        real = ", ".join(str(p) for p in others)
        return Verdict(
            f"{name} listens on port {real}, not on {port}",
            f"set `port: {others[0]}` of the component in machete.yml, or make it read PORT",
        )
    if not listeners:
        variable = missing_variable(lines)
        if variable:
            return Verdict(f"{name}: variable {variable} is missing", f"give it with --env {variable}=…")
    path = component.health_path or "/"
    if at:
        return Verdict(
            f"{name} did not become healthy within {seconds:.0f}s: {path} said {said}",
            "its last lines say why; `health:` in machete.yml names another path, --gate a longer time",
        )
    return Verdict(
        f"{name} listens on no port, {port} was expected, within {seconds:.0f}s",
        "if it needs longer to start use --gate 180s;"
        " if it serves nothing, set `kind: worker` in machete.yml",
    )
