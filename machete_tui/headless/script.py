"""``--run FILE.yml``: steps that are all understood before the first one runs."""

from __future__ import annotations

import dataclasses
import difflib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, InvalidInput, MacheteError
from machete_tui.core.frozen import dataclass
from machete_tui.headless import confirm, diagnostics
from machete_tui.headless.arguments import GLOBAL, Options, build, visible
from machete_tui.headless.render import as_json
from machete_tui.headless.runner import Front
from machete_tui.headless.session import Session
from machete_tui.headless.signals import cancelling
from machete_tui.headless.values import Wrong, from_data
from machete_tui.operations import registry

USAGE = """usage: machete-tui --run FILE.yml [--dry-run] [--json] [--yes]

A script is a list of steps; `-` reads it from stdin:

  - action: service.deploy
    name: the shop
    with:
      source: ./shop
      port: 20080
      env: {MODE: "${MODE:-fast}"}
  - action: service.health
    with: {name: shop}
    continue: true

${NAME} and ${NAME:-default} come from the environment. All steps are checked before the first one runs;
the first failure ends the script, unless its step says `continue: true`. --dry-run shows what would be done.
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """One step that was understood: its place from 1, its line, its action and its request."""

    index: int
    line: int
    title: str
    operation: registry.Operation
    request: Any
    go_on: bool


def run(file: str, words: Sequence[str], session: Session) -> int:
    """Run a script; return the exit code of the failure that ended it, else 0."""
    known = {f"--{name}" for name in GLOBAL} | {"--dry-run", "-h"}
    strange = [w for w in words if w not in known]
    if strange:
        near = difflib.get_close_matches(strange[0], known, 1)
        mend = f"did you mean {near[0]}?" if near else "a script's values stand in its file"
        raise InvalidInput(f"a script takes no {strange[0]}", mend, field=strange[0])
    if "--help" in words or "-h" in words:
        session.out.write(USAGE)
        return diagnostics.OK
    dry = "--dry-run" in words
    steps = understand(file, session.options, dry=dry)
    for step in steps:
        lost = not dry and confirm.needed(
            step.operation, step.request, yes=session.options.yes, production=session.production
        )
        if lost and not confirm.can_ask(session.err):
            raise confirm.refuse(step.operation, step.request, f"{_named(file)} line {step.line}: ")
    return _Run(session, _named(file), steps, dry).go()


def understand(file: str, options: Options, *, dry: bool = False) -> list[Planned]:
    """Return the steps of a script with their requests; raises InvalidInput with line and field.

    Args:
        file: its path, or ``-`` for stdin.
        options: what holds for every step.
        dry: sets ``dry_run`` wherever a request has it.
    """
    from machete_tui.core import yamlsafe
    from machete_tui.headless import steps as form

    what = _named(file)
    if file == "-":
        text = sys.stdin.buffer.read(yamlsafe.LIMIT + 1) if sys.stdin else b""
        loaded = yamlsafe.load(text, what)
    else:
        loaded = yamlsafe.load_file(Path(file), what)
    planned = []
    for at, step in enumerate(form.read(loaded, what)):
        try:
            operation = registry.find(step.action)
        except MacheteError as error:
            raise form.wrong(loaded, what, (at, "action"), f"is unknown: {error.what}", error.mend) from error
        try:
            values = _values(operation, step.arguments, (at, "with"), loaded.texts)
            title = _fill(step.name, (at, "name"))
            if dry and _has_dry_run(operation):
                values["dry_run"] = True
            request = build(operation, values, options)
        except _MisplacedError as error:
            raise form.wrong(loaded, what, error.place, error.said, error.mend) from error
        except InvalidInput as error:
            place, said = _blamed(operation, step.arguments, error)
            raise form.wrong(
                loaded, what, (at, "with", *place), f"{said}: {error.what}", error.mend
            ) from error
        planned.append(Planned(at + 1, loaded.line(at), title, operation, request, step.go_on))
    return planned


def _blamed(
    operation: registry.Operation, given: Mapping[str, Any], error: InvalidInput
) -> tuple[tuple[str, ...], str]:
    """Return which of a step's arguments an error is about, when it was given, and how to say it."""
    for argument in visible(operation):
        called = argument.metavar if argument.positional else argument.flag
        key = next((k for k in given if k.replace("-", "_") == argument.name), "")
        if key and error.field == called:
            return (key,), "is wrong"
    return (), "is not enough"


class _MisplacedError(Exception):
    def __init__(self, place: tuple[str | int, ...], said: str, mend: str = "") -> None:
        super().__init__(said)
        self.place = place
        self.said = said
        self.mend = mend


def _values(
    operation: registry.Operation,
    given: Mapping[str, Any],
    place: tuple[str | int, ...],
    texts: Mapping[tuple[str | int, ...], str],
) -> dict[str, Any]:
    known = {a.name: a for a in visible(operation)}
    values: dict[str, Any] = {}
    for key, raw in given.items():
        argument = known.get(key.replace("-", "_"))
        if argument is None:
            near = difflib.get_close_matches(key, known, 1)
            mend = (
                f"did you mean {near[0]}?"
                if near
                else f"{operation.name} takes {', '.join(known) or 'nothing'}"
            )
            raise _MisplacedError((*place, key), f"is no argument of {operation.name}", mend)
        here = (*place, key)
        value = _filled(raw, here, texts)
        written = _fill(texts.get(here, ""), here)
        try:
            values[argument.name] = from_data(argument, value, written)
        except Wrong as error:
            raise _MisplacedError(here, f"is wrong: {error}") from error
    return values


def _filled(value: Any, place: tuple[str | int, ...], texts: Mapping[tuple[str | int, ...], str]) -> Any:
    """Return a value with its variables filled in; numbers in lists and mappings stay as written."""
    if isinstance(value, Mapping):
        return {k: _filled(v, (*place, k), texts) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, (*place, i), texts) for i, v in enumerate(value)]
    if isinstance(value, str):
        return _fill(value, place)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and len(place) > 3:
        return texts.get(place, str(value))
    return value


def _fill(text: str, place: tuple[str | int, ...]) -> str:
    from machete_tui.headless.variables import Missing, filled

    try:
        return filled(text, os.environ)
    except Missing as error:
        raise _MisplacedError(
            place, str(error), "set it in the environment, or write ${NAME:-default}"
        ) from error


class _Run:
    """A script that runs."""

    def __init__(self, session: Session, what: str, steps: Sequence[Planned], dry: bool) -> None:
        self.session = session
        self.what = what
        self.steps = steps
        self.dry = dry
        self.now = steps[0]
        session.front = Front(session.out, session.err, session.options.json, self._extra, lines=True)

    def go(self) -> int:
        """Run the steps in order."""
        cancel = Cancel()
        passed = 0
        with cancelling(cancel):
            for step in self.steps:
                self.now = step
                cancel.check()
                try:
                    self._step(step, cancel)
                    passed += 1
                except MacheteError as error:
                    code = self._failed(error)
                    if isinstance(error, Cancelled) or not step.go_on:
                        return code
                    self._say(f"step {step.index} failed; the script goes on, as its step says")
                except Exception as error:
                    return self._failed(error)
        self._say(f"{passed} of {len(self.steps)} steps done")
        return diagnostics.OK

    def _step(self, step: Planned, cancel: Cancel) -> None:
        session = self.session
        session.action = step.operation.name
        shown = confirm.describe(step.operation, step.request)
        self._say(f"step {step.index}/{len(self.steps)}  {step.title or shown}")
        if self.dry and step.operation.changes and not _has_dry_run(step.operation):
            if session.options.json:
                line = {**self._extra(), "ok": True, "skipped": True, "would": shown}
                session.out.write(as_json(line, session.out))
            else:
                session.out.write(f"would run {shown}\n")
            return
        session.one(step.operation, step.request, cancel)

    def _failed(self, error: Exception) -> int:
        session = self.session
        if not session.options.json:
            self._say(f"step {self.now.index} ({self.what} line {self.now.line}) failed")
            return session.failed(error)
        told = session.explained(error)
        line = {**self._extra(), "ok": False, "error": diagnostics.as_data(told)}
        session.out.write(as_json(line, session.out))
        return told.exit_code

    def _say(self, text: str) -> None:
        if not self.session.options.json:
            self.session.err.write(f"{self.session.err.paint(text, '1')}\n")

    def _extra(self) -> dict[str, Any]:
        return {"step": self.now.index, "name": self.now.title, "action": self.now.operation.name}


def _has_dry_run(operation: registry.Operation) -> bool:
    return any(f.name == "dry_run" for f in dataclasses.fields(operation.request))


def _named(file: str) -> str:
    return "stdin" if file == "-" else file
