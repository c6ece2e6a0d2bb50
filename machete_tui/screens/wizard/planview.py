"""A plan as a person reads it before saying yes: what will be where, what changes, what to beware of."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from machete_tui.core.clock import duration
from machete_tui.core.plan import BaseImage, Plan
from machete_tui.core.secrets import hidden_values, mask_urls, masked
from machete_tui.core.source import Component
from machete_tui.operations.views import size
from machete_tui.screens.wizard.rows import Row
from machete_tui.ui.widgets.cells import clean

_AVAILABLE = {"local": "here", "registry": "to be pulled", "missing": "neither here nor to be pulled"}


def plan_rows(plan: Plan, existing: str = "") -> list[Row]:
    """Return the plan as rows.

    Args:
        plan: from a dry run.
        existing: where the service of that name came from until now; empty for a new one.
    """
    rows = [Row(None, _title(plan))]
    if existing:
        other = existing != plan.source.location
        said = f"{plan.service} is there already: this becomes its release #{plan.release}"
        tail = f", from another source than now ({existing})" if other else ""
        rows.append(_warning(said + tail))
    rows += [_warning(w) for w in plan.warnings]
    rows.append(Row(None, Content("")))
    rows += _rows("Address", _addresses(plan))
    rows += _rows("Downtime", [_gap(plan)])
    rows += _rows("Changes", [Content(clean(c)) for c in plan.changes])
    rows += _rows("Components", [line for c in plan.detection.components for line in _component(plan, c)])
    beside = [b for b in plan.detection.backing_services if b.enabled]
    rows += _rows("Beside", [Content(f"{b.name}  {b.kind} {b.version}".strip()) for b in beside])
    rows += _rows("Volumes", _mounts(plan))
    rows += _rows("Builds", [Content(f"{i.tag}  from {i.dockerfile}") for i in plan.images])
    rows += _rows("Base images", [_base(b) for b in plan.bases])
    environment = masked(plan.environment)
    rows += _rows("Environment", [Content(clean(f"{k}={v}")) for k, v in environment.items()])
    return rows


def file_lines(path: str, text: str) -> list[str]:
    """Return a planned file's lines; the values of an environment file are masked."""
    if path.rpartition("/")[2] == ".env":
        return hidden_values(text.rstrip("\n")).split("\n")
    return [line if "${" in line else mask_urls(line) for line in text.rstrip("\n").split("\n")]


def _title(plan: Plan) -> Content:
    at = f" at {plan.checkout.commit[:8]}" if plan.checkout.commit else ""
    dirty = " with local changes" if plan.checkout.dirty else ""
    title = Content.styled(f"{plan.service}, release #{plan.release}", "bold")
    return title + Content.styled(clean(f"  from {plan.source.location}{at}{dirty}"), "$quiet")


def _warning(text: str) -> Row:
    return Row(None, Content.styled(f"! {clean(text)}", "$warning"))


def _rows(title: str, rows: Iterable[Content]) -> list[Row]:
    return [Row(Content.styled("" if place else title, "$quiet"), row) for place, row in enumerate(rows)]


def _addresses(plan: Plan) -> list[Content]:
    rows = []
    for component, ports in plan.ports.items():
        urls = ", ".join(f"http://127.0.0.1:{port}" for port in ports)
        rows.append(Content.styled(urls, "$primary") + Content.styled(f"  {clean(component)}", "$quiet"))
    return rows or [Content.styled("none: nothing listens on a port", "$quiet")]


def _gap(plan: Plan) -> Content:
    gap = f"about {duration(plan.downtime)}" if plan.downtime else "none"
    return Content(gap) + Content.styled(f"  {clean(plan.downtime_why)}", "$quiet")


def _component(plan: Plan, part: Component) -> list[Content]:
    stack = f"{part.stack}/{part.framework}" if part.framework else part.stack
    count = plan.replicas.get(part.name, 1)
    limits = plan.limits.get(part.name)
    facts = [f"{count} container{'s' * (count != 1)}"]
    if limits is not None and limits.cpus:
        facts.append(f"{limits.cpus:g} cores")
    if limits is not None and limits.memory:
        facts.append(size(limits.memory))
    if part.port:
        facts.append(f"port {part.port}")
    if part.health_path:
        facts.append(f"health {part.health_path}")
    line = Content.assemble(
        Content.styled(clean(part.name), "bold"),
        Content(f"  {stack}  "),
        Content.styled(clean(", ".join(facts)), "$quiet"),
    )
    start = Content.styled(clean(f"  $ {part.start_command}"), "$quiet")
    return [line, start] if part.start_command else [line]


def _mounts(plan: Plan) -> list[Content]:
    rows = []
    for mount in plan.mounts:
        kind = "" if mount.named else " on this host"
        mode = ", read-only" if mount.read_only else ""
        rows.append(
            Content(clean(f"{mount.component}: {mount.source} → {mount.target}"))
            + Content.styled(f"{kind}{mode}", "$quiet")
        )
    return rows


def _base(base: BaseImage) -> Content:
    where = f"stands in: {base.stand_in}" if base.stand_in else _AVAILABLE.get(base.available, base.available)
    tone = "$warning" if base.available in ("missing", "stand-in") else "$quiet"
    return Content(f"{clean(base.ref)}  ") + Content.styled(where, tone)
