"""One bridge, and a network namespace for each engine: their ports and rules never meet the machine's."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig.commands import RigError, run, succeeds
from tests.rig.places import Places

_NEW_NETWORK = 0x40000000
_NAMESPACES = Path("/run/netns")
_libc = ctypes.CDLL(None, use_errno=True)
_home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def enter(namespace: Path) -> None:
    """Move this thread into a network namespace; processes and threads that it starts from now on follow."""
    with namespace.open() as file:
        _move(file.fileno(), str(namespace))


@contextmanager
def entered(namespace: Path) -> Iterator[None]:
    """Run the body of this thread inside a network namespace."""
    with _back_afterwards():
        enter(namespace)
        yield


@contextmanager
def at_home() -> Iterator[None]:
    """Run the body of this thread in the namespace that the process began in: there the bridge is."""
    with _back_afterwards():
        _move(_home, "the one that this process began in")
        yield


@contextmanager
def _back_afterwards() -> Iterator[None]:
    with Path("/proc/thread-self/ns/net").open() as before:
        try:
            yield
        finally:
            _move(before.fileno(), "the one before")


def _move(descriptor: int, name: str) -> None:
    if _libc.setns(descriptor, _NEW_NETWORK) != 0:
        raise RigError(f"cannot enter the network namespace {name}: {os.strerror(ctypes.get_errno())}")


@at_home()
def mtu() -> int:
    """Return the MTU of the machine's way out, which the namespaces must not exceed."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == "00000000" and fields[7] == "00000000":
            return int(Path(f"/sys/class/net/{fields[0]}/mtu").read_text())
    return 1500


@at_home()
def raise_bridge(places: Places) -> None:
    """Make the bridge and its rules; those that are there stay."""
    if not succeeds("ip", "link", "show", places.bridge):
        run("ip", "link", "add", places.bridge, "type", "bridge")
        run("ip", "addr", "add", f"{places.subnet}.1/24", "dev", places.bridge)
        run("ip", "link", "set", places.bridge, "mtu", str(mtu()), "up")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    for table, rule in _rules(places):
        if not succeeds("iptables", "-w", *table, "-C", *rule):
            run("iptables", "-w", *table, "-I", *rule)


@at_home()
def drop_bridge(places: Places) -> None:
    """Remove the bridge and its rules."""
    for table, rule in _rules(places):
        succeeds("iptables", "-w", *table, "-D", *rule)
    succeeds("ip", "link", "del", places.bridge)


def _rules(places: Places) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return (table, chain and rule): containers reach what the machine reaches."""
    bridge, subnet = places.bridge, f"{places.subnet}.0/24"
    return [
        ((), ("FORWARD", "-i", bridge, "-j", "ACCEPT")),
        ((), ("FORWARD", "-o", bridge, "-j", "ACCEPT")),
        (("-t", "nat"), ("POSTROUTING", "-s", subnet, "!", "-o", bridge, "-j", "MASQUERADE")),
    ]


@at_home()
def raise_namespace(places: Places, engine: str, octet: int) -> None:
    """Make an engine's namespace with an address of the subnet; one that is whole stays."""
    raise_bridge(places)
    name = places.namespace(engine)
    inside, outside = "eth0", _veth(places, octet)
    if (_NAMESPACES / name).exists() and succeeds("ip", "-n", name, "link", "show", inside):
        return
    drop_namespace(places, engine, octet)
    run("ip", "netns", "add", name)
    run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
    run("ip", "link", "set", outside, "master", places.bridge, "mtu", str(mtu()), "up")
    run("ip", "-n", name, "link", "set", "lo", "up")
    run("ip", "-n", name, "addr", "add", f"{places.subnet}.{octet}/24", "dev", inside)
    run("ip", "-n", name, "link", "set", inside, "mtu", str(mtu()), "up")
    run("ip", "-n", name, "route", "add", "default", "via", f"{places.subnet}.1")


@at_home()
def drop_namespace(places: Places, engine: str, octet: int) -> None:
    """Remove an engine's namespace and its pair of interfaces."""
    succeeds("ip", "netns", "del", places.namespace(engine))
    succeeds("ip", "link", "del", _veth(places, octet))


@at_home()
def cut(places: Places, octet: int) -> None:
    """Cut an engine's network off."""
    run("ip", "link", "set", _veth(places, octet), "down")


@at_home()
def heal(places: Places, octet: int) -> None:
    """Join it again."""
    run("ip", "link", "set", _veth(places, octet), "up")


def _veth(places: Places, octet: int) -> str:
    return f"{places.tag}-e{octet}"


def path_of(places: Places, engine: str) -> Path:
    """Return the file that stands for an engine's namespace."""
    return _NAMESPACES / places.namespace(engine)
