"""Base images: the machine's own mirrors, the root's command, and what may and may not enter an image."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.engines import bootstrap
from machete_tui.engines import bootstrap_mirrors as mirrors
from machete_tui.engines.bootstrap_mirrors import ARCHIVE_KEYRING, AptSource

DEB822 = f"""Types: deb
# a comment inside
URIs: http://mirror.lan/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: {ARCHIVE_KEYRING}

Types: deb deb-src
URIs: http://mirror.lan/debian-security
Suites: bookworm-security
Components: main
Signed-By: {ARCHIVE_KEYRING}

Types: deb
URIs: http://switched-off.lan/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://sources.lan/debian
Suites: bookworm
Components: main
"""


def apt(folder: Path, **files: str) -> tuple[AptSource, ...]:
    (folder / "sources.list.d").mkdir(parents=True)
    for name, text in files.items():
        place = "sources.list" if name == "sources_list" else f"sources.list.d/{name.replace('_', '.')}"
        (folder / place).write_text(text)
    return mirrors.apt_sources(folder)


def test_sources_of_both_forms_become_lines_for_the_wanted_release(tmp_path: Path) -> None:
    found = apt(tmp_path, debian_sources=DEB822)
    assert mirrors.debian_lines(found, "bookworm", "trixie") == (
        "deb http://mirror.lan/debian trixie main",
        "deb http://mirror.lan/debian trixie-updates main",
        "deb http://mirror.lan/debian-security trixie-security main",
    )


def test_one_line_sources_keep_their_options(tmp_path: Path) -> None:
    text = (
        "# deb http://commented.lan/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/etc/apt/keyrings/lan.gpg] https://mirror.lan/debian bookworm main #\n"
        "deb [trusted=yes] https://second.lan/debian bookworm-updates main\n"
        "deb https://packages.lan/docker/debian bookworm stable\n"
    )
    found = apt(tmp_path, sources_list=text)
    assert mirrors.debian_lines(found, "bookworm", "trixie") == (
        "deb [signed-by=/etc/apt/keyrings/lan.gpg] https://mirror.lan/debian trixie main",
        "deb [trusted=yes] https://second.lan/debian trixie-updates main",
    )


def test_other_peoples_archives_of_the_same_release_are_not_debians(tmp_path: Path) -> None:
    found = apt(tmp_path, sources_list="deb https://apt.lan/tools bookworm main\n", debian_sources=DEB822)
    assert all("apt.lan" not in line for line in mirrors.debian_lines(found, "bookworm", "trixie"))


def test_a_machine_without_debian_sources_leaves_the_choice_to_mmdebstrap(tmp_path: Path) -> None:
    found = apt(tmp_path, sources_list="deb http://mirror.lan/ubuntu noble main universe\n")
    assert mirrors.debian_lines(found, "noble", "trixie") == ()


def test_a_named_mirror_wins_and_one_with_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACHETE_DEBIAN_MIRROR", "http://named.lan/debian")
    assert bootstrap.source_lines("bookworm") == ("deb http://named.lan/debian trixie main",)
    monkeypatch.setenv("MACHETE_DEBIAN_MIRROR", "http://me:hunter2@named.lan/debian")
    with pytest.raises(InvalidInput) as error:
        bootstrap.source_lines("bookworm")
    assert "hunter2" not in f"{error.value.what} {error.value.mend}"


def test_the_command_that_makes_the_root() -> None:
    lines = ("deb [signed-by=/etc/apt/keyrings/lan.gpg] http://mirror.lan/debian trixie main",)
    command = bootstrap.root_command(
        Path("/c/root.part"), lines, {"Acquire::http::Proxy": "http://proxy.lan:3128"}
    )
    assert command == [
        "mmdebstrap",
        "--variant=minbase",
        "--format=tar",
        "--include=ca-certificates",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=Acquire::Retries "3"',
        '--aptopt=Acquire::http::Proxy "http://proxy.lan:3128"',
        "--setup-hook=mkdir -p \"$1\"'/etc/apt/keyrings'",
        "--setup-hook=copy-in '/etc/apt/keyrings/lan.gpg' '/etc/apt/keyrings'",
        "trixie",
        "/c/root.part",
        *lines,
    ]


def test_pips_settings_are_those_that_a_build_can_reach() -> None:
    listed = (
        ":env:.index-url='https://env.lan/simple'\n"
        ":env:.default-timeout='180'\n"
        "global.cert='/etc/ssl/certs/ca-certificates.crt'\n"
        "global.extra-index-url='file:///opt/pypi/simple https://more.lan/simple'\n"
        "global.index-url='https://global.lan/simple'\n"
        "global.find-links='/opt/wheels'\n"
    )
    assert mirrors._pip_settings(listed) == {
        "extra-index-url": "https://more.lan/simple",
        "index-url": "https://env.lan/simple",
        "timeout": "180",
    }


def test_npms_settings_leave_tokens_out(tmp_path: Path) -> None:
    (tmp_path / "npmrc").write_text(
        "registry=https://npm.lan/\n//npm.lan/:_authToken=hunter2\n@own:registry=https://own.lan/\ncache=/c\n"
    )
    env = {"npm_config_strict_ssl": "false", "NPM_TOKEN": "hunter2"}
    assert mirrors.npm_settings(env, [tmp_path / "npmrc"]) == {
        "registry": "https://npm.lan/",
        "@own:registry": "https://own.lan/",
        "strict-ssl": "false",
    }


def test_apts_settings_are_those_that_decide_what_can_be_reached() -> None:
    dump = (
        'APT "";\nAcquire::http::Proxy "http://proxy.lan:3128";\nAcquire::Check-Valid-Until "false";\n'
        'Acquire::Languages "none";\nAcquire::https::Proxy::mirror.lan "DIRECT";\n'
    )
    assert mirrors._apt_options(dump) == {
        "Acquire::http::Proxy": "http://proxy.lan:3128",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::https::Proxy::mirror.lan": "DIRECT",
    }


@pytest.fixture
def pip_with_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:hunter2@pypi.lan/simple")


@pytest.mark.usefixtures("pip_with_password")
def test_a_password_is_in_a_secret_file_and_in_nothing_that_is_copied(tmp_path: Path) -> None:
    made = bootstrap.bases_context(tmp_path / "bases", "bookworm", tmp_path / "none")
    for folder, _, files in os.walk(made.folder):
        for name in files:
            assert b"hunter2" not in (Path(folder) / name).read_bytes(), name
    secret = Path(made.secrets["pip"])
    assert "https://me:hunter2@pypi.lan/simple" in secret.read_text()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    open_part = (Path(made.folder) / "settings/etc/pip.conf").read_text()
    assert "index-url = https://pypi.lan/simple" in open_part
    assert 'url = "https://pypi.lan/simple"' in (Path(made.folder) / "settings/etc/uv/uv.toml").read_text()


def test_the_context_holds_the_machines_certificates_and_what_runs_can_run(tmp_path: Path) -> None:
    own = tmp_path / "ca"
    (own / "lan").mkdir(parents=True)
    (own / "lan" / "root.crt").write_text("certificate")
    (own / "notes.txt").write_text("not one")
    made = bootstrap.bases_context(tmp_path / "bases", "bookworm", own)
    context = Path(made.folder)
    assert [p.name for p in (context / "certificates").iterdir()] == ["root.crt"]
    assert os.access(context / "entrypoints" / "postgres", os.X_OK)
    assert not os.access(context / "nginx" / "nginx.conf", os.X_OK)
    assert Path(made.dockerfile).read_text().startswith("# Stand-ins")


def test_the_recipe_changes_with_a_certificate_and_only_then(tmp_path: Path) -> None:
    own = tmp_path / "ca"
    own.mkdir()
    first = bootstrap.bases_context(tmp_path / "bases", "bookworm", own).recipe
    assert bootstrap.bases_context(tmp_path / "bases", "bookworm", own).recipe == first
    (own / "new.crt").write_text("certificate")
    assert bootstrap.bases_context(tmp_path / "bases", "bookworm", own).recipe != first
