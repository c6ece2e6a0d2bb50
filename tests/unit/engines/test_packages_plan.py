"""What `system.setup` would run, compared as whole command lists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.core.machine import Change, Command, MachineFacts, StartDaemon, WriteFile
from machete_tui.engines import packages_facts
from machete_tui.engines.bootstrap_mirrors import ARCHIVE_KEYRING, AptSource
from machete_tui.engines.packages_plan import setup_changes

LOG = "/state/dockerd.log"
APT = "apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3"
INSTALL = f"DEBIAN_FRONTEND=noninteractive {APT} install -y --no-install-recommends"

BOOKWORM = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
"""
TRIXIE = BOOKWORM.replace("12", "13").replace("bookworm", "trixie")
UBUNTU = """PRETTY_NAME="Ubuntu 24.04.2 LTS"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
"""
MINT = """PRETTY_NAME="Linux Mint 22"
VERSION_CODENAME=wilma
ID=linuxmint
ID_LIKE="ubuntu debian"
"""
ALPINE = """PRETTY_NAME="Alpine Linux v3.20"
ID=alpine
"""

EVERYTHING = {
    "docker": "26.1.5",
    "dockerd": "26.1.5",
    "compose": "2.26.1",
    "buildx": "0.13.1",
    "git": "2.47.2",
    "mmdebstrap": "1.5.7",
    "iptables": "1.8.11",
    "ca-certificates": "present",
    "archive-keyring": "present",
}


def facts(folder: Path, release: str, **more: object) -> MachineFacts:
    """What a fresh machine of that system says, seen through its os-release text."""
    (folder / "os-release").write_text(release)
    fields = packages_facts.os_release(folder / "os-release")
    fresh = MachineFacts(
        system=fields["PRETTY_NAME"],
        distribution=packages_facts.distribution(fields),
        codename=fields.get("VERSION_CODENAME", ""),
        manager="" if fields["ID"] == "alpine" else "apt",
        service_manager="systemd",
        root=True,
        suites=(fields.get("VERSION_CODENAME", ""),),
    )
    return replace(fresh, **more)  # type: ignore[arg-type]


def shown(changes: tuple[Change, ...]) -> list[str]:
    return [str(change) for change in changes]


DEBIAN_12 = (
    AptSource("http://mirror.lan/debian", "bookworm", ("main", "contrib"), ARCHIVE_KEYRING),
    AptSource("http://mirror.lan/debian-security", "bookworm-security", ("main",), ARCHIVE_KEYRING),
)


def test_fresh_debian_12_takes_compose_and_buildx_from_trixie_at_a_low_pin(tmp_path: Path) -> None:
    changes = setup_changes(facts(tmp_path, BOOKWORM), DEBIAN_12, LOG)
    assert changes[:2] == (
        WriteFile(
            "/etc/apt/preferences.d/machete-trixie",
            "Package: *\nPin: release n=trixie\nPin-Priority: 50\n",
            "keep trixie from replacing anything by itself",
        ),
        WriteFile(
            "/etc/apt/sources.list.d/machete-trixie.sources",
            "Types: deb\nURIs: http://mirror.lan/debian\nSuites: trixie\nComponents: main\n"
            f"Signed-By: {ARCHIVE_KEYRING}\n",
            "let apt see trixie, for compose v2 and buildx",
        ),
    )
    assert shown(changes[2:]) == [
        f"{APT} update",
        f"{INSTALL} docker.io iptables git mmdebstrap ca-certificates",
        f"{INSTALL} docker-compose/trixie docker-buildx/trixie",
        "systemctl enable --now docker",
    ]


def test_debian_12_whose_sources_name_trixie_already_gets_no_second_one(tmp_path: Path) -> None:
    found = facts(tmp_path, BOOKWORM, suites=("bookworm", "trixie"))
    assert not any(isinstance(change, WriteFile) for change in setup_changes(found, DEBIAN_12, LOG))


def test_debian_12_without_a_main_archive_is_told_so(tmp_path: Path) -> None:
    other = (AptSource("http://mirror.lan/debian", "oldstable", ("main",)),)
    with pytest.raises(InvalidInput, match="name no archive of Debian bookworm"):
        setup_changes(facts(tmp_path, BOOKWORM), other, LOG)


def test_fresh_debian_13_needs_no_other_release(tmp_path: Path) -> None:
    assert shown(setup_changes(facts(tmp_path, TRIXIE), (), LOG)) == [
        f"{APT} update",
        f"{INSTALL} docker.io docker-cli docker-compose docker-buildx"
        " iptables git mmdebstrap ca-certificates",
        "systemctl enable --now docker",
    ]


@pytest.mark.parametrize("release", [UBUNTU, MINT])
def test_fresh_ubuntu_and_what_is_made_of_it(tmp_path: Path, release: str) -> None:
    assert shown(setup_changes(facts(tmp_path, release), (), LOG)) == [
        f"{APT} update",
        f"{INSTALL} docker.io docker-compose-v2 docker-buildx iptables git mmdebstrap ca-certificates"
        " debian-archive-keyring",
        "systemctl enable --now docker",
    ]


def test_without_a_service_manager_the_engine_is_started_detached(tmp_path: Path) -> None:
    found = facts(tmp_path, TRIXIE, tools=EVERYTHING, service_manager="", mtu=1400)
    assert setup_changes(found, (), LOG) == (
        StartDaemon(
            ("dockerd", "--pidfile=/var/run/docker.pid", "--mtu=1400"),
            LOG,
            "/var/run/docker.pid",
            "start the Engine; no service manager runs here, so it is to be started again after a reboot",
        ),
    )


def test_without_control_groups_they_are_mounted_first(tmp_path: Path) -> None:
    found = facts(tmp_path, TRIXIE, service_manager="", cgroups=False, mtu=1500)
    assert shown(setup_changes(found, (), LOG))[1:] == [
        f"{INSTALL} docker.io cgroupfs-mount docker-cli docker-compose docker-buildx"
        " iptables git mmdebstrap ca-certificates",
        "cgroupfs-mount",
        f"dockerd --pidfile=/var/run/docker.pid >>{LOG} 2>&1 &",
    ]


def test_apparmor_of_the_kernel_needs_its_parser(tmp_path: Path) -> None:
    install = setup_changes(facts(tmp_path, TRIXIE, apparmor=True), (), LOG)[1]
    assert isinstance(install, Command)
    assert "apparmor" in install.argv


@pytest.mark.parametrize("release", [BOOKWORM, TRIXIE, UBUNTU, ALPINE])
def test_a_machine_that_has_everything_is_left_as_it_is(tmp_path: Path, release: str) -> None:
    assert setup_changes(facts(tmp_path, release, tools=EVERYTHING, socket="ok"), (), LOG) == ()


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    tools = {name: version for name, version in EVERYTHING.items() if name not in ("git", "buildx")}
    assert shown(setup_changes(facts(tmp_path, TRIXIE, tools=tools, socket="ok"), (), LOG)) == [
        f"{APT} update",
        f"{INSTALL} docker-buildx git",
    ]


def test_a_remote_engine_needs_its_client_only(tmp_path: Path) -> None:
    assert shown(setup_changes(facts(tmp_path, TRIXIE, socket="remote", own_socket=True), (), LOG)) == [
        f"{APT} update",
        f"{INSTALL} docker-cli docker-compose docker-buildx git mmdebstrap ca-certificates",
    ]


@pytest.mark.parametrize("state", ["denied", "refused"])
def test_an_engine_that_runs_is_not_started_again(tmp_path: Path, state: str) -> None:
    found = facts(tmp_path, TRIXIE, tools=EVERYTHING, socket=state, engine_pid=41)
    assert setup_changes(found, (), LOG) == ()


def test_another_system_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"Alpine Linux v3\.20") as error:
        setup_changes(facts(tmp_path, ALPINE), (), LOG)
    assert "mmdebstrap" in error.value.mend
