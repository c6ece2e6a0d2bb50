"""Compose files as text: stable order, a blank line between services, and quotes where parsers differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Quoted(str):
    """Text that is always quoted, because YAML 1.1 and 1.2 disagree on what it is without."""

    __slots__ = ()


def quoted_values(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping whose values are always quoted, but for references alone (``${NAME}``)."""
    return {
        k: v if v.startswith("${") and v.endswith("}") and v.count("$") == 1 else Quoted(v)
        for k, v in pairs.items()
    }


def dump(document: Mapping[str, Any], comments: tuple[str, ...] = ()) -> str:
    """Return the text of a compose file with comment lines at its head."""
    parts = ["\n".join(f"# {line}".rstrip() for line in comments)] if comments else []
    for key, value in document.items():
        if key == "services" and isinstance(value, dict):
            bodies = [_indented(_text({name: body})) for name, body in value.items()]
            parts.append("services:\n" + "\n".join(bodies).rstrip("\n"))
        else:
            parts.append(_text({key: value}).rstrip("\n"))
    return _grouped(parts)


def _grouped(parts: list[str]) -> str:
    """Join sections with a blank line, the comment right above the first."""
    if parts and parts[0].startswith("#"):
        parts = ["\n".join(parts[:2]), *parts[2:]]
    return "\n\n".join(parts) + "\n"


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _text(value: Mapping[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(
        Quoted, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style='"')
    )
    Dumper.add_representer(
        list,
        lambda dumper, data: dumper.represent_sequence(
            "tag:yaml.org,2002:seq", data, flow_style=bool(data) and all(isinstance(i, Word) for i in data)
        ),
    )
    Dumper.add_representer(
        Word, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style='"')
    )
    text: str = yaml.dump(
        dict(value), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=2**20, default_flow_style=False
    )
    return text


class Word(str):
    """A word of a command; a list of them stands on one line."""

    __slots__ = ()
