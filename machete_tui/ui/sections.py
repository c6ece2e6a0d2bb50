"""The sections of the app, in the order of their number keys."""

from __future__ import annotations

import importlib.util
from functools import cache

from machete_tui.core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A room of the app: ``id`` is its mode, ``key`` opens it, ``module`` and ``screen`` are its class."""

    id: str
    key: str
    title: str
    module: str
    screen: str
    help: str


_ALL = (
    Section("services", "1", "Services", "services", "ServicesScreen", "every service and how it is"),
    Section("deploy", "2", "Deploy", "wizard", "WizardScreen", "make a service of a folder or a Git URL"),
    Section("logs", "3", "Logs", "logs", "LogsScreen", "what a service writes, as it comes"),
    Section("metrics", "4", "Metrics", "metrics", "MetricsScreen", "what host, services and containers use"),
    Section("history", "5", "History", "history", "HistoryScreen", "deployments, build logs, diff, rollback"),
    Section("events", "6", "Events", "events", "EventsScreen", "who changed what, when, and how it went"),
    Section("engine", "7", "Engine", "engine", "EngineScreen", "images, volumes, networks, cache, disk use"),
    Section("system", "8", "System", "system", "SystemScreen", "what is needed here, and the mend"),
)


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections whose screens exist."""
    found = importlib.util.find_spec
    return tuple(s for s in _ALL if found(f"machete_tui.screens.{s.module}") is not None)
