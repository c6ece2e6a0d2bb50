"""Dockerfiles, parsed as far as judging and using them needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


@dataclass(slots=True)
class Instruction:
    """One instruction: its name in capitals, its text with continuations joined, its first line."""

    name: str
    text: str
    line: int


@dataclass(slots=True)
class Stage:
    """One build stage, in the order written; ``base`` is an image or an earlier stage's name."""

    name: str
    base: str
    line: int
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Dockerfile:
    """The stages of a Dockerfile and the arguments that stand before the first."""

    stages: list[Stage] = field(default_factory=list)
    args: dict[str, str] = field(default_factory=dict)

    def stage(self, target: str = "") -> Stage | None:
        """Return the stage of that name or number, or the last one."""
        if not self.stages:
            return None
        if target.isdecimal() and int(target) < len(self.stages):
            return self.stages[int(target)]
        return next((s for s in self.stages if s.name and s.name == target.lower()), self.stages[-1])

    def effective(self, target: str = "") -> list[Instruction]:
        """Return the instructions of a stage after those of the stages it starts from."""
        chain: list[Stage] = []
        stage = self.stage(target)
        while stage is not None and stage not in chain:
            chain.insert(0, stage)
            base = stage.base.lower()
            stage = next((s for s in self.stages if s.name and s.name == base), None)
        return [i for s in chain for i in s.instructions]

    def last(self, name: str, target: str = "") -> Instruction | None:
        """Return the instruction of that name which counts in a stage: the last one."""
        return next((i for i in reversed(self.effective(target)) if i.name == name), None)


def parse(text: str) -> Dockerfile:
    """Return a Dockerfile; what cannot be read is passed over, so a broken one has fewer stages."""
    found = Dockerfile()
    for instruction in _instructions(text):
        if instruction.name == "FROM":
            words = [w for w in instruction.text.split() if not w.startswith("--")]
            if not words:
                continue
            name = words[2].lower() if len(words) >= 3 and words[1].upper() == "AS" else ""
            found.stages.append(Stage(name, expand(words[0], found.args), instruction.line))
        elif instruction.name == "ARG" and not found.stages:
            key, _, value = instruction.text.partition("=")
            found.args[key.strip()] = value.strip().strip("\"'")
        elif found.stages:
            found.stages[-1].instructions.append(instruction)
    return found


def _instructions(text: str) -> list[Instruction]:
    escape = "`" if re.match(r"\s*#\s*escape\s*=\s*`", text) else "\\"
    lines = text.splitlines()
    found: list[Instruction] = []
    index = 0
    while index < len(lines):
        start = index
        parts: list[str] = []
        while index < len(lines):
            line = lines[index].rstrip()
            index += 1
            if line.lstrip().startswith("#") or (parts and not line.strip()):
                continue
            if line.endswith(escape):
                parts.append(line[:-1])
                continue
            parts.append(line)
            break
        match = _INSTRUCTION.match(" ".join(p.strip() for p in parts))
        if not match:
            continue
        found.append(Instruction(match[1].upper(), match[2].strip(), start + 1))
        if match[1].upper() in {"RUN", "COPY", "ADD"}:
            for _, mark in _HEREDOC.findall(match[2]):
                while index < len(lines) and lines[index].strip() != mark:
                    index += 1
                index += 1
    return found


def expand(text: str, values: dict[str, str]) -> str:
    """Return ``text`` with ``$NAME`` and ``${NAME:-default}`` filled in; unknown names become empty."""

    def value(match: re.Match[str]) -> str:
        return values.get(match[1] or match[3], "") or (match[2] or "")

    return _VARIABLE.sub(value, text)


def command(text: str) -> str:
    """Return a CMD or ENTRYPOINT as one line for people: exec form is joined."""
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except ValueError:
            return text
        if isinstance(parts, list) and all(isinstance(p, str) for p in parts):
            return " ".join(f"'{p}'" if " " in p else p for p in parts)
    return text


def ports(dockerfile: Dockerfile, target: str = "") -> list[tuple[int, int]]:
    """Return (port, line) of every TCP port that a stage exposes."""
    values = {**dockerfile.args, **settings(dockerfile, target)}
    found = []
    for instruction in dockerfile.effective(target):
        if instruction.name == "EXPOSE":
            for word in expand(instruction.text, values).split():
                number, _, protocol = word.partition("/")
                if number.isdecimal() and protocol in {"", "tcp"} and 0 < int(number) < 65536:
                    found.append((int(number), instruction.line))
    return found


def settings(dockerfile: Dockerfile, target: str = "") -> dict[str, str]:
    """Return the names and values that ENV, and ARG with a default, set in a stage."""
    found: dict[str, str] = {}
    for instruction in dockerfile.effective(target):
        if instruction.name not in {"ENV", "ARG"}:
            continue
        pairs = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", instruction.text)
        if not pairs and instruction.name == "ENV":
            key, _, value = instruction.text.partition(" ")
            pairs = [(key, value)]
        for key, value in pairs:
            found[key] = value.strip().strip("\"'")
    return found
