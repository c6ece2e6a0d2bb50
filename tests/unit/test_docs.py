"""What the pages refer to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    pictures = [picture.name for picture in (ROOT / "docs" / "pictures").glob("*.svg")]
    assert len(pictures) > 10
    assert [name for name in pictures if f"pictures/{name}" not in shown] == []
