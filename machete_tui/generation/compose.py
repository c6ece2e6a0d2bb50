"""The compose file of components that are built here, and of the backing services beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from machete_tui.core.engine import LABEL_COMPONENT, LABEL_RELEASE, LABEL_SERVICE, LABEL_TEAM
from machete_tui.core.errors import InvalidInput
from machete_tui.core.plan import PlannedMount
from machete_tui.core.source import BackingService, Component
from machete_tui.generation import backing, commands, probes
from machete_tui.generation.dockerfiles import image_port
from machete_tui.generation.environment import environment
from machete_tui.generation.mounts import mount
from machete_tui.generation.order import Order
from machete_tui.generation.variables import Variables, literal
from machete_tui.generation.yamlout import Quoted, Word, quoted_values

GRACE = "10s"
"""Between SIGTERM and SIGKILL for components; servers finish their requests within 8 seconds."""

BACKING_GRACE = "60s"
"""The same for databases, which write everything down first."""

LOGGING: dict[str, Any] = {"driver": "json-file", "options": {"max-size": "10m", "max-file": Quoted("3")}}

_OWN_INIT = re.compile(r"(?i)s6-overlay|linuxserver/|phusion/|my_init|/sbin/init|\[\s*\"/init\"|systemd")


@dataclass(slots=True)
class Draft:
    """A compose file in the making.

    Attributes:
        order: what it is made for.
        portable: whether it is for the user's own folder: build sections, relative paths, no labels.
        services: by name.
        volumes: named ones: short name -> full name.
        variables: what goes into ``.env``.
        mounts: of all services.
        bases: images that backing services start from, as written.
        warnings: a line each.
        dockerfiles: text of each component's existing Dockerfile, where it has one.
    """

    order: Order
    portable: bool = False
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    variables: Variables = field(default_factory=Variables)
    mounts: list[PlannedMount] = field(default_factory=list)
    bases: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    dockerfiles: Mapping[str, str] = field(default_factory=dict)

    def labels(self, name: str, *, release: bool) -> dict[str, str]:
        """Return a service's labels; what must survive a release untouched has no release in them."""
        found = {LABEL_SERVICE: self.order.service}
        if release:
            found[LABEL_RELEASE] = str(self.order.release)
        return {
            k: Quoted(v) for k, v in (found | {LABEL_COMPONENT: name, LABEL_TEAM: self.order.team}).items()
        }


def image_tag(order: Order, component: str) -> str:
    """Return the tag of a component's image in this release."""
    name = re.sub(r"[^a-z0-9]+", "-", component.lower()).strip("-") or "component"
    return f"machete/{order.service}-{name}:{order.release}"


def document(draft: Draft, sources: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the compose document of all components and enabled backing services.

    Args:
        draft: filled with what else the release needs.
        sources: component -> its ``image`` and ``pull_policy``, or its ``build`` section.
    """
    order = draft.order
    detection = order.detection
    for name in backing.required_passwords(detection):
        password = order.environment.get(name) or order.passwords.get(name, "")
        if not password:
            raise InvalidInput(f"The password {name} was not generated", field=name)
        draft.variables.reference(name, password)
    for component in detection.components:
        draft.services[component.name] = _component(draft, component, sources[component.name])
    for service in backing.enabled(detection):
        if service.name in draft.services:
            raise InvalidInput(
                f"A component and a backing service are both named {service.name}",
                "Rename the component in machete.yml.",
                field="components",
            )
        draft.services[service.name] = _backing(draft, service)
    project = order.service
    found: dict[str, Any] = {"name": project, "services": draft.services}
    if draft.volumes:
        found["volumes"] = {
            short: {"name": full} | ({} if draft.portable else {"labels": {LABEL_SERVICE: Quoted(project)}})
            for short, full in draft.volumes.items()
        }
    found["networks"] = {"default": {"name": f"{project}_default"}}
    return found


def _component(draft: Draft, component: Component, source: dict[str, Any]) -> dict[str, Any]:
    order = draft.order
    name = component.name
    own = draft.dockerfiles.get(name, "")
    body: dict[str, Any] = dict(source)
    shared = bool(component.facts.get("image_of"))
    if component.start_command and (own or shared) and component.kind != "static":
        body["command"] = words(commands.to_exec(component.start_command))
    if component.kind == "cli":
        body["profiles"] = ["tools"]
    if not _OWN_INIT.search(own):
        body["init"] = True
    body["restart"] = "no" if component.kind in ("job", "cli") else "unless-stopped"
    if needs := _needs(draft, component):
        body["depends_on"] = needs
    if pairs := environment(order, component, draft.variables, draft.warnings):
        body["environment"] = quoted_values(pairs)
    if port := image_port(component):
        if ports := ports_of(order, name, [port]):
            body["ports"] = ports
        elif draft.portable:
            body["ports"] = [Quoted(f"{port}:{port}")]
    if component.volumes:
        body["volumes"] = [_mounted(draft, component, text) for text in component.volumes]
    if port and not own and (check := probes.healthcheck(component, port)):
        body["healthcheck"] = check
    body |= limits_of(order, name)
    body["stop_grace_period"] = GRACE
    if "sudo" not in own:
        body["security_opt"] = [Quoted("no-new-privileges:true")]
    if not own:
        body["cap_drop"] = ["ALL"]
        if component.kind == "static":
            # The web server's program file asks for this capability and does not start without it.
            body["cap_add"] = ["NET_BIND_SERVICE"]
    body["logging"] = LOGGING
    if not draft.portable:
        body["labels"] = draft.labels(name, release=True)
    return body


def _backing(draft: Draft, service: BackingService) -> dict[str, Any]:
    order = draft.order
    kind = backing.KINDS[service.kind]
    written = backing.image(service)
    draft.bases.setdefault(written, []).append(service.name)
    volume = f"{service.name}_data"
    draft.volumes[volume] = f"{order.service}_{volume}"
    folder = backing.data_folder(service)
    draft.mounts.append(PlannedMount(service.name, draft.volumes[volume], folder))
    body: dict[str, Any] = {"image": order.stand_ins.get(written, written)}
    if kind.command:
        body["command"] = words(kind.command)
    body |= {"init": True, "restart": "unless-stopped"}
    names = {
        "password": f"${{{backing.password_name(order.detection, service)}}}",
        "root": f"${{{backing.root_name(order.detection, service)}}}",
    }
    if kind.environment:
        body["environment"] = quoted_values({k: v.format(**names) for k, v in kind.environment})
    body |= {
        "volumes": [Quoted(f"{volume}:{folder}")],
        "healthcheck": {
            "test": words(backing.health(service)),
            "interval": "5s",
            "timeout": "5s",
            "retries": 12,
            "start_period": "30s",
        },
    }
    body |= limits_of(order, service.name)
    body |= {
        "stop_grace_period": BACKING_GRACE,
        "security_opt": [Quoted("no-new-privileges:true")],
        "logging": LOGGING,
    }
    if not draft.portable:
        body["labels"] = draft.labels(service.name, release=False)
    return body


def _needs(draft: Draft, component: Component) -> dict[str, Any]:
    """Return what must be up first: backing services when healthy, components that come before it."""
    detection = draft.order.detection
    found: dict[str, Any] = {
        service.name: {"condition": "service_healthy"} for service in backing.used_by(detection, component)
    }
    for other in detection.components:
        if other.name == component.name:
            break
        if (component.name, other.name) in detection.edges and other.kind not in ("job", "cli"):
            found[other.name] = {"condition": "service_started"}
    return found


def words(command: list[str] | tuple[str, ...]) -> list[Word]:
    """Return a command for compose, ``$`` doubled, on one line."""
    return [Word(literal(word)) for word in command]


def limits_of(order: Order, name: str) -> dict[str, Any]:
    """Return limits and replicas of a component."""
    found: dict[str, Any] = {}
    limits = order.limits.get(name)
    if limits and limits.cpus:
        found["cpus"] = limits.cpus
    if limits and limits.memory:
        whole = limits.memory % (1 << 20) == 0
        found["mem_limit"] = f"{limits.memory >> 20}m" if whole else f"{limits.memory}b"
    replicas = order.replicas.get(name, 1)
    if replicas != 1:
        found["deploy"] = {"replicas": replicas}
    return found


def ports_of(order: Order, name: str, containers: list[int], suffixes: tuple[str, ...] = ()) -> list[str]:
    """Return port mappings: each container port gets as many consecutive host ports as there are replicas.

    Raises:
        InvalidInput: when the host ports are too few or not consecutive.
    """
    given = order.ports.get(name, ())
    replicas = max(1, order.replicas.get(name, 1))
    if not given:
        return []
    if len(given) < replicas * len(containers):
        raise InvalidInput(
            f"{name} needs {replicas * len(containers)} host ports and was given {len(given)}", field="ports"
        )
    found: list[str] = []
    for number, port in enumerate(containers):
        mine = given[number * replicas : (number + 1) * replicas]
        if list(mine) != list(range(mine[0], mine[0] + replicas)):
            raise InvalidInput(f"The host ports of {name} are not consecutive: {mine}", field="ports")
        host = str(mine[0]) if replicas == 1 else f"{mine[0]}-{mine[-1]}"
        found.append(Quoted(f"{host}:{port}{suffixes[number] if suffixes else ''}"))
    return found


def _mounted(draft: Draft, component: Component, text: str) -> str:
    """Return one mount as compose takes it, and note it."""
    line, planned, volume = mount(draft.order, component, text, portable=draft.portable)
    draft.mounts.append(planned)
    if volume:
        draft.volumes[volume] = planned.source
    return Quoted(line)
