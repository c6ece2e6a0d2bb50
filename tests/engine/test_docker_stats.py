"""Our figures next to those of ``docker stats``, of one container, at the same time."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest

from machete_tui.core.metrics import Counters, rates
from tests.engine.contract.lab import Lab, until

pytestmark = pytest.mark.engine

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def figure(text: str) -> float:
    number = text.rstrip("BkMGTiK")
    return float(number) * UNITS[text[len(number) :]]


def docker_stats(container: str) -> dict[str, Any]:
    done = subprocess.run(
        ["docker", "stats", "--no-stream", "--format", "{{json .}}", container],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def counters(lab: Lab, ident: str) -> Counters:
    return lab.engine.measure(lab.all()).containers[ident]


def test_they_agree_about_a_container_that_is_at_rest(docker_lab: Lab) -> None:
    box = docker_lab.shell(
        "head -c 30000000 /dev/zero > /dev/shm/held", "dd if=/dev/zero of=/file bs=1M count=5 2>/dev/null",
        "sync", "sleep 100 & sleep 101",
    )  # fmt: skip
    until(lambda: counters(docker_lab, box.id).memory > 25_000_000)
    until(lambda: counters(docker_lab, box.id).pids >= 3)
    time.sleep(1)

    theirs, ours = docker_stats(box.id), counters(docker_lab, box.id)

    used = figure(theirs["MemUsage"].split(" / ")[0])
    assert ours.memory == pytest.approx(used, rel=0.05, abs=400_000)
    assert ours.pids == int(theirs["PIDs"])
    received, sent = (figure(part) for part in theirs["NetIO"].split(" / "))
    assert ours.rx == pytest.approx(received, rel=0.02, abs=200)
    assert ours.tx == pytest.approx(sent, rel=0.02, abs=200)
    read, written = (figure(part) for part in theirs["BlockIO"].split(" / "))
    assert ours.read == pytest.approx(read, rel=0.02, abs=8192)
    assert ours.write == pytest.approx(written, rel=0.02, abs=8192)


def test_they_agree_about_cpu(docker_lab: Lab) -> None:
    project = docker_lab.project(
        """
        services:
          box:
            image: busybox:latest
            command: ["sh", "-c", "while :; do :; done"]
            init: true
            cpus: 0.3
        """
    )
    docker_lab.up(project)
    box = docker_lab.one()
    before = counters(docker_lab, box.id)

    theirs = float(docker_stats(box.id)["CPUPerc"].rstrip("%"))

    reading = rates(before, counters(docker_lab, box.id))
    assert reading.cpus == 0.3
    assert reading.cpu is not None
    assert reading.cpu == pytest.approx(theirs, abs=15)
    assert 10 < reading.cpu < 45


def test_traffic_is_counted_and_a_restart_begins_at_nothing(docker_lab: Lab) -> None:
    box = docker_lab.shell("nc -ll -p 9 -e cat & sleep 100")
    address = next(iter(docker_lab.engine.container(box.id).networks.values()))
    before = counters(docker_lab, box.id)
    subprocess.run(
        ["sh", "-c", f"head -c 200000 /dev/zero | timeout 3 nc -w 2 {address} 9 > /dev/null || true"],
        check=True,
    )
    after = counters(docker_lab, box.id)
    received = after.rx - before.rx

    docker_lab.engine.restart(box.id, 0)
    until(lambda: docker_lab.one().state == "running")
    anew = docker_lab.engine.measure(docker_lab.all(), started=[box.id]).containers[box.id]
    kept = counters(docker_lab, box.id)  # and without being told

    assert received >= 0
    assert anew.rx < max(after.rx, 20_000)
    assert kept.era == anew.era
    assert rates(after, anew).rx is None


def test_the_hosts_network_is_not_the_containers(docker_lab: Lab) -> None:
    project = docker_lab.project(
        """
        services:
          box:
            image: busybox:latest
            command: ["sleep", "60"]
            init: true
            network_mode: host
        """
    )
    docker_lab.up(project)
    box = docker_lab.one()
    assert docker_stats(box.id)["NetIO"] == "0B / 0B"
    assert counters(docker_lab, box.id).rx == -1
