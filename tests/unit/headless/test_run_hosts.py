"""``--host``, protections and the configuration, as a script meets them: by output and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


class Here:
    """A home of its own."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config.toml"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DOCKER_", "MACHETE_"))},
            "MACHETE_CONFIG": str(self.config),
            "MACHETE_STATE_DIR": str(folder / "state"),
            "DOCKER_CONFIG": str(folder / "docker"),
        }

    def run(self, *words: str, **env: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "machete_tui", *words],
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_the_file_and_what_is_in_force(here: Here) -> None:
    assert here.run("--run", "config.path")[1].strip() == str(here.config)
    assert here.run("--run", "config.check")[0] == 0
    here.config.write_text('theme = "light"\n[settings]\ngate_seconds = 90\n')
    code, out, _ = here.run("--run", "config.show", "--json")
    shown = {row["name"]: (row["value"], row["origin"]) for row in json.loads(out)}
    assert code == 0
    assert shown["theme"] == ("light", "file")
    assert shown["settings.gate_seconds"] == ("90", "file")
    assert shown["settings.keep_releases"] == ("5", "default")


def test_a_wrong_file_is_told_with_every_line(here: Here) -> None:
    here.config.write_text('theme = "drak"\n[keys]\nservice.stop = "r"\n')
    code, _, err = here.run("--run", "config.check")
    assert code == 2
    assert "line 1: theme must be one of" in err
    assert "line 3: keys.service.stop may not be r: that is service.restart's key" in err
    assert here.run("--run", "port.list")[0] == 0, "a wrong theme is nothing to a script"


def test_what_is_no_toml_refuses_all_but_what_helps_to_mend_it(here: Here) -> None:
    here.config.write_text("theme = ")
    code, _, err = here.run("--run", "port.list")
    assert code == 2
    assert "line 1" in err
    assert here.run("--run", "config.path")[0] == 0
    assert here.run("--run", "host.list")[0] == 0


def test_wrong_numbers_refuse_only_changes(here: Here) -> None:
    here.config.write_text("[settings]\nkeep_releases = 0\n")
    assert here.run("--run", "port.list")[0] == 0
    code, _, err = here.run("--run", "service.start", "shop")
    assert code == 2
    assert "settings.keep_releases" in err


def test_a_host_is_listed_chosen_and_named(here: Here) -> None:
    here.config.write_text('[hosts.prod]\nurl = "tcp://127.0.0.1:9"\nproduction = true\n')
    code, out, _ = here.run("--run", "host.list", "--json")
    assert code == 0
    assert [(row["name"], row["current"], row["mode"]) for row in json.loads(out)] == [
        ("local", True, ""),
        ("prod", False, "production"),
    ]
    assert here.run("--run", "host.use", "prod")[0] == 0
    rows = json.loads(here.run("--run", "host.list", "--json")[1])
    assert [row["name"] for row in rows if row["current"]] == ["prod"]
    code, _, err = here.run("--run", "host.show")
    assert code == 7
    assert "tcp://127.0.0.1:9" in err
    assert here.run("--run", "--host", "local", "port.list")[0] == 0
    assert here.run("--host", "local", "--run", "port.list")[0] == 0
    assert here.run("--run", "port.list", "--host=nope")[0] == 3
    assert here.run("--run", "port.list", "--host")[0] == 2
    assert here.run("--complete", "host")[1].split() == ["local", "prod"]


def test_a_read_only_host_refuses_every_change(here: Here) -> None:
    here.config.write_text("[hosts.local]\nread_only = true\n")
    for words in (("service.stop", "shop"), ("service.remove", "shop", "--yes"), ("system.reconcile",)):
        code, _, err = here.run("--run", *words)
        assert code == 5, words
        assert "this machine is read-only" in err
    assert here.run("--run", "port.list")[0] == 0


def test_a_production_host_wants_yes_for_every_change(here: Here) -> None:
    here.config.write_text("[hosts.local]\nproduction = true\n")
    code, _, err = here.run("--run", "service.start", "shop")
    assert code == 2
    assert "production host local" in err
    assert "--yes" in err
    assert here.run("--run", "service.start", "shop", "--yes")[0] == 3, "and then it is looked for"
    assert here.run("--run", "port.list")[0] == 0
    script = here.config.parent / "steps.yml"
    script.write_text("- action: port.list\n- action: service.start\n  with: {name: shop}\n")
    code, out, err = here.run("--run", str(script))
    assert code == 2
    assert "line 2" in err
    assert out == "", "nothing of a script runs before it is agreed to"
