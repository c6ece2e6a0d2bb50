"""Procfiles: one process a line, ``name: command``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Evidence
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.node_rules import DEVELOPMENT as NODE_DEVELOPMENT
from machete_tui.detection.families.python_rules import DEVELOPMENT as PYTHON_DEVELOPMENT
from machete_tui.detection.folder import Folder
from machete_tui.detection.naming import label
from machete_tui.detection.ports import from_command

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("Procfile", "Procfile.prod", "Procfile.production")

_JAR = re.compile(r"(?:\./)?(?:target|build/libs)/[\w.*-]+\.(?:jar|war)")
_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Process:
    """One line: the process's name, its command, the line's number."""

    name: str
    command: str
    line: int


def processes(folder: Folder) -> tuple[str, list[Process]]:
    """Return the Procfile's name and its lines; empty when there is none."""
    name = folder.first(*NAMES)
    return name, list(_lines(folder.text(name))) if name else []


def _lines(text: str) -> Iterator[Process]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match and not line.startswith("#"):
            yield Process(match[1], match[2], number)


def apply(draft: Draft, folder: Folder) -> list[Draft]:
    """Return the draft with the Procfile's commands, and one more draft for each other process."""
    file, found = processes(folder)
    drafts = [draft]
    web = next((p for p in found if p.name == "web"), None)
    release = next((p for p in found if p.name == "release"), None)
    others = [p for p in found if p not in (web, release)]
    if draft.dockerfile:
        web = None
    elif web is None and others and draft.kind not in {"web", "static"}:
        web, others = others[0], others[1:]
        draft.name = label(web.name)
        draft.kind = "worker"
    if release is not None:
        draft.pre_deploy = release.command
        draft.shows(Evidence(folder.where(file), release.line, f"release: {release.command}"))
    if web is not None and draft.kind != "static":
        _override(draft, folder, file, web)
    for process in others:
        drafts.append(_other(draft, folder, file, process))
    return drafts


def _override(draft: Draft, folder: Folder, file: str, process: Process) -> None:
    shown = Evidence(folder.where(file), process.line, f"{process.name}: {process.command}")
    if any(p.search(process.command) for p in (NODE_DEVELOPMENT, PYTHON_DEVELOPMENT)) and draft.start_command:
        draft.shows(Evidence(shown.file, shown.line, f"not used, for development: {process.command}"))
        draft.recommendations.append(f"{shown.file} line {shown.line} starts a development server: not used")
        return
    draft.start_command = in_image(draft, process.command)
    draft.deployable = True
    draft.shows(shown, 0.6)
    if draft.facts.get("extra_packages", "") not in process.command.split():
        draft.facts.pop("extra_packages", None)
    if process.name == "web":
        if draft.kind not in {"web", "static"}:
            draft.kind = "web"
        port, variable = from_command(process.command)
        if port:
            draft.listen(port, f"{shown.file} line {shown.line}", variable)
        elif variable:
            draft.fact("port_env", variable)
        if not draft.port:
            draft.listen(8080, "given to the process as PORT", "PORT")


def _other(draft: Draft, folder: Folder, file: str, process: Process) -> Draft:
    shown = Evidence(folder.where(file), process.line, f"{process.name}: {process.command}")
    worker = replace(
        draft,
        name=label(process.name),
        kind="worker",
        start_command=in_image(draft, process.command),
        port=0,
        port_from="",
        health_path="",
        pre_deploy="",
        facts={k: v for k, v in draft.facts.items() if k not in {"port_env", "bind", "script"}},
        evidence=[shown, *draft.evidence],
        weights=[*draft.weights, 0.6],
        doubts=list(draft.doubts),
        env=list(draft.env),
        required_env=list(draft.required_env),
        drivers={k: list(v) for k, v in draft.drivers.items()},
        recommendations=[],
        mentions=set(draft.mentions),
    )
    return worker


def in_image(draft: Draft, command: str) -> str:
    """Return a command with the paths that a build makes as the image has them; see :mod:`facts`."""
    if draft.stack == "java":
        return _JAR.sub("app.jar", command)
    binary = draft.facts.get("binary", "")
    if not binary:
        return command
    name = re.escape(binary.rpartition("/")[2])
    return re.sub(
        rf"(?<!\S)(?:\./)?(?:bin/|target/release/)?{name}(?!\S)", f"./{binary.rpartition('/')[2]}", command
    )
