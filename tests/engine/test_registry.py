"""Pulls from a registry on loopback, which the Engine trusts without TLS."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.errors import Cancelled, NotFound
from machete_tui.core.settings import Settings
from machete_tui.engines.docker import DockerEngine
from tests.rig import Rig

pytestmark = pytest.mark.engine

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


class Registry(ThreadingHTTPServer):
    """Has one image, ``library/mtc-tiny:1``; holds its layer back until ``go`` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.asked: list[str] = []
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("hello"))
        layer = gzip.compress(raw.getvalue(), mtime=0)
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Labels": {"tiny": "yes"}},
                "rootfs": {"type": "layers", "diff_ids": [_digest(raw.getvalue())]},
            }
        ).encode()
        self.blobs = {_digest(layer): layer, _digest(config): config}
        self.layer = _digest(layer)
        entry = {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": _digest(config)}
        part = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": self.layer}
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {**entry, "size": len(config)},
                "layers": [{**part, "size": len(layer)}],
            }
        ).encode()
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        name = self.path.rpartition("/")[2]
        kind, body = "application/octet-stream", self.server.blobs.get(name)
        if self.path == "/v2/":
            body = b"{}"
        elif self.path.startswith("/v2/library/mtc-tiny/manifests/") and name in (
            "1",
            _digest(self.server.manifest),
        ):
            kind, body = MANIFEST, self.server.manifest
        if name == self.server.layer:
            self.server.go.wait(30)
        self.send_response(200 if body is not None else 404)
        if body is None:
            kind, body = (
                "application/json",
                b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
            )
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", _digest(body))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@pytest.fixture
def registry(rig: Rig) -> Iterator[Registry]:
    server = Registry()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.go.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(registry: Registry) -> str:
    return f"127.0.0.1:{registry.server_address[1]}"


def engine(mirror: str) -> DockerEngine:
    return DockerEngine(Settings(docker_host=os.environ["DOCKER_HOST"], registry=mirror))


@pytest.mark.parametrize("form", ["{}", "http://{}", "http://{}/"])
def test_the_mirror_gives_what_is_asked_for_by_its_own_name(
    registry: Registry, address: str, form: str
) -> None:
    docker = engine(form.format(address))
    try:
        said = list(docker.pull("mtc-tiny:1", Cancel()))

        assert any("Pull complete" in line or "Status" in line for line in said)
        assert len(said) == len(set(said))
        image = docker.image("mtc-tiny:1")
        assert image is not None
        assert image.labels == {"tiny": "yes"}
        assert "/v2/library/mtc-tiny/manifests/1" in registry.asked
    finally:
        docker.remove_image("mtc-tiny:1")
        docker.remove_image(f"{address}/library/mtc-tiny:1")
    assert docker.image("mtc-tiny:1") is None


def test_an_image_that_names_its_registry_is_pulled_from_there(registry: Registry, address: str) -> None:
    docker = engine("127.0.0.1:1")
    try:
        list(docker.pull(f"{address}/library/mtc-tiny:1", Cancel()))
        assert docker.image(f"{address}/library/mtc-tiny:1") is not None
    finally:
        docker.remove_image(f"{address}/library/mtc-tiny:1")


def test_a_registry_that_is_there_answers_also_without_the_image(registry: Registry, address: str) -> None:
    assert engine(address).registry_answers()


def test_a_registry_that_is_not_there_does_not(address: str, registry: Registry) -> None:
    assert not engine("127.0.0.1:1").registry_answers()


def test_an_image_that_it_does_not_have(registry: Registry, address: str) -> None:
    with pytest.raises(NotFound, match="mtc-other:1"):
        list(engine(address).pull("mtc-other:1", Cancel()))


def test_a_pull_that_hangs_can_be_cancelled(registry: Registry, address: str) -> None:
    registry.go.clear()
    cancel = Cancel()
    threading.Timer(1.0, cancel.cancel).start()

    with pytest.raises(Cancelled):
        list(engine(address).pull("mtc-tiny:1", cancel))
