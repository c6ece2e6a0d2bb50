"""What must not be seen: masking by name, in environment files, and in any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machete_tui.core.plan import Plan, PlannedFile
from machete_tui.core.results import jsonable
from machete_tui.core.secrets import MASK, Redactor, hidden_values
from machete_tui.core.source import Checkout, Detection, SourceRef
from machete_tui.generation import dotenv
from machete_tui.operations.show import document
from machete_tui.screens.wizard.planview import file_lines

KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----"
VALUES = {"KEY_PEM": KEY, "QUOTED": 'it\'s "a\nsecond" line', "PLAIN": "word", "EMPTY": "", "URL": "a=b=c"}


def test_an_environment_file_is_hidden_to_the_last_line_of_each_value() -> None:
    text = "# shown\n" + dotenv.dump(VALUES)
    shown = hidden_values(text)
    assert shown.splitlines() == ["# shown", *(f"{name}={MASK}" for name in VALUES)]
    assert file_lines(".env", text) == shown.splitlines()


@pytest.mark.parametrize("text", ["A='begun\nsecret", 'A="begun\nsecret', "A='x'secret", "A=secret # secret"])
def test_a_file_that_is_cut_or_odd_shows_nothing_either(text: str) -> None:
    assert hidden_values(text) == f"A={MASK}"


def test_each_line_of_a_key_is_masked_where_it_is_printed_line_by_line() -> None:
    redact = Redactor({"SSH_PRIVATE_KEY": KEY})
    assert [line for line in KEY.splitlines() if line in redact(f"key: {line}")] == []


def test_a_plan_is_shown_without_secrets_to_persons_and_programs(tmp_path: Path) -> None:
    environment = VALUES | {"API_TOKEN": "tok-1234567"}
    plan = Plan(
        "shop",
        SourceRef("folder", str(tmp_path)),
        Checkout(str(tmp_path)),
        Detection(source="", name="shop", components=(), backing_services=(), edges=()),
        1,
        environment=environment,
        files=(PlannedFile(".env", dotenv.dump(environment), 0o600),),
    )
    for shown in (json.dumps(jsonable(plan)), document(plan) or ""):
        assert "tok-1234567" not in shown
        assert "MIIEvQIBADANBgkqhkiG" not in shown
        assert "API_TOKEN" in shown
    assert plan.environment["API_TOKEN"] == "tok-1234567"
