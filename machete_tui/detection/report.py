"""A Detection for a program (the documented JSON shape) and for a person."""

from __future__ import annotations

from typing import Any

from machete_tui.core.source import BackingService, Component, Detection

MAX_EVIDENCE = 8
"""Lines of evidence that a person is shown for one component."""


def detection_json(detection: Detection) -> dict[str, Any]:
    """Return the detection as plain data in the shape that ``source.detect --json`` documents."""
    return {
        "source": detection.source,
        "name": detection.name,
        "components": [_component(c) for c in detection.components],
        "backing_services": [_service(s) for s in detection.backing_services],
        "edges": [list(edge) for edge in detection.edges],
        "strategy": detection.strategy,
        "strategy_why": detection.strategy_why,
        "compose_files": list(detection.compose_files),
        "recommendations": list(detection.recommendations),
        "warnings": list(detection.warnings),
        "has_manifest": detection.has_manifest,
    }


def _component(component: Component) -> dict[str, Any]:
    return {
        "path": component.path,
        "name": component.name,
        "kind": component.kind,
        "stack": component.stack,
        "framework": component.framework,
        "package_manager": component.package_manager,
        "runtime_version": component.runtime_version,
        "build_command": component.build_command,
        "start_command": component.start_command or component.facts.get("cmd", ""),
        "port": component.port,
        "port_from": component.port_from,
        "health_path": component.health_path,
        "output_dir": component.output_dir,
        "dockerfile": component.dockerfile,
        "confidence": component.confidence,
        "evidence": [{"file": e.file, "line": e.line, "shows": e.shows} for e in component.evidence],
        "runner_up": {"stack": component.runner_up.stack, "confidence": component.runner_up.confidence}
        if component.runner_up
        else None,
        "env": list(component.env),
        "required_env": list(component.required_env),
        "environment": dict(component.environment),
        "volumes": list(component.volumes),
        "system_packages": list(component.system_packages),
        "cpus": component.cpus,
        "memory": component.memory,
        "replicas": component.replicas,
        "pre_deploy": component.pre_deploy,
        "post_deploy": component.post_deploy,
        "facts": dict(component.facts),
    }


def _service(service: BackingService) -> dict[str, Any]:
    return {
        "kind": service.kind,
        "name": service.name,
        "version": service.version,
        "variables": list(service.variables),
        "enabled": service.enabled,
        "evidence": [{"file": e.file, "line": e.line, "shows": e.shows} for e in service.evidence],
    }


def detection_text(detection: Detection) -> str:
    """Return the detection as lines for a person: each component with its evidence and runner-up."""
    lines = [f"{detection.name}: {detection.strategy}, {detection.strategy_why}"]
    if detection.has_manifest:
        lines.append("with what machete.yml says")
    for component in detection.components:
        lines += ["", *_component_lines(component)]
    if detection.backing_services:
        lines += ["", "Backing services"]
        for service in detection.backing_services:
            version = f" {service.version}" if service.version else ""
            off = "" if service.enabled else " (off)"
            read = f", read as {', '.join(service.variables)}" if service.variables else ""
            lines.append(f"  {service.name}: {service.kind}{version}{off}{read}")
            lines += [f"    {_place(e.file, e.line)}  {e.shows}" for e in service.evidence[:3]]
    if detection.edges:
        lines += ["", "Who needs whom"]
        lines += [f"  {source} -> {target}" for source, target in detection.edges]
    for title, texts in (("Recommended", detection.recommendations), ("Warnings", detection.warnings)):
        if texts:
            lines += ["", title, *(f"  - {text}" for text in texts)]
    return "\n".join(lines)


def _component_lines(component: Component) -> list[str]:
    stack = component.stack + (f"/{component.framework}" if component.framework else "")
    version = f" {component.runtime_version}" if component.runtime_version else ""
    sure = f"{component.confidence} % sure"
    lines = [f"{component.name}  {component.kind}, {stack}{version}, {sure}  ({component.path})"]
    port = f"{component.port} ({component.port_from})" if component.port else ""
    start = component.start_command or component.facts.get("cmd", "")
    rows = (
        ("packages", component.package_manager),
        ("Dockerfile", component.dockerfile),
        ("build", component.build_command),
        ("start", start),
        ("output", component.output_dir),
        ("port", port),
        ("health", component.health_path),
        ("needs", ", ".join(component.required_env)),
        ("reads", ", ".join(n for n in component.env if n not in component.required_env)),
        ("pre-deploy", component.pre_deploy),
        ("post-deploy", component.post_deploy),
        ("volumes", ", ".join(component.volumes)),
        ("system", ", ".join(component.system_packages)),
    )
    lines += [f"  {name:<11} {value}" for name, value in rows if value]
    lines.append("  because")
    lines += [f"    {_place(e.file, e.line)}  {e.shows}" for e in component.evidence[:MAX_EVIDENCE]]
    if component.runner_up:
        lines.append(f"  or else     {component.runner_up.stack}, {component.runner_up.confidence} %")
    return lines


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file
