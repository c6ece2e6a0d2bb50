"""What would make a Debian or Ubuntu machine ready, as values: nothing here runs anything."""

from __future__ import annotations

from collections.abc import Iterable

from machete_tui.core.errors import InvalidInput
from machete_tui.core.machine import Change, Command, MachineFacts, StartDaemon, WriteFile
from machete_tui.engines.bootstrap_mirrors import AptSource

PINNED = "trixie"
"""Debian release that compose v2 and buildx come from where the machine's own has none."""

PIN_SOURCE = f"/etc/apt/sources.list.d/machete-{PINNED}.sources"
PIN_PREFERENCES = f"/etc/apt/preferences.d/machete-{PINNED}"
PIN_PRIORITY = 50
"""Below 100: apt never takes a package from there unless it is asked for by that release's name."""

PID_FILE = "/var/run/docker.pid"
_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3")
_INSTALL = (*_APT, "install", "-y", "--no-install-recommends")

_BY_HAND = "Docker Engine 20.10 or newer, its compose v2 and buildx plug-ins, git, mmdebstrap"


def setup_changes(facts: MachineFacts, sources: Iterable[AptSource], log: str) -> tuple[Change, ...]:
    """Return what would make this machine ready, in order; empty when it is.

    Args:
        facts: what the machine is and has.
        sources: its package sources.
        log: file for the output of an Engine that is started without a service manager.

    Raises:
        InvalidInput: something must be installed and this system's packages are not known here.
    """
    plain, pinned = _packages(facts)
    changes: list[Change] = []
    if plain or pinned:
        if facts.manager != "apt" or facts.distribution not in ("debian", "ubuntu"):
            raise InvalidInput(
                f"{facts.system}: its packages are not known here (Debian and Ubuntu are)",
                f"install by hand: {_BY_HAND}",
            )
        if pinned:
            changes.extend(_pin(facts, sources))
        changes.append(Command((*_APT, "update"), "read the package lists"))
    if plain:
        changes.append(Command((*_INSTALL, *plain), f"install {', '.join(plain)}", _QUIET))
    if pinned:
        names = tuple(f"{name}/{PINNED}" for name in pinned)
        why = f"install {' and '.join(pinned)} of Debian {PINNED}; {facts.codename} has none that fit"
        changes.append(Command((*_INSTALL, *names), why, _QUIET))
    changes.extend(_engine(facts, log))
    return tuple(changes)


def _packages(facts: MachineFacts) -> tuple[list[str], list[str]]:
    """Return the packages to install, and those to install from the pinned release."""
    old = facts.distribution == "debian" and facts.codename == "bookworm"
    ubuntu = facts.distribution == "ubuntu"
    remote = facts.socket == "remote"
    plain: list[str] = []
    pinned: list[str] = []
    if "dockerd" not in facts.tools and not remote and facts.socket != "ok":
        plain.append("docker.io")
        if facts.apparmor and "apparmor" not in facts.tools:
            plain.append("apparmor")
        if not facts.cgroups and facts.service_manager != "systemd":
            plain.append("cgroupfs-mount")
    if "docker" not in facts.tools and (old or ubuntu):
        plain += [] if "docker.io" in plain else ["docker.io"]
    elif "docker" not in facts.tools:
        plain.append("docker-cli")
    wanted = {"compose": "docker-compose-v2" if ubuntu else "docker-compose", "buildx": "docker-buildx"}
    for tool, package in wanted.items():
        if tool not in facts.tools:
            (pinned if old else plain).append(package)
    for tool in ("iptables", "git", "mmdebstrap", "ca-certificates"):
        if tool not in facts.tools and not (tool == "iptables" and remote):
            plain.append(tool)
    if ubuntu and "archive-keyring" not in facts.tools:
        plain.append("debian-archive-keyring")
    return plain, pinned


def _pin(facts: MachineFacts, sources: Iterable[AptSource]) -> list[Change]:
    """Return the files that let apt see the pinned release; none where its sources name it already."""
    if PINNED in facts.suites:
        return []
    archive = next((s for s in sources if s.suite == facts.codename and "main" in s.components), None)
    if archive is None:
        raise InvalidInput(
            f"apt's sources name no archive of Debian {facts.codename}, so {PINNED}'s is not known",
            f"add a source of {PINNED} to /etc/apt/sources.list.d, then run the same again",
        )
    stanza = f"Types: deb\nURIs: {archive.uri}\nSuites: {PINNED}\nComponents: main\n"
    if archive.signed_by:
        stanza += f"Signed-By: {archive.signed_by}\n"
    if archive.trusted:
        stanza += "Trusted: yes\n"
    pin = f"Package: *\nPin: release n={PINNED}\nPin-Priority: {PIN_PRIORITY}\n"
    return [
        WriteFile(PIN_PREFERENCES, pin, f"keep {PINNED} from replacing anything by itself"),
        WriteFile(PIN_SOURCE, stanza, f"let apt see {PINNED}, for compose v2 and buildx"),
    ]


def _engine(facts: MachineFacts, log: str) -> list[Change]:
    """Return how the Engine is started where it does not run."""
    if facts.socket in ("ok", "denied", "remote") or facts.own_socket or facts.engine_pid:
        return []
    if facts.service_manager == "systemd":
        return [Command(("systemctl", "enable", "--now", "docker"), "start the Engine, now and at boot")]
    changes: list[Change] = []
    if not facts.cgroups:
        changes.append(Command(("cgroupfs-mount",), "mount the kernel's control groups"))
    argv = ["dockerd", f"--pidfile={PID_FILE}"]
    if 0 < facts.mtu < 1500:
        argv.append(f"--mtu={facts.mtu}")
    why = "start the Engine; no service manager runs here, so it is to be started again after a reboot"
    return [*changes, StartDaemon(tuple(argv), log, PID_FILE, why)]
