"""What is known of a source before it is deployed: the branches of a remote, and what its files are."""

from __future__ import annotations

from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.results import Listing, column
from machete_tui.core.source import Detection, SourceRef
from machete_tui.operations.registry import arg, operation


@dataclass(frozen=True, slots=True)
class Branches:
    """Which remote, and how to be let in."""

    source: str = arg("Git URL", positional=True, metavar="URL")
    ssh_key: str = arg("private key for ssh remotes", default="", kind="path", metavar="FILE")
    token_env: str = arg("variable that holds the token for http(s) remotes", default="", metavar="NAME")
    token_file: str = arg("file that holds it", default="", kind="path", metavar="FILE")


@dataclass(frozen=True, slots=True)
class RefRow:
    """One branch or tag; the remote's default branch comes first."""

    name: str = column("NAME")
    kind: str = column("KIND")
    default: bool = column("DEFAULT", lambda v: "yes" if v else "-")


@operation("source.branches", "list the branches and tags of a Git remote")
def branches(ctx: Context, request: Branches, cancel: Cancel) -> Iterator[Event]:
    """Ask the remote; ends with a listing, the default branch first, tags last."""
    from machete_tui.operations.sources import parse_source

    source = parse_source(
        request.source,
        branch="",
        path="",
        ssh_key=request.ssh_key,
        token_env=request.token_env,
        token_file=request.token_file,
    )
    names = ctx.sources.branches(source, cancel)
    yield Result(Listing(tuple(_row(name, place) for place, name in enumerate(names)), "the remote is empty"))


def _row(name: str, place: int) -> RefRow:
    tag = name.startswith("tag:")
    return RefRow(name.removeprefix("tag:"), "tag" if tag else "branch", place == 0 and not tag)


def read_source(ctx: Context, source: SourceRef, cancel: Cancel) -> Detection:
    """Bring a source here, say what it is, and remove what was brought.

    Raises:
        MacheteError: as fetching and detecting do; nothing stays behind then either.
    """
    import tempfile

    from machete_tui.detection import detect

    ctx.settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="read-", dir=ctx.settings.state_dir) as folder:
        checkout = ctx.sources.fetch(source, f"{folder}/source", cancel)
        cancel.check()
        return detect(checkout.root, source=source.location)


@dataclass(frozen=True, slots=True)
class PortAdvice:
    """What may be said of a stable port before anything is deployed.

    Attributes:
        lowest: lowest free port of the range; 0 when none is left.
        kept: port that the service of this name holds already; 0 for none.
        taken: why the wanted port cannot be had, in one line; empty when it can.
    """

    lowest: int
    kept: int = 0
    taken: str = ""


def port_advice(ctx: Context, wanted: int, service: str) -> PortAdvice:
    """Look at leases and at the host; the deploy itself checks again, under its lock.

    Args:
        ctx: store and host.
        wanted: port asked for; 0 for none.
        service: name of the service that is to have it.
    """
    leases = ctx.store.ports.all()
    held = {lease.port: lease.service or "a reservation" for lease in leases if lease.service != service}
    own = sorted(lease.port for lease in leases if lease.service == service and service)
    span = range(ctx.settings.port_low, ctx.settings.port_high + 1)
    lowest = next((p for p in span if p not in held and p not in own and ctx.host.port_free(p)), 0)
    taken = ""
    if wanted in held:
        taken = f"port {wanted} is held by {held[wanted]}"
    elif wanted and wanted not in own and not ctx.host.port_free(wanted):
        taken = f"port {wanted} is in use by another program"
    return PortAdvice(lowest, own[0] if own else 0, taken)
