"""A component while a stack family finds it out, and the score that its evidence adds up to."""

from __future__ import annotations

from dataclasses import dataclass, field

from machete_tui.core.source import BackingKind, Component, ComponentKind, Evidence, RunnerUp

CERTAIN = 100
"""What a manifest says by itself."""

TOP = 98
"""The most that reading files alone can reach."""


def score(weights: list[float], doubts: list[float]) -> int:
    """Return the confidence, 0 to :data:`TOP`, of weighted evidence.

    Args:
        weights: for each piece of evidence, how often it alone would be right (0-1); they add up as
            independent witnesses do, ``1 - (1-a)(1-b)…``.
        doubts: for each reason against, what share of the confidence it leaves (0-1).
    """
    missing = 1.0
    for weight in weights:
        missing *= 1.0 - weight
    left = 1.0 - missing
    for doubt in doubts:
        left *= doubt
    return min(TOP, round(left * 100))


@dataclass(slots=True)
class Draft:
    """A :class:`Component` in the making; the fields that are alike mean the same.

    Attributes:
        suggested: name that the stack's own manifest gives the project.
        deployable: whether it can run by itself; a library or a set of shared settings cannot.
        weights: of the evidence, for :func:`score`.
        doubts: reasons against it, likewise.
        drivers: backing service -> why it is needed.
        recommendations: what an expert would mend.
        mentions: host names, paths and variables that may point to other components.
    """

    stack: str
    path: str = "."
    name: str = ""
    kind: ComponentKind = "web"
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
    env: list[str] = field(default_factory=list)
    required_env: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    system_packages: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    cpus: float = 0.0
    memory: int = 0
    replicas: int = 1
    pre_deploy: str = ""
    post_deploy: str = ""
    evidence: list[Evidence] = field(default_factory=list)
    runner_up: RunnerUp | None = None
    suggested: str = ""
    deployable: bool = True
    confidence: int = -1
    weights: list[float] = field(default_factory=list)
    doubts: list[float] = field(default_factory=list)
    drivers: dict[BackingKind, list[Evidence]] = field(default_factory=dict)
    recommendations: list[str] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)

    def shows(self, evidence: Evidence, weight: float = 0.0) -> None:
        """Add evidence; ``weight`` (0-1) is how often it alone would be right."""
        if evidence not in self.evidence:
            self.evidence.append(evidence)
            if weight:
                self.weights.append(weight)

    def doubt(self, evidence: Evidence, leaves: float) -> None:
        """Add a reason against; ``leaves`` (0-1) is the share of the confidence that stays."""
        if evidence not in self.evidence:
            self.evidence.append(evidence)
            self.doubts.append(leaves)

    def needs(self, kind: BackingKind, evidence: Evidence) -> None:
        """Note that it needs a backing service."""
        known = self.drivers.setdefault(kind, [])
        if evidence not in known:
            known.append(evidence)

    def fact(self, key: str, value: str | bool) -> None:
        """Set a fact; False and empty text leave it absent, True is ``"1"``."""
        if value is True:
            self.facts[key] = "1"
        elif value:
            self.facts[key] = str(value)

    def listen(self, port: int, why: str, variable: str = "") -> None:
        """Set the port with where it came from and the variable that sets it."""
        self.port, self.port_from = port, why
        self.fact("port_env", variable)

    @property
    def total(self) -> int:
        """The confidence, 0-100."""
        return self.confidence if self.confidence >= 0 else score(self.weights, self.doubts)

    def freeze(self) -> Component:
        """Return it as a component."""
        has_port = self.kind in {"web", "static"}
        return Component(
            name=self.name,
            path=self.path,
            kind=self.kind,
            stack=self.stack,
            framework=self.framework,
            package_manager=self.package_manager,
            runtime_version=self.runtime_version,
            build_command=self.build_command,
            start_command=self.start_command,
            port=self.port if has_port else 0,
            port_from=self.port_from if has_port else "",
            health_path=self.health_path if has_port else "",
            output_dir=self.output_dir,
            entry=self.entry,
            dockerfile=self.dockerfile,
            env=tuple(self.env),
            required_env=tuple(self.required_env),
            environment=dict(self.environment),
            volumes=tuple(self.volumes),
            system_packages=tuple(self.system_packages),
            facts=dict(self.facts),
            cpus=self.cpus,
            memory=self.memory,
            replicas=self.replicas,
            pre_deploy=self.pre_deploy,
            post_deploy=self.post_deploy,
            confidence=self.total,
            evidence=tuple(self.evidence),
            runner_up=self.runner_up,
        )
