"""This machine's view of ports that real containers publish."""

from __future__ import annotations

import pytest

from machete_tui.core.errors import Conflict
from machete_tui.engines.host import LocalHost
from tests.engine.contract.lab import BASE, Lab, until

pytestmark = pytest.mark.engine

PORT = 23961


def serving(lab: Lab, address: str = "0.0.0.0:8000") -> None:
    lab.up(
        lab.project(
            f"""
            services:
              box:
                image: {BASE}
                command: sh -c "echo hi > /srv/index.html; exec busybox httpd -f -p {address} -h /srv"
                init: true
                ports: ["{PORT}:8000"]
            """
        )
    )


def test_a_published_port_answers_and_is_taken_until_it_stops(docker_lab: Lab) -> None:
    host = LocalHost()
    assert host.port_free(PORT)
    serving(docker_lab)

    until(lambda: host.probe(PORT, "/").ok)
    assert host.probe(PORT, "/").said == "HTTP 200"
    assert host.probe(PORT, "/none").said == "HTTP 404"
    assert host.probe(PORT, "").ok
    assert not host.port_free(PORT)
    docker_lab.engine.stop(docker_lab.one().id, 0)
    until(lambda: host.port_free(PORT))
    assert host.probe(PORT, "/").said == "connection refused"


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "0.0.0.0:8001"])
def test_what_listens_elsewhere_does_not_answer(docker_lab: Lab, address: str) -> None:
    serving(docker_lab, address)
    box = docker_lab.one()
    (listener,) = until(lambda: docker_lab.engine.listeners(box.id))

    probe = LocalHost().probe(PORT, "/")

    assert f"{listener.address}:{listener.port}" == address
    assert (probe.ok, probe.status) == (False, 0)
    assert probe.said in ("connection closed without an answer", "connection refused")


def test_a_port_of_another_program_is_a_conflict_at_the_start(docker_lab: Lab) -> None:
    import socket

    with socket.create_server(("0.0.0.0", PORT)):
        assert not LocalHost().port_free(PORT)
        with pytest.raises(Conflict, match=str(PORT)):
            serving(docker_lab)
