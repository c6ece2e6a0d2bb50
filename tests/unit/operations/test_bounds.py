"""What is wrong with a request whatever runs is said before anything is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.headless.arguments import Options, build, parse
from machete_tui.headless.script import understand
from machete_tui.operations import registry


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("service.deploy . --name a/b", "--name"),
        ("service.deploy . --port 70000", "--port"),
        ("service.deploy . --port -5", "--port"),
        ("service.deploy . --replicas 100000", "--replicas"),
        ("service.deploy . --replicas -1", "--replicas"),
        ("service.deploy . --cpus -1", "--cpus"),
        ("service.deploy . --cpus 0.001", "--cpus"),
        ("service.deploy . --memory 1k", "--memory"),
        ("service.deploy . --env 1A=b", "--env"),
        ("service.deploy ext::sh", "SOURCE"),
        ("service.deploy . --path ../..", "--path"),
        ("service.update shop --memory 5m", "--memory"),
        ("service.update shop --port 65536", "--port"),
        ("service.logs shop --tail -5", "--tail"),
        ("deployment.list --limit 0", "--limit"),
        ("event.list --limit -1", "--limit"),
    ],
)
def test_it_names_the_argument(words: str, field: str) -> None:
    action, *rest = words.split()
    operation = registry.find(action)
    values, options = parse(operation, rest)
    with pytest.raises(InvalidInput) as caught:
        build(operation, values, options)
    assert caught.value.field == field
    assert caught.value.mend


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("service.deploy", {"source": ".", "cpus": 0.5, "memory": 6 << 20, "replicas": 100, "port": 65535}),
        ("service.update", {"name": "shop", "cpus": 0.0, "memory": 0}),
        ("service.update", {"name": "shop"}),
        ("service.logs", {"name": "shop", "tail": 0}),
    ],
)
def test_what_is_at_the_edge_is_taken(action: str, values: dict[str, Any]) -> None:
    operation = registry.find(action)
    assert build(operation, values, Options()).__class__ is operation.request


@pytest.mark.parametrize(
    ("values", "field", "line"),
    [
        ("    source: .\n    name: a b\n", "steps[2].with.name", 5),
        ("    source: 'ext::sh'\n", "steps[2].with.source", 4),
        ("    source: .\n    env: {1A: b}\n", "steps[2].with.env", 5),
    ],
)
def test_a_script_is_refused_with_the_line_before_its_first_step_runs(
    tmp_path: Path, values: str, field: str, line: int
) -> None:
    script = tmp_path / "deploy.yml"
    script.write_text(f"- action: service.list\n- action: service.deploy\n  with:\n{values}")
    with pytest.raises(InvalidInput, match=f"line {line}: ") as caught:
        understand(str(script), Options())
    assert caught.value.field == field
