"""Builds images with BuildKit through ``docker buildx build``, or ``docker build`` where buildx is not."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import BuildRequest
from machete_tui.core.errors import BuildFailed, Conflict, InvalidInput, MacheteError
from machete_tui.core.secrets import Redactor
from machete_tui.core.settings import Settings
from machete_tui.core.trail import note
from machete_tui.engines import cli, faults
from machete_tui.engines.runner import Runner, output

TAIL = 40
"""Lines of the log that a failed build's error carries."""

_STEP = re.compile(r"#(\d+) \[[^\]]*\] (.+)")
_FAILED = re.compile(r"#(\d+) ERROR: (.+)")
_SOLVE = re.compile(r"ERROR: (?:failed to (?:solve|build): )?(.+)")
_EXIT = re.compile(r"exit code: (\d+)")
_BASE = "load metadata for "


class Builder:
    """Runs builds on the Engine that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._buildx: bool | None = None

    def build(self, request: BuildRequest, cancel: Cancel) -> Iterator[tuple[str, ...]]:
        """Build, yielding the log in batches; raises BuildFailed naming the step."""
        _checked(request)
        cancel.check()
        seen = Steps()
        redact = _redactor(request.secrets)
        with ExitStack() as stack:
            request = _with_ignore(request, stack)
            words = arguments(request, buildx=self._has_buildx(cancel))
            runner = Runner(
                cli.docker(self._settings, *words),
                env=cli.environment(DOCKER_BUILDKIT="1", BUILDX_NO_DEFAULT_ATTESTATIONS="1"),
                keep=TAIL,
            )
            note(redact(cli.shown(cli.docker(self._settings, *words))))
            for batch in runner.batches(cancel):
                clean = tuple(redact(line) for line in batch)
                seen.read(clean)
                yield clean
        if runner.code:
            raise failed(request.tag, seen, tuple(redact(line) for line in runner.tail))

    def _has_buildx(self, cancel: Cancel) -> bool:
        if self._buildx is None:
            argv = cli.docker(self._settings, "buildx", "version")
            self._buildx = output(argv, cancel, env=cli.environment())[0] == 0
        return self._buildx


def arguments(request: BuildRequest, *, buildx: bool) -> list[str]:
    """Return docker's arguments for a build. Secrets are named by file, so that none is on the line."""
    words = ["buildx", "build", "--builder", "default", "--load"] if buildx else ["build"]
    words += ["--progress=plain", "--file", request.dockerfile, "--tag", request.tag]
    for name, value in sorted(request.labels.items()):
        words += ["--label", f"{name}={value}"]
    for name, value in sorted(request.args.items()):
        words += ["--build-arg", f"{name}={value}"]
    for name, path in sorted(request.secrets.items()):
        words += ["--secret", f"id={name},src={path}"]
    if request.target:
        words += ["--target", request.target]
    return [*words, request.context]


class Steps:
    """What the log says of steps: their titles, and the one that failed."""

    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self.failed = ""
        self.said = ""
        self.last = ""

    def read(self, lines: tuple[str, ...]) -> None:
        """Take the next lines."""
        for line in lines:
            if match := _STEP.match(line):
                self.titles.setdefault(match[1], match[2])
            elif match := _FAILED.match(line):
                self.failed, self.said = self.titles.get(match[1], ""), match[2]
            elif match := _SOLVE.match(line):
                self.last = match[1]


def failed(tag: str, seen: Steps, log: tuple[str, ...]) -> MacheteError:
    """Return the error of a build that ended badly: which step, why, and what to do."""
    text = "\n".join((seen.said, seen.last, *log))
    reason = seen.last or seen.said or (log[-1] if log else "no output")
    if "code = Unavailable" in text or "closing transport" in text:
        return faults.gone()
    found = faults.known(text, log)
    if found is not None and not isinstance(found, Conflict):
        return found
    if seen.failed.startswith(_BASE):
        base = _short(seen.failed.removeprefix(_BASE))
        return BuildFailed(
            f"the build of {tag} failed: its base image {base} is neither on this machine nor to be pulled",
            faults.no_image(base).mend,
            log=log,
        )
    code = _EXIT.search(seen.said or seen.last)
    if seen.failed and code:
        what = f"the build of {tag} failed at {seen.failed} (exit code {code[1]})"
        mend = "mend it in the source and deploy again; what runs was not touched"
        if code[1] == "127":
            mend = "the command is not in the image: install it in the build, or change the build command"
        elif code[1] == "137":
            mend = "the step was killed, which mostly means that memory ran out: give the machine more"
        return BuildFailed(what, mend, log=log)
    where = f" at {seen.failed}" if seen.failed else ""
    return BuildFailed(f"the build of {tag} failed{where}: {reason}", "mend it and deploy again", log=log)


def _short(ref: str) -> str:
    return ref.removeprefix("docker.io/").removeprefix("library/")


def _checked(request: BuildRequest) -> None:
    if not Path(request.dockerfile).is_file():
        raise InvalidInput(f"there is no Dockerfile at {request.dockerfile}", field="dockerfile")
    if not Path(request.context).is_dir():
        raise InvalidInput(f"there is no folder {request.context}", field="context")
    for name, path in request.secrets.items():
        if "," in path or "," in name or not Path(path).is_file():
            raise InvalidInput(f"build secret {name}: there is no usable file {path}", field="secrets")


def _with_ignore(request: BuildRequest, stack: ExitStack) -> BuildRequest:
    """Give the ignore file to a build whose Dockerfile and context have none, by copies side by side."""
    own = Path(f"{request.dockerfile}.dockerignore")
    if not request.ignore_file or own.exists() or (Path(request.context) / ".dockerignore").exists():
        return request
    from dataclasses import replace

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="machete-build-")))
    copy = folder / "Dockerfile"
    shutil.copyfile(request.dockerfile, copy)
    shutil.copyfile(request.ignore_file, f"{copy}.dockerignore")
    return replace(request, dockerfile=str(copy))


def _redactor(secrets: Mapping[str, str]) -> Redactor:
    """Return what masks the secrets' values, should a step print them."""
    redact = Redactor()
    for path in secrets.values():
        text = Path(path).read_text(errors="replace").strip()
        redact.add([text] if "\n" not in text else [line for line in text.splitlines() if len(line) > 15])
    return redact
