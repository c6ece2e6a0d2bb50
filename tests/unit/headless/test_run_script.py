from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.headless.headless_helpers import on_terminal, run

GOOD = """
- action: probe.all
  name: first
  with:
    source: ${WHERE:-/srv}
    words: [a, 2, "$${X}"]
    port: ${PORT}
    memory: 256m
    since: 10m
    env: {A: "1", B: "${WHO}", C: no, D: true}
    watch: false
- action: probe.fail
  with: {kind: Conflict}
  continue: true
- action: probe.list
"""


def write(folder: Path, text: str) -> str:
    path = folder / "deploy.yml"
    path.write_text(text)
    return str(path)


def test_steps_run_in_order_with_variables_filled_in(tmp_path: Path) -> None:
    env = {"PORT": "20080", "WHO": "ana: & ${PORT}"}
    status, out, err = run(tmp_path, "--run", write(tmp_path, GOOD), "--json", env=env)
    assert status == 0
    first, second, third = (json.loads(line) for line in out.splitlines())
    assert (first["step"], first["name"], first["action"], first["ok"]) == (1, "first", "probe.all", True)
    got = first["result"]
    assert (got["source"], got["words"], got["port"]) == ("/srv", ["a", "2", "${X}"], 20080)
    assert (got["memory"], got["since"], got["watch"]) == (268435456, 600.0, False)
    assert got["env"] == ["A=1", "B=ana: & ${PORT}", "C=no", "D=true"]
    assert (second["ok"], second["error"]["exit_code"]) == (False, 4)
    assert third["result"][0]["name"] == "shop"
    assert json.loads(err)["step"] == 2


def test_a_person_sees_each_step(tmp_path: Path) -> None:
    env = {"PORT": "1", "WHO": "x", "WHERE": "."}
    status, out, err = run(tmp_path, "--run", "-", stdin=GOOD, env=env)
    assert status == 0
    assert out.startswith("source is .\nNAME ")
    assert "step 1/3  first\nstep 2/3  probe.fail Conflict\n" in err
    assert "Conflict (--thing): the thing 'x' is wrong" in err
    assert err.endswith("2 of 3 steps done\n")


def test_the_first_failure_ends_it(tmp_path: Path) -> None:
    text = "- action: probe.fail\n  with: {kind: NoCapacity}\n- action: probe.list\n"
    status, out, err = run(tmp_path, "--run", write(tmp_path, text))
    assert (status, out) == (6, "")
    assert "deploy.yml line 1) failed" in err
    status, out, _ = run(tmp_path, "--run", write(tmp_path, text), "--json")
    assert status == 6
    assert len(out.splitlines()) == 1
    text = "- action: probe.fail\n  with: {kind: Cancelled}\n  continue: true\n- action: probe.list\n"
    assert run(tmp_path, "--run", write(tmp_path, text))[0] == 130


def test_a_dry_run_reads_and_only_names_what_would_change(tmp_path: Path) -> None:
    text = "- action: probe.list\n- action: probe.steps\n- action: probe.drop\n  with: {name: shop}\n"
    text += "- action: probe.all\n  with: {source: ., env: [TOKEN=abc]}\n"
    status, out, _ = run(tmp_path, "--run", write(tmp_path, text), "--dry-run", "--json")
    assert status == 0
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows[0]["result"][0]["name"] == "shop"
    assert rows[1]["would"] == "probe.steps"
    assert rows[2]["would"] == "probe.drop shop"
    assert rows[3]["result"]["dry_run"] is True
    _, out, err = run(tmp_path, "--run", write(tmp_path, text), "--dry-run")
    assert "would run probe.drop shop\n" in out
    assert "abc" not in err


def test_what_loses_something_needs_yes_before_the_first_step(tmp_path: Path) -> None:
    file = write(tmp_path, "- action: probe.list\n- action: probe.drop\n  with: {name: shop}\n")
    status, out, err = run(tmp_path, "--run", file)
    assert (status, out) == (2, "")
    assert "deploy.yml line 2: probe.drop shop" in err
    status, out, _ = run(tmp_path, "--run", file, "--yes")
    assert status == 0
    assert "dropped shop, agreed True" in out
    status, text = on_terminal(tmp_path, "--run", file, answer="y\n")
    assert status == 0
    assert "dropped shop, agreed True" in text


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        (
            "- action: probe.list\n- action: probe.lst\n",
            "steps[2].action",
            "line 2: steps[2].action is unknown",
        ),
        (
            "- action: probe.all\n  with:\n    source: .\n    prot: 1\n",
            "steps[1].with.prot",
            "line 4: steps[1].with.prot is no argument of probe.all",
        ),
        ("- action: probe.all\n  with: {}\n", "steps[1].with", "needs SOURCE"),
        (
            "- action: probe.all\n  with:\n    source: .\n    port: many\n",
            "steps[1].with.port",
            "line 4: steps[1].with.port is wrong: 'many' is no whole number",
        ),
        ("- action: probe.all\n  with: {source: [a]}\n", "steps[1].with.source", "must be text"),
        ("- action: probe.all\n  with: {source: ., env: {A: }}\n", "steps[1].with.env", "A must be text"),
        ("- action: probe.all\n  with: {source: ., follow: 1}\n", "steps[1].with.follow", "true or false"),
        ("- action: probe.all\n  with: {source: ., secret: x}\n", "steps[1].with.secret", "is no argument"),
        (
            "- action: probe.list\n- action: probe.all\n  with:\n    source: ${NOWHERE_SET}\n",
            "steps[2].with.source",
            "line 4: steps[2].with.source needs the variable NOWHERE_SET",
        ),
        ("- action: probe.all\n  with: {source: '${a-b}'}\n", "steps[1].with.source", "neither ${NAME} nor"),
        (
            "- action: probe.list\n  whit: {}\n",
            "steps[1].whit",
            "line 2: steps[1].whit is no field of a step",
        ),
        ("- action: probe.list\n  continue: maybe\n", "steps[1].continue", "must be true or false"),
        ("- name: x\n", "steps[1].action", "line 1: steps[1].action is missing"),
        ("- just text\n", "steps[1]", "line 1: steps[1] must be a step"),
        ("action: probe.list\n", "the script", "must be a list of steps"),
        ("", "stdin", "stdin has no steps"),
        (
            "- action: probe.list\n  action: probe.all\n",
            "stdin",
            "line 2: the key 'action' stands there twice",
        ),
        ("- &a\n  action: probe.list\n  with: *a\n", "stdin", "an anchor that contains itself"),
        ("- action: [\n", "stdin", "stdin line "),
    ],
)
def test_a_wrong_step_is_refused_before_the_first_runs(
    tmp_path: Path, text: str, field: str, said: str
) -> None:
    status, out, _ = run(tmp_path, "--run", "-", "--json", stdin=text)
    assert status == 2
    assert len(out.splitlines()) > 1  # one document, and no step ran
    error = json.loads(out)["error"]
    assert error["field"] == field
    assert said in error["what"]


def test_a_script_that_is_not_there_or_takes_no_such_flag(tmp_path: Path) -> None:
    assert run(tmp_path, "--run", str(tmp_path / "gone.yml"))[0] == 3
    status, _, err = run(tmp_path, "--run", "-", "--dryrun", stdin="- action: probe.list\n")
    assert status == 2
    assert "did you mean --dry-run?" in err
    status, out, _ = run(tmp_path, "--run", "x.yml", "--help")
    assert status == 0
    assert "continue: true" in out
