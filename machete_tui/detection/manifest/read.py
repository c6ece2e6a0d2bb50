"""A manifest's text to its checked values; an error names file, line, field, what was expected and found."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import ValidationError

from machete_tui.core import yamlsafe
from machete_tui.core.errors import InvalidInput
from machete_tui.core.yamlsafe import Loaded, Place
from machete_tui.detection.manifest import values
from machete_tui.detection.manifest.model import ComponentModel, Manifest, ServiceModel

EXPECTED: dict[str, str] = {
    "name": "a name of lower-case letters, digits and hyphens, at most 40",
    "components": "a mapping of component names to their settings",
    "services": f"a list or mapping of {', '.join(values.KINDS)}",
    "path": "a folder inside the source, like services/api",
    "kind": "web, static, worker, job or cli",
    "port": "a number from 1 to 65535",
    "health": "a path that begins with /, like /healthz",
    "output": "a folder inside the component, like dist",
    "env": "a mapping of NAME: value, or a list of NAME=value",
    "volumes": "a list of NAME:/path or /host/path:/path",
    "cpus": "a number of cores above 0, like 0.5",
    "memory": "a size of at least 6m, like 256m or 1g",
    "replicas": "a number from 1 to 100",
    "version": "a version, like 22 or 3.13",
    "dockerfile": "a path inside the component, like Dockerfile",
    **dict.fromkeys(("build", "start", "pre_deploy", "post_deploy"), "a command on one line"),
}
"""Key -> what its value must be; a list's element takes the list's."""

MEND = "`machete-tui --run manifest.schema` prints what may stand there"


def read(text: str | bytes, file: str) -> tuple[Manifest, Loaded]:
    """Return the manifest of a text and where its values stand; InvalidInput when it is wrong."""
    loaded = yamlsafe.load(text, file)
    data = _as_written(loaded, {} if loaded.data is None else loaded.data)
    try:
        return Manifest.model_validate(data), loaded
    except ValidationError as error:
        problems = [_problem(file, loaded, dict(detail)) for detail in error.errors(include_url=False)]
        problems.sort(key=lambda p: p[0])
        _, field, what = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        log = tuple(p[2] for p in problems)
        raise InvalidInput(what + more, MEND, field=field, log=log) from error


def _as_written(loaded: Loaded, value: Any, place: Place = ()) -> Any:
    """Return the data with versions and environment values as text: ``3.10`` is not the number 3.1."""
    if isinstance(value, dict):
        return {key: _as_written(loaded, inner, (*place, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_written(loaded, inner, (*place, i)) for i, inner in enumerate(value)]
    is_text = bool(place) and (place[-1] == "version" or (len(place) > 1 and place[-2] == "env"))
    if is_text and isinstance(value, (bool, int, float)):
        return loaded.texts.get(place, str(value))
    return value


def _problem(file: str, loaded: Loaded, detail: dict[str, Any]) -> tuple[int, str, str]:
    """Return (line, field, the whole sentence) of one of pydantic's errors."""
    place: Place = tuple(p for p in detail["loc"] if p != "[key]")
    line = loaded.line(*place)
    field = dotted(place)
    if detail["type"] == "extra_forbidden":
        key = str(place[-1])
        near = difflib.get_close_matches(key, _allowed(place), 1, 0.6)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_allowed(place))}"
        return line, field, f"{file} line {line}: {field}: unknown key {key!r}; {hint}"
    found = detail.get("input")
    expected = _expected(place, detail)
    return (
        line,
        field,
        f"{file} line {line}: {field or 'the file'}: expected {expected}, found {shown(found)}",
    )


def _expected(place: Place, detail: dict[str, Any]) -> str:
    if "[key]" in detail["loc"]:
        return EXPECTED["name"]
    names = [str(p) for p in place if isinstance(p, str)]
    if not names:
        return "a mapping with name, components, services, volumes, pre_deploy or post_deploy"
    said = str(detail.get("ctx", {}).get("error", ""))
    if len(names) == 2 and names[0] == "components":
        return "a mapping of settings"
    if names[0] == "services" and len(names) == 2:
        return "a mapping with version and env, or nothing"
    if names[0] == "services" and names[-1] == "env":
        return "a list of variable names"
    if names[-1] == "stack":
        return str(detail.get("ctx", {}).get("expected", "a known stack")).replace("'", "")
    expected = EXPECTED.get(names[-1], str(detail["msg"]).lower())
    plain = not said or said.startswith(("not a", "less than", "not NAME"))
    return expected if plain else f"{expected} ({said})"


def _allowed(place: Place) -> list[str]:
    if len(place) == 1:
        return list(Manifest.model_fields)
    if place[0] == "components":
        return list(ComponentModel.model_fields)
    return list(values.KINDS) if len(place) == 2 else list(ServiceModel.model_fields)


def dotted(place: Place) -> str:
    """Return a path of keys as people write it: ``components.web.volumes[0]``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def shown(value: Any) -> str:
    """Return a found value as a message shows it: short, of one line, its type where that matters."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
