"""What can be done to images, volumes, networks and build cache: one set of keys, one way to ask first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType

from machete_tui.core.errors import Conflict
from machete_tui.core.results import Document, Done
from machete_tui.operations.resource_views import CacheRow, ImageRow, NetworkRow, VolumeRow, measured
from machete_tui.ui.dialogs.confirm import Confirm
from machete_tui.ui.jobs import Job
from machete_tui.ui.shell import Shell

if TYPE_CHECKING:
    from machete_tui.ui.screen import MacheteScreen

Row = ImageRow | VolumeRow | NetworkRow | CacheRow
KINDS: dict[type, str] = {ImageRow: "image", VolumeRow: "volume", NetworkRow: "network", CacheRow: "cache"}
LOST = {
    "image": "A tag is only a name; an image goes with its last one, and has to be pulled or built again.",
    "volume": "Their data is lost for good.",
    "network": "Containers made elsewhere that name them cannot start until they are made again.",
}


class ResourceActions:
    """Mixed into a :class:`MacheteScreen` that has ``targets`` and ``kind``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "inspect", "Inspect", id="resource.inspect", tooltip="all that the engine knows of it"),
        Binding(
            "delete",
            "remove",
            "Remove",
            key_display="Del",
            id="resource.remove",
            tooltip="remove it, or all marked; asks first",
        ),
        Binding(
            "X",
            "prune",
            "Prune",
            id="resource.prune",
            tooltip="what nothing needs, and how many bytes come back",
        ),
        Binding("P", "pull", "Pull", id="resource.pull", tooltip="pull an image from a registry"),
        Binding("y", "copy", "Copy", show=False, id="resource.copy", tooltip="copy its name"),
    ]

    @property
    def targets(self) -> Sequence[Row]:
        """What an action works on."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """What the screen shows now: ``image``, ``volume``, ``network``, ``cache``; else empty."""
        raise NotImplementedError

    def actions_done(self) -> None:
        """Called when something was changed."""

    @property
    def _shell(self) -> Shell:
        return cast(Shell, cast("MacheteScreen", self).app)

    def action_inspect(self) -> None:
        """Open all that the engine knows of the row under the cursor."""
        targets = self.targets
        if targets:
            self.inspect_row(targets[0])

    def inspect_row(self, row: Row) -> None:
        """Open all that the engine knows of one object, as JSON."""
        shell = self._shell
        if isinstance(row, CacheRow):
            shell.open_text(f"cache {row.id}", _record(row))
            return
        kind = KINDS[type(row)]
        request = _one(row)

        def on_end(job: Job) -> None:
            if job.error is not None:
                shell.show_error(job.error, row.name)
                self.actions_done()
            elif isinstance(job.value, Document):
                shell.open_text(f"{kind} {row.name}", job.value.text, kind="json")

        shell.bridge.run(f"{kind}.show", request, label="", subject="", quiet=True, on_end=on_end)

    def action_copy(self) -> None:
        """Copy names over OSC 52."""
        text = "\n".join(_name(row) for row in self.targets)
        if text:
            self._shell.copy_to_clipboard(text)
            self._shell.notify(f"copied {text}" if "\n" not in text else "copied", timeout=2)

    def action_remove(self) -> None:
        """Remove, after a question that lists names and bytes and leaves out what is needed."""
        rows = [row for row in self.targets if not isinstance(row, CacheRow)]
        if not rows:
            if self.kind == "cache":
                self.action_prune()
            return
        free = [row for row in rows if not _locked(row)]
        held = [row for row in rows if _locked(row)]
        if not free:
            self._shell.show_error(_held(held), rows[0].name if len(rows) == 1 else "")
            return
        kind = KINDS[type(rows[0])]
        what = f"{kind} {free[0].name}" if len(free) == 1 else f"{len(free)} {kind}s"
        sizes = [_bytes(row) for row in free]
        lines = [LOST[kind]]
        if any(sizes):
            lines.insert(0, f"{measured(sum(sizes))} in all." if len(free) > 1 else f"{measured(sizes[0])}.")
        left = [f"{row.name} ({', '.join(row.kept_for)})" for row in free if row.kept_for]
        if left:
            lines.append(f"No prune would take {', '.join(left[:3])}.")
        if held:
            needed = ", ".join(f"{row.name} ({row.use})" for row in held[:3])
            stay = (
                "marked one stays, because it is" if len(held) == 1 else "marked ones stay, because they are"
            )
            lines.append(f"{len(held)} {stay} needed: {needed}")
        names = [f"{row.name}  {measured(_bytes(row))}" if any(sizes) else row.name for row in free]
        question = Confirm(f"Remove {what}?", lines, yes="Remove", names=names if len(free) > 1 else ())
        self._shell.confirm(question, lambda: self._remove(kind, free))

    def _remove(self, kind: str, rows: Sequence[Row]) -> None:
        shell = self._shell
        label = f"remove {_name(rows[0])}" if len(rows) == 1 else f"remove {len(rows)} {kind}s"

        def on_end(job: Job) -> None:
            if job.error is not None and job.state == "failed":
                shell.show_error(job.error)
            elif isinstance(job.value, Done):
                shell.notify(job.value.message, timeout=5)
            self.actions_done()

        shell.bridge.run(
            f"{kind}.remove", _all(kind, rows), label=label, subject="", quiet=True, on_end=on_end
        )

    def action_prune(self) -> None:
        """Show what a prune of this kind would take."""
        if self.kind:
            from machete_tui.ui.dialogs.prune import prune

            prune(self._shell, self.kind, self.actions_done)

    def action_pull(self) -> None:
        """Ask for an image to pull, the one under the cursor at first."""
        from machete_tui.operations.registry import find
        from machete_tui.ui.dialogs.form import Form

        shell = self._shell
        row = next(iter(self.targets), None)
        preset = {"image": row.name} if isinstance(row, ImageRow) and row.tags else {}

        def decided(request: Any) -> None:
            if request is not None:
                shell.deploy("image.pull", request, f"pull {request.image}")

        shell.push_screen(Form(find("image.pull"), preset=preset), decided)


def _locked(row: ImageRow | VolumeRow | NetworkRow) -> bool:
    return row.locked if isinstance(row, VolumeRow) else bool(row.used_by or row.kept_for)


def _held(rows: Sequence[ImageRow | VolumeRow | NetworkRow]) -> Conflict:
    said = "; ".join(f"{row.name}: {row.use}" for row in rows[:4])
    more = f"; and {len(rows) - 4} more" if len(rows) > 4 else ""
    return Conflict(f"it is needed: {said}{more}", "remove what needs it first; i shows all of it")


def _name(row: Row) -> str:
    return row.id if isinstance(row, CacheRow) else row.name


def _id(row: Row) -> str:
    return row.name if isinstance(row, VolumeRow) else row.id


def _bytes(row: Row) -> int:
    if isinstance(row, ImageRow):
        return row.size - (row.shared or 0)
    return 0 if isinstance(row, NetworkRow) else row.size or 0


def _one(row: ImageRow | VolumeRow | NetworkRow) -> Any:
    if isinstance(row, ImageRow):
        from machete_tui.operations.image_list import OneImage

        return OneImage(row.id)
    if isinstance(row, VolumeRow):
        from machete_tui.operations.volumes import OneVolume

        return OneVolume(row.name)
    from machete_tui.operations.networks import OneNetwork

    return OneNetwork(row.id)


def _all(kind: str, rows: Sequence[Row]) -> Any:
    if kind == "image":
        from machete_tui.operations.image_remove import RemoveImages

        return RemoveImages(tuple(_id(row) for row in rows))
    if kind == "volume":
        from machete_tui.operations.volumes import RemoveVolumes

        return RemoveVolumes(tuple(_name(row) for row in rows))
    from machete_tui.operations.networks import RemoveNetworks

    return RemoveNetworks(tuple(_id(row) for row in rows))


def _record(row: CacheRow) -> str:
    from machete_tui.core.clock import iso

    return "\n".join(
        (
            f"id: {row.id}",
            f"kind: {row.kind}",
            f"size: {measured(row.size)}",
            f"state: {row.state or 'unused'}",
            f"created: {iso(row.created)}",
            f"last used: {iso(row.used)}",
            f"uses: {row.uses}",
            "",
            row.text,
        )
    )
