"""``config.toml``: what may stand in it, and how what is wrong is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from machete_tui.core.config import Config, load
from machete_tui.core.configured import config_path, load_config, settings_for
from machete_tui.core.keymap import PRESETS, clashes, normal, of_preset, overrides
from machete_tui.core.settings import Settings

ROOT = Path(__file__).parent.parent.parent

GOOD = """
theme = "colourblind-dark"
preset = "k9s"
host = "prod"

[keys]
service.logs = "x"
"service.stop" = ["w", "ctrl+k"]

[alerts]
cpu = 80
disk = 99.5

[hosts.prod]
url = "ssh://ops@box:2222"
production = true

[hosts.look]
url = "tcp://[::1]:2376"
read_only = true

[settings]
gate_seconds = 90
disk_reserve = "2g"
mount_roots = ["/srv"]
registry = "mirror:5000"
"""


def read(tmp_path: Path, text: str | bytes) -> Config:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file)


def test_a_good_file(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert config.mistakes == ()
    assert (config.theme, config.preset, config.host) == ("colourblind-dark", "k9s", "prod")
    assert config.keys == {"service.logs": "x", "service.stop": "w,ctrl+k"}
    prod, look = config.hosts
    assert (prod.url, prod.production, prod.read_only) == ("ssh://ops@box:2222", True, False)
    assert look.read_only
    assert config.numbers["disk_reserve"] == 2 << 30
    settings = settings_for(config, "look", base=Settings(state_dir=tmp_path / "s"), environ={})
    assert (settings.gate_seconds, settings.alert_cpu, settings.alert_disk) == (90.0, 80.0, 99.5)
    assert (settings.mount_roots, settings.registry) == (("/srv",), "mirror:5000")


def test_no_file_is_no_mistake_and_an_empty_one_neither(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Config(tmp_path / "none.toml")
    assert read(tmp_path, "").mistakes == ()


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        ('theme = "drak"', 1, "theme", "must be one of dark, light"),
        ("theme = 3", 1, "theme", "must be text in quotes, not 3"),
        ("\nthem = 'dark'", 2, "them", "did you mean theme?"),
        ("[alerts]\n\ncpu = 120", 3, "alerts.cpu", "from 1 to 100, not 120"),
        ("[alerts]\ncpu = true", 2, "alerts.cpu", "must be a percentage"),
        ("alerts = 3", 1, "alerts", "must be a table: [alerts]"),
        ("[settings]\nkeep_releases = 0", 2, "settings.keep_releases", "a whole number from 1 to 100, not 0"),
        ("[settings]\ngate_seconds = nan", 2, "settings.gate_seconds", "must be seconds"),
        ("[settings]\nport_low = 5000\nport_high = 4000", 2, "settings.port_low", "from 5000 to 4000"),
        ('[settings]\ndisk_reserve = "much"', 2, "settings.disk_reserve", 'a size like "512m"'),
        ('[settings]\nmount_roots = ["srv"]', 2, "settings.mount_roots", "absolute paths"),
        ("[hosts.a]\nurl = 'ftp://x'", 2, "hosts.a.url", "must be like ssh://user@host"),
        ("[hosts.a]\nurl = 'ssh://u:pw@x'", 2, "hosts.a.url", "must not hold a password"),
        ("[hosts.a]\nurl = 'tcp://x:99999'", 2, "hosts.a.url", "no port from 1 to 65535"),
        ("[hosts.a]\nurl = 'ssh://-oProxyCommand=x'", 2, "hosts.a.url", "must be like"),
        ("[hosts.a]\nread_ony = true", 2, "hosts.a.read_ony", "did you mean read_only?"),
        ("[hosts.'a b']\nurl = 'tcp://x'", 1, "hosts.a b", "must be a name of letters"),
        ("[keys]\nservice.stpo = 'x'", 2, "keys.service.stpo", "did you mean service.stop?"),
        ("[keys]\nservice.stop = 'r'", 2, "keys.service.stop", "that is service.restart's key"),
        ("[keys]\nservice.stop = 'j'", 2, "keys.service.stop", "that is charts.down's key"),
        ("[keys]\nservice.stop = '1'", 2, "keys.service.stop", "that is section.services's key"),
        ("[keys]\nservice.stop = 'hyper+x'", 2, "keys.service.stop", "is no key"),
        ("[keys]\nservice.stop = 'ctrl+c'", 2, "keys.service.stop", "the terminal's own"),
        ("[keys]\nservice.stop = []", 2, "keys.service.stop", "must be a key"),
    ],
)
def test_a_mistake_has_line_field_and_what_was_expected(
    tmp_path: Path, text: str, line: int, field: str, said: str
) -> None:
    config = read(tmp_path, text)
    assert [(m.line, m.field) for m in config.mistakes] == [(line, field)]
    assert said in config.mistakes[0].said
    assert not config.unreadable


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"theme = dark", 1),
        (b'a = 1\n\nb = "x', 3),
        (b"a = 1\na = 2\n", 2),
        (b"\nx = \xff", 2),
        (b"[" * 5000, 1),
        (b"x = " + b"[" * 200_000, 0),
        (b"#" * 300_000, 0),
        (b"\x00", 1),
    ],
)
def test_what_is_no_toml_is_one_mistake(tmp_path: Path, raw: bytes, line: int) -> None:
    config = read(tmp_path, raw)
    assert config.unreadable
    assert len(config.mistakes) == 1
    assert config.mistakes[0].line in (line, 1)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config.unreadable
    assert "cannot be read" in config.mistakes[0].said


def test_two_keys_may_change_places(tmp_path: Path) -> None:
    config = read(tmp_path, "[keys]\nservice.stop = 'r'\nservice.restart = 's'")
    assert config.mistakes == ()
    assert config.keys == {"service.stop": "r", "service.restart": "s"}


def test_a_wrong_file_gives_defaults_to_the_app_and_refuses_what_could_be_wrong(tmp_path: Path) -> None:
    base = Settings(state_dir=tmp_path / "s")
    broken = read(tmp_path, "theme = ")
    assert settings_for(broken, base=base, strict=False, environ={}).read_only
    assert settings_for(broken, base=base, environ={}).faults
    numbers = read(tmp_path, "[settings]\nkeep_releases = 0")
    lenient = settings_for(numbers, base=base, strict=False, environ={})
    assert (lenient.keep_releases, lenient.doubts, lenient.faults) == (5, (), ())
    assert settings_for(numbers, base=base, environ={}).doubts
    theme = read(tmp_path, "theme = 3")
    strict = settings_for(theme, base=base, environ={})
    assert (strict.doubts, strict.faults, strict.read_only) == ((), (), False)


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    assert config_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/machete-tui/config.toml")
    assert config_path({"MACHETE_CONFIG": "/y.toml", "XDG_CONFIG_HOME": "/x"}) == Path("/y.toml")
    assert config_path({}) == Path.home() / ".config/machete-tui/config.toml"
    assert load_config({"MACHETE_CONFIG": str(tmp_path / "none")}) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_clashes_with_nothing(preset: str) -> None:
    assert clashes(of_preset(preset)) == []
    for keys in of_preset(preset).values():
        for key in keys.split(","):
            assert normal(key) == key


def test_overrides_come_on_top_of_a_preset() -> None:
    assert overrides("default", {"services.stopped": "x"})[1] == {}
    assert "app.help" in overrides("lazydocker", {"services.stopped": "x"})[1]["services.stopped"]


@pytest.mark.parametrize(
    ("key", "name"),
    [("?", "question_mark"), ("/", "slash"), ("-", "minus"), ("ctrl+d", "ctrl+d"), ("f5", "f5"), ("G", "G")],
)
def test_keys_are_named_as_the_app_names_them(key: str, name: str) -> None:
    assert normal(key) == name


def test_the_table_of_keys_is_the_bindings() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/keys.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"python scripts/keys.py writes it anew: {done.stdout}{done.stderr}"
