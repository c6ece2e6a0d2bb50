"""Plans, diffs and pages as text for a person: one function a type, the same for every front."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from machete_tui.core.clock import duration, iso
from machete_tui.core.plan import Plan
from machete_tui.operations.views import DeploymentDetail, ReleaseDiff, ServiceDetail, size


@singledispatch
def document(value: Any) -> str | None:
    """Return ``value`` as text, or None when it has no text of its own."""
    return None


@document.register
def _(plan: Plan) -> str:
    from machete_tui.detection.report import detection_text

    plan = plan.shown()
    commit = f" at {plan.checkout.commit[:8]}" if plan.checkout.commit else ""
    dirty = " with local changes" if plan.checkout.dirty else ""
    lines = [
        f"Plan for {plan.service}, release #{plan.release}",
        f"Source: {plan.source.location}{commit}{dirty}",
    ]
    lines += ["", *detection_text(plan.detection).rstrip().split("\n")]
    lines += _section("Images to build", [f"{i.tag}  from {i.dockerfile}" for i in plan.images])
    lines += _section(
        "Base images",
        [f"{b.ref}  {b.available}" + (f": {b.stand_in}" if b.stand_in else "") for b in plan.bases],
    )
    lines += _section("Ports", [f"{n}: {', '.join(map(str, p))}" for n, p in plan.ports.items()])
    lines += _section(
        "Volumes",
        [
            f"{m.component}: {m.source} -> {m.target}" + (" (read-only)" if m.read_only else "")
            for m in plan.mounts
        ],
    )
    limits = {
        n: [f"{x.cpus:g} cpus"] * bool(x.cpus) + [size(x.memory)] * bool(x.memory)
        for n, x in plan.limits.items()
    }
    lines += _section("Limits", [f"{name}: {', '.join(shown)}" for name, shown in limits.items()])
    lines += _section("Containers", [f"{name}: {count}" for name, count in plan.replicas.items()])
    lines += _section("Environment", _pairs(plan.environment))
    lines += _section("Changes against the live release", list(plan.changes))
    gap = "none" if not plan.downtime else f"about {duration(plan.downtime)}"
    lines += ["", f"Expected downtime: {gap} ({plan.downtime_why})"]
    lines += _section("Warnings", list(plan.warnings))
    for file in plan.files:
        lines += ["", f"--- {file.path} ({file.mode:04o})", file.text.rstrip() or "(empty)"]
    return "\n".join(lines)


@document.register
def _(diff: ReleaseDiff) -> str:
    lines = [f"{diff.service}: release #{diff.before} -> #{diff.after}", *(f"  {s}" for s in diff.summary)]
    for name, text in diff.parts:
        lines += ["", f"--- {name}", text.rstrip()]
    return "\n".join(lines)


@document.register
def _(detail: DeploymentDetail) -> str:
    d = detail.deployment
    release = f"#{d.release}" if d.release else "-"
    lines = [
        f"{d.service}: deployment {d.number} ({d.kind}) {d.status}",
        f"Release: {release}   previous: {f'#{detail.previous}' if detail.previous else '-'}",
        f"Started: {iso(d.started)} by {d.actor}   took {duration(d.seconds)}",
        "",
    ]
    for step in detail.steps:
        lines.append(
            f"  {step.status:<8} {duration(step.seconds):>8}  {step.title}"
            + (f": {step.detail}" if step.detail else "")
        )
    if d.reason:
        lines += ["", f"Reason: {d.reason}"]
    if detail.suggestion:
        lines.append(f"What to do: {detail.suggestion}")
    lines += _section("Last lines of the containers", list(detail.log_tail))
    return "\n".join(lines)


@document.register
def _(detail: ServiceDetail) -> str:
    s = detail.service
    health = f", {s.health}" if s.health else ""
    lines = [
        f"{s.name}: {s.status}{health}" + (f" ({s.reason})" if s.reason else ""),
        f"Release: {f'#{s.release}' if s.release else '-'}   stack: {s.stack or '-'}   team: {s.team}",
        f"Address: {s.address or '-'}   up {duration(s.uptime)}",
        f"Source: {detail.source}"
        + (f"   branch {detail.branch}" if detail.branch else "")
        + (f"   commit {detail.commit[:8]}" if detail.commit else ""),
    ]
    lines += _section(
        "Containers",
        [
            f"{c.name}  {c.component}  {c.status}  {c.image}" + (f"  {c.ports}" if c.ports else "")
            for c in detail.containers
        ],
    )
    lines += _section("Addresses", [f"{n}: {a}" for n, a in detail.addresses.items()])
    lines += _section("Environment", _pairs(detail.environment))
    lines += _section("Volumes", list(detail.volumes))
    lines += _section("Limits", [f"{n}: {v}" for n, v in detail.limits.items()])
    lines += _section("Containers wanted", [f"{n}: {v}" for n, v in detail.replicas.items()])
    lines += _section(
        "Releases",
        [
            f"#{r.number}  {iso(r.created)}  {r.commit[:8] or '-'}"
            + ("  live" if r.live else "")
            + ("" if r.kept else "  images gone")
            for r in detail.releases
        ],
    )
    if detail.last_deployment:
        shown = document(detail.last_deployment) or ""
        lines += ["", "Last deployment", *("  " + line for line in shown.split("\n"))]
    return "\n".join(lines)


def _section(title: str, rows: list[str]) -> list[str]:
    return ["", title, *(f"  {row}" for row in rows)] if rows else []


def _pairs(environment: Mapping[str, str]) -> list[str]:
    r"""Return each variable as one line: line breaks in a value are written as ``\n``."""
    return [f"{k}={v}".replace("\r", "\\r").replace("\n", "\\n") for k, v in environment.items()]
