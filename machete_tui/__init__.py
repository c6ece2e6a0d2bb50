"""machete-tui: a terminal operations console for servers that run containers."""

__version__ = "0.1.0"
