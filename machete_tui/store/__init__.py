"""SQLite: migrations and one repository per noun."""
