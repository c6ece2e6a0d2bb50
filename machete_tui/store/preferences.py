"""What an operator chose of the app's looks, kept by name: columns, sorting, filters."""

from __future__ import annotations

from machete_tui.store.database import Database


class Preferences:
    """Repository of preferences; a value is any short text."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[str, str]:
        """Return every one, by name."""
        rows = self._db.execute("select name, value from preferences order by name")
        return {row["name"]: row["value"] for row in rows}

    def set(self, name: str, value: str) -> None:
        """Keep one; an empty value forgets it."""
        if value:
            self._db.execute("insert or replace into preferences (name, value) values (?, ?)", (name, value))
        else:
            self._db.execute("delete from preferences where name = ?", (name,))
