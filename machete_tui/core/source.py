"""What comes in: a source, and what detection says of it."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from machete_tui.core.checkout import Checkout as Checkout
from machete_tui.core.checkout import SourceKind as SourceKind
from machete_tui.core.checkout import SourceRef as SourceRef
from machete_tui.core.frozen import dataclass

ComponentKind = Literal["web", "static", "worker", "job", "cli"]
Strategy = Literal["single", "compose", "existing-compose", "existing-dockerfile"]
BackingKind = Literal["postgres", "mysql", "mongodb", "redis"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for an answer: a file of the source, a line of it (from 1; 0 = the file as a whole)."""

    file: str
    line: int
    shows: str


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The second-best answer and its confidence (0-100)."""

    stack: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Component:
    """One deployable part of a source: what detection found, or the manifest said.

    Attributes:
        name: DNS label, unique in the source (``web``, ``worker``, ``api``).
        path: folder relative to the source's root with forward slashes; ``.`` is the root.
        kind: what it is; only ``web`` and ``static`` have a port.
        stack: node, python, php, go, ruby, java, dotnet, rust, static, docker, unknown, …
        framework: lower-case name (``express``, ``django``); empty when plain.
        package_manager: npm, pnpm, yarn, pip, uv, poetry, composer, go, bundler, maven, gradle,
            nuget, cargo; empty when none.
        runtime_version: major or major.minor as the ecosystem says it (``22``, ``3.13``).
        build_command: shell command that builds for production; empty when none is needed.
        start_command: shell command that runs it in production; empty when the image's own is right.
        port: TCP port that it listens on inside its container; 0 for none.
        port_from: where the port's number came from, for people.
        health_path: HTTP path that answers when it is healthy; empty when not known.
        output_dir: for ``static``: the folder that holds the built site, relative to ``path``.
        entry: the main file or project relative to ``path`` (``server.js``, ``cmd/api``, ``App.csproj``).
        dockerfile: path of an existing Dockerfile to use, relative to the source's root.
        env: names of environment variables that the code reads.
        required_env: those of them without a default in the code.
        environment: names and values that the manifest sets; not secret, they stand in the source.
        volumes: ``name:/path`` (named volume) or ``/host/path:/path``.
        system_packages: Debian packages that native modules need.
        facts: what this stack's Dockerfile template needs beyond the above (``{"lock": "yarn.lock"}``).
        cpus: limit in cores; 0 for the service's default.
        memory: limit in bytes; 0 for the service's default.
        replicas: how many containers.
        pre_deploy: command run in a one-off container before traffic; empty for none.
        post_deploy: command run likewise after the cutover; empty for none.
        confidence: 0-100.
        evidence: why.
        runner_up: what else it could have been.
    """

    name: str
    path: str = "."
    kind: ComponentKind = "web"
    stack: str = "unknown"
    framework: str = ""
    package_manager: str = ""
    runtime_version: str = ""
    build_command: str = ""
    start_command: str = ""
    port: int = 0
    port_from: str = ""
    health_path: str = ""
    output_dir: str = ""
    entry: str = ""
    dockerfile: str = ""
    env: tuple[str, ...] = ()
    required_env: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    system_packages: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    cpus: float = 0.0
    memory: int = 0
    replicas: int = 1
    pre_deploy: str = ""
    post_deploy: str = ""
    confidence: int = 0
    evidence: tuple[Evidence, ...] = ()
    runner_up: RunnerUp | None = None


@dataclass(frozen=True, slots=True)
class BackingService:
    """A database or cache that the components need.

    Attributes:
        kind: what it is.
        name: its name in the compose file (``db``, ``redis``).
        evidence: why it is needed.
        variables: environment names that the components read for it, in their order of preference.
        enabled: whether it is to be run beside the components.
        version: major version asked for; empty for the default.
    """

    kind: BackingKind
    name: str
    evidence: tuple[Evidence, ...] = ()
    variables: tuple[str, ...] = ()
    enabled: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a source is: its topology with confidence, evidence and runner-up.

    Attributes:
        source: the source as the operator named it.
        name: suggested service name (from the manifest, the manifest of the stack, or the folder).
        components: deployable parts, in start order.
        backing_services: what they need beside them.
        edges: (from, to) by name: ``("web", "db")``.
        strategy: how it becomes containers.
        strategy_why: one line about why.
        compose_files: for ``existing-compose``: the files in order, relative to the root.
        recommendations: what an expert would mend, one line each.
        warnings: files that could not be read or parsed, one line each.
        has_manifest: whether a ``machete.yml`` was read.
    """

    source: str
    name: str
    components: tuple[Component, ...]
    backing_services: tuple[BackingService, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    strategy: Strategy = "single"
    strategy_why: str = ""
    compose_files: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    has_manifest: bool = False
