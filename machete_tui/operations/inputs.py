"""What the operator asked of a release, beside its source: kept with it, so that it can be done again.

Lives in the release's folder as ``inputs.json``, mode 0600, because environment values may be secret.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import field
from pathlib import Path
from typing import Any

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.core.models import Limits
from machete_tui.core.secrets import is_secret
from machete_tui.core.source import BackingService, Component, Detection

EDITABLE = (
    "kind",
    "build_command",
    "start_command",
    "port",
    "health_path",
    "output_dir",
    "volumes",
    "cpus",
    "memory",
)
"""Fields of a component that an operator may change in the wizard."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """An operator's choices.

    Attributes:
        environment: for every component.
        component_environment: for single ones.
        limits: of single components; ``""`` is the default of all.
        replicas: of single components; ``""`` is the main one.
        port: asked for; 0 for the lowest free one.
        without: names of backing services not to run.
        allow_mounts: host paths allowed although the rules refuse them.
        edits: changed fields of components, by name; a component that was left out has ``None``.
        versions: changed versions of backing services, by name.
    """

    environment: dict[str, str] = field(default_factory=dict)
    component_environment: dict[str, dict[str, str]] = field(default_factory=dict)
    limits: dict[str, Limits] = field(default_factory=dict)
    replicas: dict[str, int] = field(default_factory=dict)
    port: int = 0
    without: tuple[str, ...] = ()
    allow_mounts: tuple[str, ...] = ()
    edits: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def edited(self, detection: Detection) -> Detection:
        """Return the detection with the operator's edits, left-out components and switched-off services."""
        components = tuple(
            dataclasses.replace(c, **_fields(self.edits.get(c.name) or {}))
            for c in detection.components
            if self.edits.get(c.name, {}) is not None
        )
        backing = tuple(
            dataclasses.replace(
                b,
                enabled=b.enabled and b.name not in self.without and b.kind not in self.without,
                version=self.versions.get(b.name, b.version),
            )
            for b in detection.backing_services
        )
        return dataclasses.replace(detection, components=components, backing_services=backing)

    def limits_of(self, component: Component) -> Limits:
        """Return what one container of a component may use."""
        own = self.limits.get(component.name) or self.limits.get("") or Limits()
        return Limits(own.cpus or component.cpus, own.memory or component.memory)

    def replicas_of(self, component: Component, *, main: bool) -> int:
        """Return how many containers a component runs."""
        asked = self.replicas.get(component.name) or (self.replicas.get("") if main else None)
        return asked or component.replicas or 1

    def secret_values(self) -> tuple[str, ...]:
        """Return the values of the environment that must not be seen anywhere."""
        every = [self.environment, *self.component_environment.values()]
        return tuple(v for pairs in every for k, v in pairs.items() if is_secret(k, v))

    def save(self, path: Path) -> None:
        """Write it, readable by its owner only."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)

    @classmethod
    def load(cls, path: Path) -> Inputs:
        """Read it; a file that is not there gives the defaults."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        raw["limits"] = {k: Limits(**v) for k, v in raw.get("limits", {}).items()}
        raw["without"] = tuple(raw.get("without", ()))
        raw["allow_mounts"] = tuple(raw.get("allow_mounts", ()))
        return cls(**raw)


def edits_between(found: Detection, wanted: Detection) -> dict[str, dict[str, Any] | None]:
    """Return what an operator changed of ``found`` to get ``wanted``."""
    kept = {c.name: c for c in wanted.components}
    edits: dict[str, dict[str, Any] | None] = {}
    for component in found.components:
        now = kept.get(component.name)
        if now is None:
            edits[component.name] = None
            continue
        changed = {
            name: getattr(now, name) for name in EDITABLE if getattr(now, name) != getattr(component, name)
        }
        if changed:
            edits[component.name] = changed
    return edits


def versions_between(found: Detection, wanted: Detection) -> dict[str, str]:
    """Return the versions of backing services that an operator changed."""
    before = {b.name: b.version for b in found.backing_services}
    return {b.name: b.version for b in wanted.backing_services if before.get(b.name, b.version) != b.version}


def _fields(edits: dict[str, Any]) -> dict[str, Any]:
    """Return edits as a component has them: what JSON made a list is a tuple."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in edits.items()}


def switched_off(services: tuple[BackingService, ...]) -> tuple[str, ...]:
    """Return the names of the backing services that are not to run."""
    return tuple(s.name for s in services if not s.enabled)


def pairs(texts: tuple[str, ...], where: str = "--env") -> dict[str, str]:
    """Return ``K=V`` texts as a dict; raises InvalidInput naming the wrong one, never its value."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.replace("_", "a").isalnum() or name[:1].isdigit():
            shown = name if sign else text.split("=")[0][:40]
            raise InvalidInput(
                f"{where} {shown!r} is not NAME=VALUE",
                "names are letters, digits and '_', and do not begin with a digit",
                field=where,
            )
        found[name] = value
    return found


def environment_of(env: tuple[str, ...], env_file: str) -> dict[str, str]:
    """Return the variables of a file and of ``--env``, the latter winning."""
    found: dict[str, str] = {}
    if env_file:
        from machete_tui.generation.dotenv import parse

        try:
            text = Path(env_file).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise InvalidInput(
                f"cannot read {env_file}: {reason}", "give a file of NAME=VALUE lines", field="--env-file"
            ) from error
        found |= parse(text)
    return found | pairs(env)
