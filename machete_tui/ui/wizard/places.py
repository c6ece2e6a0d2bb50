"""Where in the wizard something was entered that an operation refuses."""

from __future__ import annotations

import re

from machete_tui.core.errors import MacheteError
from machete_tui.ui.wizard.problems import Problem
from machete_tui.ui.wizard.source import SourceDraft

_STEPS: dict[str, int] = {
    "source": 0,
    "branch": 0,
    "path": 0,
    "ssh_key": 0,
    "token_env": 0,
    "token_file": 0,
    "folder": 0,
    "name": 1,
    "components": 1,
    "port": 2,
    "cpus": 2,
    "memory": 2,
    "replicas": 2,
    "volumes": 2,
    "mounts": 2,
    "allow_mount": 2,
    "env": 3,
    "env_file": 3,
    "without": 4,
    "backing_services": 4,
}
"""Field of a request, or head of a field's path -> step from 0."""

_FIELDS = {"branch": "ref", "path": "subpath", "ssh_key": "ssh_key", "token_env": "token_env"}


def step_of(error: MacheteError) -> int | None:
    """Return the step whose input the error names, or None when it names none of the wizard's."""
    return _STEPS.get(_head(error.field))


def source_problem(error: MacheteError, source: SourceDraft) -> Problem:
    """Return an error of reading the source at the field of step 1 that it is about."""
    if source.choice == "git":
        field = _FIELDS.get(_head(error.field), "url")
        if _head(error.field) == "token_file":
            field = "token_file"
    else:
        field = "folder" if source.choice == "folder" else "template"
    return Problem(field, error.what, error.mend)


def _head(field: str) -> str:
    return re.split(r"[.\[]", field.lstrip("-").lower().replace("-", "_"), maxsplit=1)[0]
