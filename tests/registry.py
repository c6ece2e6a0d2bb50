"""A registry on loopback with one image of several layers, which a test can hold back and let go."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CHUNK = 64 << 10


class Registry(ThreadingHTTPServer):
    """Has ``library/mtc-layers:1`` of ``layers`` layers.

    Of the last layer it sends half and then waits until ``go`` is set.
    """

    daemon_threads = True

    def __init__(self, *, layers: int = 3, size: int = 400_000) -> None:
        self.go = threading.Event()
        self.go.set()
        self.half_sent = threading.Event()
        self.blobs: dict[str, bytes] = {}
        entries, differences = [], []
        for number in range(layers):
            raw = io.BytesIO()
            with tarfile.open(fileobj=raw, mode="w") as archive:
                entry = tarfile.TarInfo(f"file{number}")
                entry.size = size
                archive.addfile(entry, io.BytesIO(os.urandom(size)))
            packed = gzip.compress(raw.getvalue(), 1, mtime=0)
            self.blobs[digest(packed)] = packed
            self.held = digest(packed)
            differences.append(digest(raw.getvalue()))
            entries.append(
                {
                    "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "digest": digest(packed),
                    "size": len(packed),
                }
            )
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Env": ["API_TOKEN=hunter22", "MODE=fast"], "Labels": {"mtc": "layers"}},
                "rootfs": {"type": "layers", "diff_ids": differences},
            }
        ).encode()
        self.blobs[digest(config)] = config
        self.bytes = sum(entry["size"] for entry in entries if isinstance(entry["size"], int))
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {
                    "mediaType": "application/vnd.docker.container.image.v1+json",
                    "digest": digest(config),
                    "size": len(config),
                },
                "layers": entries,
            }
        ).encode()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers what a pull asks for."""

    server: Registry

    def do_GET(self) -> None:
        """Send the manifest or a blob."""
        name = self.path.rpartition("/")[2]
        kind, body = "application/octet-stream", self.server.blobs.get(name)
        if self.path == "/v2/":
            body = b"{}"
        elif "/mtc-layers/manifests/" in self.path and name in ("1", digest(self.server.manifest)):
            kind, body = MANIFEST, self.server.manifest
        self.send_response(200 if body is not None else 404)
        if body is None:
            kind = "application/json"
            body = b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", digest(body))
        self.end_headers()
        if self.command == "HEAD":
            return
        if name == self.server.held and not self.server.go.is_set():
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.server.half_sent.set()
            self.server.go.wait(60)
            self.wfile.write(body[len(body) // 2 :])
        else:
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


def digest(data: bytes) -> str:
    """Return the name of a blob."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
