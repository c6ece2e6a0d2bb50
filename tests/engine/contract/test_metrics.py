"""What every engine tells of usage: counters that only grow, limits, processes, and lives kept apart."""

from __future__ import annotations

import time

import pytest

from machete_tui.core.errors import Conflict, NotFound
from machete_tui.core.metrics import Reading, rates
from tests.engine.contract.lab import Lab, until


def test_counters_grow_and_give_rates(lab: Lab) -> None:
    box = lab.shell("while :", "do :", "done")
    until(lambda: lab.one().state == "running")

    first = lab.engine.measure([lab.one()])
    time.sleep(1.2)
    second = lab.engine.measure([lab.one()])

    before, now = first.containers[box.id], second.containers[box.id]
    assert now.at > before.at
    assert now.cpu > before.cpu
    reading = rates(before, now)
    assert reading.cpu is not None
    assert 0 < reading.cpu < 400
    assert 0 < now.memory < 512 << 20
    assert now.pids >= 1
    assert reading.net is not None
    assert reading.io is not None


def test_the_machine_is_measured_where_it_is_this_one(lab: Lab) -> None:
    lab.shell("sleep 60")
    moment = lab.engine.measure(lab.all())
    if lab.remote:
        assert not moment.cheap
    else:
        assert moment.cheap
        assert moment.host is not None
        assert 0 < moment.host.memory < moment.host.limit
        assert 0 < moment.host.disk <= moment.host.space


def test_limits_are_told(lab: Lab) -> None:
    project = lab.project(
        """
        services:
          box:
            image: busybox:latest
            command: ["sleep", "60"]
            init: true
            mem_limit: 64m
            cpus: 0.5
        """
    )
    lab.up(project)
    box = lab.one()
    counters = lab.engine.measure([box]).containers[box.id]
    assert counters.limit == 64 << 20
    if not lab.remote:  # the Engine's stats do not tell it
        assert counters.cpus == 0.5


def test_a_restart_is_another_life(lab: Lab) -> None:
    box = lab.shell("while :", "do :", "done")
    until(lambda: lab.one().state == "running")
    lab.engine.measure([lab.one()])
    time.sleep(1.0)
    before = lab.engine.measure([lab.one()]).containers[box.id]
    lab.engine.restart(box.id, 0)
    until(lambda: lab.one().state == "running")

    after = until(lambda: lab.engine.measure([lab.one()], started=[box.id]).containers.get(box.id))

    assert after is not None
    reading = rates(before, after)
    assert reading.cpu is None
    assert reading.memory is not None
    assert rates(None, after) == Reading(
        memory=after.memory, pids=float(after.pids), limit=after.limit, cpus=after.cpus
    )


def test_what_does_not_run_is_not_measured(lab: Lab) -> None:
    box = lab.shell("sleep 60")
    lab.engine.measure(lab.all())
    lab.engine.stop(box.id, 0)
    until(lambda: lab.one().state == "exited")
    assert dict(lab.engine.measure(lab.all()).containers) == {}


def test_processes_inside(lab: Lab) -> None:
    box = lab.shell("sleep 61 & sleep 62")
    until(lambda: len(lab.engine.processes(box.id)) >= 1)
    found = until(
        lambda: lab.in_memory or [p for p in lab.engine.processes(box.name) if "sleep" in p.command]
    )

    processes = lab.engine.processes(box.id)
    assert found
    assert [p.pid for p in processes] == sorted(p.pid for p in processes)
    assert all(p.memory >= 0 and p.cpu >= 0 and p.user and p.state and p.command for p in processes)
    lab.engine.stop(box.id, 0)
    until(lambda: lab.one().state == "exited")
    with pytest.raises(Conflict):
        lab.engine.processes(box.id)
    with pytest.raises(NotFound):
        lab.engine.processes("no-such-container")
