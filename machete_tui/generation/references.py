"""Which images a Dockerfile starts from, and the same Dockerfile starting from others.

Reads FROM, ``COPY --from`` and ``RUN --mount=…,from=``; names of stages, stage numbers and ``scratch`` are
no images. ARGs before the first FROM are resolved with their defaults; one without a default leaves the
reference as it was written. Heredoc bodies, comments and the escape directive are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from machete_tui.core.frozen import dataclass

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(?P<name>[a-zA-Z]+)[ \t]*=[ \t]*(?P<value>\S.*?)[ \t]*\Z")
_INSTRUCTION = re.compile(r"[ \t]*(?P<word>[A-Za-z]+)(?=\s|\Z)")
_FROM = re.compile(r"(?is)[ \t]*FROM\s+(?:--\S+\s+)*(?P<ref>\S+)(?:\s+AS\s+(?P<stage>\S+))?")
_COPY_FROM = re.compile(r"(?is)(?<=\s)--from=(?P<ref>\"[^\"]*\"|\S+)")
_MOUNT = re.compile(r"(?is)(?<=\s)--mount=(?P<options>\S+)")
_MOUNT_FROM = re.compile(r"(?:\A|,)from=(?P<ref>[^,\s]+)")
_ARG = re.compile(r"([A-Za-z_]\w*)(?:=(\"[^\"]*\"|'[^']*'|\S*))?")
_HEREDOC = re.compile(r"<<(?P<dash>-?)(?P<quote>['\"]?)(?P<word>[A-Za-z_]\w*)(?P=quote)")
_VARIABLE = re.compile(
    r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-+])(?P<word>[^{}]*))?\})"
)
_NEWER = re.compile(
    r"(?im)^\s*(?:RUN|COPY|ADD)\b[^\n]*(?:<<-?['\"]?[A-Za-z_]|\s--(?:link|parents|exclude|network|security|checksum)\b)"
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, its text on one line, where that begins in the file."""

    word: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class _Use:
    """A reference to an image: resolved, and the span of the text that names it."""

    ref: str
    start: int
    end: int


def base_images(text: str) -> tuple[str, ...]:
    """Return the images that a Dockerfile refers to, each once, in order, ARG defaults resolved."""
    return tuple(dict.fromkeys(use.ref for use in _uses(text)))


def substitute(text: str, stand_ins: Mapping[str, str]) -> str:
    """Return the Dockerfile with each image in ``stand_ins`` replaced, and all else as it was."""
    out: list[str] = []
    at = 0
    for use in _uses(text):
        if use.ref in stand_ins:
            out.append(text[at : use.start] + stand_ins[use.ref])
            at = use.end
    return "".join(out) + text[at:]


def without_frontend(text: str, *, offline: bool) -> str:
    """Return the Dockerfile without its ``# syntax=`` line, which makes every build ask a registry.

    The line stays when the text uses what an older engine's own parser does not know, unless ``offline``.
    """
    if not offline and _NEWER.search(text):
        return text
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        match = _DIRECTIVE.match(line.removeprefix("\ufeff").rstrip("\r\n"))
        if match is None:
            break
        if match["name"].lower() == "syntax":
            return "".join(lines[:number] + lines[number + 1 :])
    return text


def stages(text: str) -> tuple[str, ...]:
    """Return the names of the stages in order; an unnamed one is its number."""
    found: list[str] = []
    for instruction in instructions(text):
        if instruction.word == "FROM" and (match := _FROM.match(instruction.text)):
            found.append(match["stage"] or str(len(found)))
    return tuple(found)


def instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile in order."""
    escape = _escape_character(text)
    at = 0
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end]
        match = _INSTRUCTION.match(line)
        if match is None or line.lstrip().startswith("#"):
            at = end
            continue
        start = at
        while text[at:end].rstrip().endswith(escape) and end < len(text):
            at, end = end, _line_end(text, end)
            while end < len(text) and (text[at:end].lstrip().startswith("#") or not text[at:end].strip()):
                at, end = end, _line_end(text, end)
        yield Instruction(match["word"].upper(), _flat(text[start:end], escape), start)
        at = _after_heredocs(text, text[start:end], match["word"].upper(), end)


def _flat(body: str, escape: str) -> str:
    """Return an instruction with its continuations and the comments between them blank, as long as it was."""
    blank = re.compile(rf"{re.escape(escape)}[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*")
    return blank.sub(lambda m: " " * len(m[0]), body)


def _uses(text: str) -> Iterator[_Use]:
    arguments: dict[str, str] = {}
    known: set[str] = set()
    stage_count = 0
    for instruction in instructions(text):
        body, start = instruction.text, instruction.start
        if instruction.word == "ARG" and not stage_count:
            for given in _ARG.finditer(body.lstrip()[3:]):
                if given[2] is not None:
                    arguments[given[1]] = _expanded(given[2].strip("\"'"), arguments)
        elif instruction.word == "FROM" and (match := _FROM.match(body)):
            stage_count += 1
            ref = _expanded(match["ref"].strip('"'), arguments)
            if ref.lower() not in known and ref != "scratch":
                yield _Use(ref, start + match.start("ref"), start + match.end("ref"))
            if match["stage"]:
                known.add(match["stage"].lower())
        elif instruction.word in ("COPY", "ADD", "RUN"):
            for ref, low, high in _sources(instruction):
                name = _expanded(ref, arguments)
                if name.lower() not in known and not name.isdecimal() and name != "scratch":
                    yield _Use(name, start + low, start + high)


def _sources(instruction: Instruction) -> Iterator[tuple[str, int, int]]:
    """Yield what ``--from`` and ``from=`` name in one instruction, with the span inside its text."""
    body = instruction.text
    if instruction.word == "RUN":
        for mount in _MOUNT.finditer(body):
            if inner := _MOUNT_FROM.search(mount["options"]):
                low = mount.start("options") + inner.start("ref")
                yield inner["ref"], low, low + len(inner["ref"])
    elif match := _COPY_FROM.search(body):
        yield match["ref"].strip('"'), match.start("ref"), match.end("ref")


def _expanded(value: str, known: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        name, how, word = match["plain"] or match["name"], match["how"] or "", match["word"] or ""
        there = name in known and (known[name] != "" or not how.startswith(":"))
        if how.endswith("+"):
            return word if there else ""
        if how.endswith("-") and not there:
            return word
        return known[name] if name in known else match[0]

    return _VARIABLE.sub(one, value)


def _escape_character(text: str) -> str:
    for line in text.splitlines():
        match = _DIRECTIVE.match(line)
        if match is None:
            break
        if match["name"].lower() == "escape" and match["value"] in ("\\", "`"):
            return match["value"]
    return "\\"


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _after_heredocs(text: str, body: str, word: str, at: int) -> int:
    """Return the position after the bodies of the heredocs that an instruction opens."""
    if word not in ("RUN", "COPY", "ADD"):
        return at
    for match in _HEREDOC.finditer(body):
        position = at
        while position < len(text):
            end = _line_end(text, position)
            line = text[position:end].rstrip("\r\n")
            position = end
            if (line.lstrip("\t") if match["dash"] else line) == match["word"]:
                at = position
                break
    return at
