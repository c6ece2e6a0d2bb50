"""The images that generated files start from: one table, with the date on which it was checked."""

from __future__ import annotations

import re

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass

CHECKED = "2026-08"
"""Month in which every tag below was last seen to be current."""

USER_ID = 10001
"""User and group of every process in an image made here: the owner of host folders that it writes to."""


@dataclass(frozen=True, slots=True)
class Base:
    """One role's image.

    Attributes:
        pattern: reference with ``{v}`` for the version.
        default: version used when the source asks for none.
        versions: those that its makers still mend; others are taken as the source says.
        least: oldest version to use although the source asks for an older one, where a newer one
            runs the same code; empty when versions do not replace each other.
    """

    pattern: str
    default: str
    versions: tuple[str, ...] = ()
    least: str = ""


BASES: dict[str, Base] = {
    "node": Base("node:{v}-slim", "22", ("22", "24")),
    "python": Base("python:{v}-slim", "3.13", ("3.11", "3.12", "3.13", "3.14")),
    "go": Base("golang:{v}", "1.24", ("1.24", "1.25"), least="1.24"),
    "php": Base("php:{v}-apache", "8.4", ("8.2", "8.3", "8.4", "8.5")),
    "composer": Base("composer:{v}", "2", ("2",), least="2"),
    "ruby": Base("ruby:{v}-slim", "3.3", ("3.2", "3.3", "3.4")),
    "java": Base("eclipse-temurin:{v}-jdk", "21", ("17", "21", "25")),
    "java-run": Base("eclipse-temurin:{v}-jre", "21", ("17", "21", "25")),
    "maven": Base("maven:3.9-eclipse-temurin-{v}", "21", ("17", "21", "25")),
    "gradle": Base("gradle:8-jdk{v}", "21", ("17", "21")),
    "rust": Base("rust:{v}-slim", "1", ("1",), least="1"),
    "dotnet": Base("mcr.microsoft.com/dotnet/sdk:{v}", "10.0", ("8.0", "9.0", "10.0")),
    "dotnet-web": Base("mcr.microsoft.com/dotnet/aspnet:{v}", "10.0", ("8.0", "9.0", "10.0")),
    "dotnet-run": Base("mcr.microsoft.com/dotnet/runtime:{v}", "10.0", ("8.0", "9.0", "10.0")),
    "debian": Base("debian:{v}-slim", "trixie", ("trixie",), least="trixie"),
    "caddy": Base("caddy:{v}-alpine", "2", ("2",), least="2"),
    "postgres": Base("postgres:{v}", "17", ("14", "15", "16", "17", "18")),
    "mariadb": Base("mariadb:{v}", "11", ("10.11", "11", "12")),
    "mysql": Base("mysql:{v}", "8", ("8", "8.4", "9")),
    "redis": Base("redis:{v}", "7", ("7", "8")),
    "mongodb": Base("mongo:{v}", "8", ("7", "8")),
}
"""Role -> its image. Checked in :data:`CHECKED`."""

_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}\Z")


def image(role: str, version: str = "") -> str:
    """Return the reference of a role's image for the version that a source asks for.

    Raises:
        InvalidInput: for a version that is none.
    """
    base = BASES[role]
    wanted = version.strip() or base.default
    if wanted != base.default and not _VERSION.match(wanted):
        raise InvalidInput(
            f"{wanted[:40]!r} is not a version of {role}",
            "Write it as the ecosystem does, for example 22 or 3.13.",
            field="runtime_version",
        )
    if base.least and _key(wanted) < _key(base.least):
        wanted = base.default
    return base.pattern.format(v=wanted)


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
