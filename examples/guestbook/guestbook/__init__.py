"""A guestbook: pages from PostgreSQL, work handed over through Redis."""

from pathlib import Path

VERSION = (Path(__file__).parents[1] / "VERSION").read_text().strip()
