"""What the screen of a container says of it, as facts."""

from __future__ import annotations

from machete_tui.operations.container_views import ContainerPage
from machete_tui.operations.views import size
from machete_tui.ui import status
from machete_tui.ui.ages import age, ago
from machete_tui.ui.widgets.cells import Cell, Tone
from machete_tui.ui.widgets.facts import Fact


def container_facts(page: ContainerPage, now: float) -> list[Fact]:
    """Return the facts of a container's page; ``now`` in Unix seconds."""
    line = page.line
    state = [status.cell(line.state)]
    if line.health:
        state.append(status.cell(line.health))
    if line.uptime is not None:
        state.append(Cell(f"up {age(line.uptime)}", "quiet"))
    elif line.status:
        state.append(Cell(line.status, "quiet"))
    facts: list[Fact] = [("state", state)]
    if page.exit_code is not None:
        why = "out of memory" if page.oom_killed else _signal(page.exit_code)
        tone: Tone = "bad" if page.oom_killed or page.exit_code not in (0, 143) else ""
        ended = Cell(f"{ago(page.finished, now)}", "quiet")
        cells = [Cell(f"exit code {page.exit_code}", tone), *([Cell(why, tone)] if why else []), ended]
        facts.append(("ended", cells))
    if page.error:
        facts.append(("error", [Cell(page.error, "bad")]))
    facts.append(
        ("of", [Cell(f"{line.kind} {line.of}" if line.of else "nothing: it stands alone"), *_component(page)])
    )
    facts += [
        ("image", [Cell(line.image, "strong"), Cell(page.image_id.removeprefix("sha256:")[:12], "quiet")]),
        ("command", [Cell(page.command or "the image's own")]),
        (
            "restarts",
            [
                Cell(str(line.restarts or 0), "warn" if line.restarts else ""),
                Cell(f"policy {page.restart_policy}", "quiet"),
            ],
        ),
        (
            "created",
            [
                Cell(ago(page.created, now)),
                *([Cell(f"started {ago(page.started, now)}", "quiet")] if page.started else []),
            ],
        ),
        ("limits", [Cell(_limits(page), "" if page.cpus or page.memory else "quiet")]),
        ("ports", [Cell(text) for text in page.ports] or [Cell("none published", "quiet")]),
        (
            "networks",
            [Cell(f"{name} {address}".strip()) for name, address in page.networks.items()]
            or [Cell("none", "quiet")],
        ),
    ]
    mounts = [Cell(f"{source or 'anonymous'} -> {target}") for source, target in page.mounts]
    facts += [("mounts" if index == 0 else "", [cell]) for index, cell in enumerate(mounts)]
    facts.append(("id", [Cell(line.id[:12], "quiet")]))
    return facts


def _component(page: ContainerPage) -> list[Cell]:
    return [Cell(f"component {page.line.component}", "quiet")] if page.line.component else []


def _signal(code: int) -> str:
    return {137: "killed", 143: "stopped", 139: "segmentation fault", 127: "command not found"}.get(code, "")


def _limits(page: ContainerPage) -> str:
    shown = [f"{page.cpus:g} cpus"] if page.cpus else []
    return ", ".join(shown + ([size(page.memory)] if page.memory else [])) or "none"
