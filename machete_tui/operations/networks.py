"""``network.list|show|remove``: networks, their address ranges and who is in them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import LABEL_PROJECT
from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.events import Event, Note, Result
from machete_tui.core.frozen import dataclass
from machete_tui.core.resources import LocalNetwork
from machete_tui.core.results import Done, Listing
from machete_tui.operations.ground import Ground, survey
from machete_tui.operations.image_list import Matcher, said
from machete_tui.operations.inspecting import inspected
from machete_tui.operations.journal import audited
from machete_tui.operations.registry import arg, operation
from machete_tui.operations.resource_views import NetworkRow


@dataclass(frozen=True, slots=True)
class ListNetworks:
    """Which networks to list."""

    filter: str = arg("only names that match this regular expression; ! inverts", default="")
    unused: bool = arg("only those that no container is in and nothing keeps", default=False)


@dataclass(frozen=True, slots=True)
class OneNetwork:
    """A network by its name or id."""

    network: str = arg("network", positional=True, metavar="NETWORK")


@dataclass(frozen=True, slots=True)
class RemoveNetworks:
    """Which networks to remove."""

    networks: tuple[str, ...] = arg("networks, each by its name or id", positional=True, metavar="NETWORK")


@operation("network.list", "list networks: subnets, project, who is in them")
def list_networks(ctx: Context, request: ListNetworks, cancel: Cancel) -> Iterator[Event]:
    """List networks by name."""
    wanted = Matcher(request.filter)
    networks = sorted(ctx.engine.resources.networks(), key=lambda n: n.name)
    ground = survey(ctx)
    rows = [network_row(n, ground) for n in networks if wanted(n.name)]
    if request.unused:
        rows = [r for r in rows if not r.used_by and not r.kept_for]
    yield Result(Listing(tuple(rows), "no network to list"))


@operation("network.show", "show all that the engine knows of a network, as JSON")
def show_network(ctx: Context, request: OneNetwork, cancel: Cancel) -> Iterator[Event]:
    """Inspect one network."""
    yield Result(inspected(ctx.engine, "network", request.network))


@operation(
    "network.remove",
    "remove networks; one that a container is in, or needs to start, is refused",
    role="operator",
    changes=True,
    destroys=True,
)
def remove_networks(ctx: Context, request: RemoveNetworks, cancel: Cancel) -> Iterator[Event]:
    """Look at all of them first: when one is needed, none is removed."""
    command = shlex.join(["docker", "network", "rm", *request.networks])
    with audited(ctx, "network.remove") as audit:
        audit.detail = f"$ {command}"
        every = ctx.engine.resources.networks()
        names = list(dict.fromkeys(request.networks))
        chosen = {name: next((n for n in every if name in (n.name, n.id)), None) for name in names}
        found = [network for network in chosen.values() if network is not None]
        if not found:
            raise NotFound(
                f"there is no network {', '.join(names)}",
                "machete-tui --run network.list shows all",
                field="NETWORK",
            )
        for name, network in chosen.items():
            if network is None:
                yield Note(f"{name} is gone already", "warning")
        ground = survey(ctx)
        for network in found:
            check(ground, network)
        yield Note(f"$ {command}")
        for network in found:
            cancel.check()
            ctx.engine.resources.remove_network(network.id if _twice(every, network) else network.name)
    yield Result(Done(f"{found[0].name if len(found) == 1 else f'{len(found)} networks'} removed"))


def check(ground: Ground, network: LocalNetwork) -> None:
    """Raise Conflict, naming who, when a container or a service needs it."""
    users = ground.users_of_network(network)
    if users:
        raise Conflict(
            f"network {network.name} is used by container {', '.join(users)}",
            "remove that first (a stopped container cannot start without its network)",
            field="NETWORK",
        )
    kept = ground.keeps_network(network)
    if kept:
        raise Conflict(f"network {network.name} stays: {', '.join(kept)}", field="NETWORK")


def network_row(network: LocalNetwork, ground: Ground) -> NetworkRow:
    """Return a network as lists show it."""
    users, kept = ground.users_of_network(network), ground.keeps_network(network)
    return NetworkRow(
        name=network.name,
        driver=network.driver,
        subnets=network.subnets,
        scope=network.scope,
        project=network.labels.get(LABEL_PROJECT, ""),
        use=said(users, kept),
        id=network.id,
        created=network.created,
        internal=network.internal,
        used_by=users,
        kept_for=kept,
    )


def _twice(every: list[LocalNetwork], network: LocalNetwork) -> bool:
    """Return whether another network has the same name, which an engine allows."""
    return sum(n.name == network.name for n in every) > 1
