from __future__ import annotations

import re
from pathlib import Path

from machete_tui.headless.arguments import GLOBAL
from machete_tui.headless.diagnostics import EXIT_CODES

DOCS = Path(__file__).parents[3] / "docs" / "run.md"


def test_the_docs_have_every_exit_code_and_flag_in_the_words_of_the_help() -> None:
    text = DOCS.read_text()
    assert {int(code): said for code, said in re.findall(r"^\| (\d+) \| (.+) \|$", text, re.M)} == EXIT_CODES
    assert set(GLOBAL) <= set(re.findall(r"^\| `--(\w+)` \|", text, re.M))
