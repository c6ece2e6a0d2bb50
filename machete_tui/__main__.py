"""``python -m machete_tui``."""

from machete_tui.cli import command

command()
