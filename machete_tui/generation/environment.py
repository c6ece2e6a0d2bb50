"""What a container is told: its port, its neighbours, its databases, and what the operator set."""

from __future__ import annotations

import re
from urllib.parse import quote

from machete_tui.core.source import Component
from machete_tui.generation import backing, quoting
from machete_tui.generation.dockerfiles import image_port
from machete_tui.generation.order import Order
from machete_tui.generation.variables import Variables, literal


def environment(
    order: Order, component: Component, variables: Variables, warnings: list[str]
) -> dict[str, str]:
    """Return a component's environment; later ones win: port, neighbours, databases, manifest, operator.

    Args:
        order: names the operator's values.
        component: whose environment.
        variables: takes the values that must not stand in the compose file.
        warnings: takes a line for each value that is not passed on.
    """
    name = component.name
    found: dict[str, str] = {}
    port = image_port(component)
    if component.kind == "web" and port:
        for variable in ("PORT", component.facts.get("port_env", "")):
            if variable:
                found[variable] = str(port)
    found |= _neighbours(order, component)
    for variable, value in backing.connections(order.detection, component).items():
        found[variable] = _with_passwords(order, variables, value)
    found |= {variable: literal(value) for variable, value in component.environment.items()}
    given = order.environment | order.component_environment.get(name, {})
    for variable, value in given.items():
        quoting.text(variable, "the name of an environment variable")
        if variable in ("PORT", component.facts.get("port_env")) and port and value != str(port):
            warnings.append(
                f"{name}: {variable}={value} is not passed on; it listens on {port} inside its container"
            )
            continue
        found[variable] = variables.reference(variable, value, name)
    return found


def _with_passwords(order: Order, variables: Variables, value: str) -> str:
    """Point a password in a URL at its variable, or at a percent-encoded one where it needs encoding."""
    for name in backing.required_passwords(order.detection):
        there = f"${{{backing.url_name(name)}}}"
        if there in value:
            password = variables.values[name]
            encoded = quote(password, safe="-_.~")
            value = value.replace(
                there,
                f"${{{name}}}"
                if encoded == password
                else variables.reference(backing.url_name(name), encoded),
            )
    return value


def _neighbours(order: Order, component: Component) -> dict[str, str]:
    """Return addresses of other components under the names that the code reads them by."""
    found: dict[str, str] = {}
    for start, end in order.detection.edges:
        other = next((c for c in order.detection.components if c.name == end), None)
        if start != component.name or other is None or not (port := image_port(other)):
            continue
        prefix = re.sub(r"[^A-Z0-9]", "_", end.upper())
        values = {f"{prefix}_URL": f"http://{end}:{port}", f"{prefix}_HOST": end, f"{prefix}_PORT": str(port)}
        found |= {k: v for k, v in values.items() if k in component.env}
    return found
