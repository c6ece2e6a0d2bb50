from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import BuildFailed, Cancelled, InvalidInput
from machete_tui.engines.memory import Behaviour
from tests.engine.contract.lab import BASE, Lab


def test_the_log_comes_in_batches_and_names_the_steps(lab: Lab) -> None:
    request = lab.request(f"FROM {BASE}\nCOPY text /text\nRUN cat /text\n", text="hello")

    batches = list(lab.engine.build(request, Cancel()))

    assert all(batches)
    assert max(len(batch) for batch in batches) <= 500
    log = [line for batch in batches for line in batch]
    assert any("COPY text /text" in line for line in log)
    assert any("RUN cat /text" in line for line in log)


def test_a_failed_step_is_named_with_the_end_of_the_log(lab: Lab) -> None:
    lab.behave(lab.name, Behaviour(build_error="/bin/sh: 1: no-such-command: not found (exit code: 127)"))
    request = lab.request(f"FROM {BASE}\nRUN seq 1 100; sleep 0.3; no-such-command {lab.name}\n")

    with pytest.raises(BuildFailed) as caught:
        lab.build(request)

    error = caught.value
    assert f"no-such-command {lab.name}" in error.what
    assert "127" in error.what
    assert error.mend
    assert any("not found" in line for line in error.log)
    assert 0 < len(error.log) <= 40
    assert lab.engine.image(request.tag) is None


def test_a_base_image_that_nobody_has(lab: Lab) -> None:
    with pytest.raises(BuildFailed) as caught:
        lab.build(lab.request("FROM machete-no-such/image:1\n"))

    assert "machete-no-such/image:1" in caught.value.what
    assert "image.bootstrap" in caught.value.mend


def test_cancelling_ends_it_at_once_and_leaves_no_image(lab: Lab) -> None:
    lab.behave(lab.name, Behaviour(build_seconds=60))
    request = lab.request(f"FROM {BASE}\nCOPY text /text\nRUN sleep 60; echo {lab.name}\n", text="x")
    cancel = Cancel()
    threading.Timer(1.5, cancel.cancel).start()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(lab.engine.build(request, cancel))

    assert time.monotonic() - begun < 40
    assert lab.engine.image(request.tag) is None


def test_leaving_a_build_before_its_end_stops_it(lab: Lab) -> None:
    lab.behave(lab.name, Behaviour(build_seconds=60))
    request = lab.request(f"FROM {BASE}\nCOPY text /text\nRUN sleep 60; echo {lab.name} 2\n", text="y")
    building = lab.engine.build(request, Cancel())
    next(building)

    begun = time.monotonic()
    building.close()  # type: ignore[attr-defined]

    assert time.monotonic() - begun < 40


def test_a_cancelled_build_does_not_begin(lab: Lab) -> None:
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(Cancelled):
        list(lab.engine.build(lab.request(f"FROM {BASE}\n"), cancel))


def test_what_is_not_there_is_said(lab: Lab) -> None:
    request = lab.request(f"FROM {BASE}\n")

    with pytest.raises(InvalidInput, match="no Dockerfile"):
        lab.build(replace(request, dockerfile=str(lab.folder / "none")))
    with pytest.raises(InvalidInput, match="no folder"):
        lab.build(replace(request, context=str(lab.folder / "none")))
