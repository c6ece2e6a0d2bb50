from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.generation.commands import json_array, run_line, to_exec


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("node server.js", ["node", "server.js"]),
        ("  node   'my server.js' ", ["node", "my server.js"]),
        ("uvicorn main:app --factory", ["uvicorn", "main:app", "--factory"]),
        ('java -Dx="a b" -jar app.jar', ["java", "-Dx=a b", "-jar", "app.jar"]),
        ("PORT=3000 node x.js", ["env", "PORT=3000", "node", "x.js"]),
        ("gunicorn -b :$PORT app:app", ["sh", "-c", "exec gunicorn -b :$PORT app:app"]),
        ("a && b 'c d'", ["sh", "-c", "a && exec b 'c d'"]),
        ("a; A=$B c", ["sh", "-c", "a; exec env A=$B c"]),
        ("cd web && node .", ["sh", "-c", "cd web && exec node ."]),
        ('echo "$(a; b)" && run', ["sh", "-c", 'echo "$(a; b)" && exec run']),
        ("run 2>&1", ["sh", "-c", "exec run 2>&1"]),
        ("run > log", ["sh", "-c", "exec run > log"]),
        ("exec run $X", ["sh", "-c", "exec run $X"]),
        ("a | b", ["sh", "-c", "a | b"]),
        ("a || b", ["sh", "-c", "a || b"]),
        ("a && b &", ["sh", "-c", "a && b &"]),
        ("(a; b)", ["sh", "-c", "(a; b)"]),
        ("if true; then run; fi", ["sh", "-c", "if true; then run; fi"]),
        ("a && export X=1", ["sh", "-c", "a && export X=1"]),
        ("a;", ["a"]),
        ("sh -c 'a && b'", ["sh", "-c", "a && b"]),
        ("printf '$HOME'", ["printf", "$HOME"]),
        ("ls *.js", ["sh", "-c", "exec ls *.js"]),
        ("ls ~/x", ["sh", "-c", "exec ls ~/x"]),
        ("a \\\n  --flag", ["a", "--flag"]),
        ("a\n# why\nb c\n", ["sh", "-c", "a && exec b c"]),
    ],
)
def test_exec_form(command: str, words: list[str]) -> None:
    assert to_exec(command) == words


@pytest.mark.parametrize(
    "command", ["", "  \n ", "a\x00b", "a\x1b[0m", "echo 'open", 'echo "open', "echo $(open"]
)
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(InvalidInput):
        to_exec(command)


@pytest.mark.parametrize(
    "command",
    [
        "sleep 30",
        "SLEEP=30 sleep 30",
        "true && sleep $((15 + 15))",
        "cd / && T=30 sleep ${T:-30}",
        "test -d / ; sleep 30 > /dev/null",
    ],
)
def test_the_program_itself_gets_the_signal(command: str) -> None:
    """The process that is started becomes sleep: no shell stands before it."""
    with subprocess.Popen(to_exec(command)) as process:
        try:
            name = Path(f"/proc/{process.pid}/comm")
            while name.read_text().strip() != "sleep":
                assert process.poll() is None
        finally:
            process.terminate()
        assert process.wait(5) == -15


@pytest.mark.parametrize("command", ["a && b", "x 'y z'", "echo \"$A\" 'é'", "a; b | c"])
def test_exec_form_does_what_the_command_does(command: str) -> None:
    definitions = {name: f"{name}() {{ printf '<%s>' {name} \"$@\"; }}" for name in "abcx"}
    before = "; ".join(definitions.values())
    plain = subprocess.run(["sh", "-c", f"{before}; {command}"], capture_output=True, env={"A": "v  w"})
    words = to_exec(command)
    text = words[2].replace("exec ", "") if words[:2] == ["sh", "-c"] else " ".join(f"'{w}'" for w in words)
    again = subprocess.run(["sh", "-c", f"{before}; {text}"], capture_output=True, env={"A": "v  w"})
    assert again.stdout == plain.stdout != b""


def test_run_line_stays_on_one_line() -> None:
    assert run_line("npm run build") == "npm run build"
    assert run_line("npm ci\n# then\nnpm run build &&\n npm test") == "npm ci && npm run build && npm test"
    assert run_line("cat <<EOF") == '["sh", "-c", "cat <<EOF"]'
    assert run_line("[ -d x ] && y") == '["sh", "-c", "[ -d x ] && y"]'
    assert run_line("--network=host id").startswith('["sh"')


def test_json_array_escapes_what_would_end_it() -> None:
    assert json_array(['a"b', "c\\d", "e\nf", "ž"]) == '["a\\"b", "c\\\\d", "e\\nf", "ž"]'
