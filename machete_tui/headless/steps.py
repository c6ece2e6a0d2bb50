"""The form of a script's steps, checked by pydantic; loaded only when a script is run."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, TypeAdapter, ValidationError

from machete_tui.core.errors import InvalidInput
from machete_tui.core.yamlsafe import Loaded

_MEANT = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of the action's arguments",
    "list_type": "must be a list of steps, each `- action: …`",
    "model_type": "must be a step: `action: …`, with `with`, `name` and `continue` beside it",
}


class Step(BaseModel):
    """One step: an action with its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: StrictStr
    arguments: dict[StrictStr, Any] = Field(default_factory=dict, alias="with")
    name: StrictStr = ""
    go_on: StrictBool = Field(default=False, alias="continue")


_STEPS = TypeAdapter(list[Step])


def read(loaded: Loaded, what: str) -> list[Step]:
    """Return the steps; raises InvalidInput with the line and the field of the first that is wrong."""
    if loaded.data is None or loaded.data == []:
        raise InvalidInput(f"{what} has no steps", "a script is a list of `- action: …`", field=what)
    try:
        return _STEPS.validate_python(loaded.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = tuple(first["loc"])
        if first["type"] == "extra_forbidden":
            said = "is no field of a step: action, with, name, continue"
        else:
            said = _MEANT.get(first["type"], first["msg"])
        raise wrong(loaded, what, place, said) from error


def wrong(loaded: Loaded, what: str, place: tuple[str | int, ...], said: str, mend: str = "") -> InvalidInput:
    """Return the error about one place of a script."""
    field = name(place)
    return InvalidInput(f"{what} line {loaded.line(*place)}: {field} {said}", mend, field=field)


def name(place: tuple[str | int, ...]) -> str:
    """Return ``steps[2].with.port`` for ``(1, "with", "port")``; steps count from 1."""
    if not place:
        return "the script"
    first, *rest = place
    text = f"steps[{int(first) + 1}]" if isinstance(first, int) else str(first)
    for part in rest:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text
