"""The docker SDK, imported when something is to be changed or the Engine is remote."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from machete_tui.core.errors import MacheteError
from machete_tui.engines import faults
from machete_tui.engines.wire import PATIENCE, failure, query

if TYPE_CHECKING:
    import requests
    from docker import APIClient

    from machete_tui.engines.ssh import Dialler

CALL_SECONDS = 60
"""How long one call may take, beside the grace of a stop."""

FAR_PATIENCE = 12
"""Seconds that a remote Engine may take to begin its answer; ssh has to be let in within them too."""


class Sdk:
    """One low-level client, made at its first use; also the transport to a remote Engine."""

    def __init__(self, host: str, tls: str = "") -> None:
        self._host = host
        self._tls = tls
        self._ssh: Dialler | None = None
        self._client: APIClient | None = None
        self._lock = threading.Lock()

    @property
    def api(self) -> str:
        """API version that was negotiated; empty before the first call."""
        return str(self._client.api_version) if self._client is not None else ""

    @contextmanager
    def use(self) -> Iterator[APIClient]:
        """Give the client; what it raises in the body becomes the core's errors."""
        import docker.errors
        import requests.exceptions
        import urllib3.exceptions

        try:
            yield self._made()
        except MacheteError:
            raise
        except docker.errors.APIError as error:
            status = error.response.status_code if error.response is not None else 500
            raise faults.refused(status, str(error.explanation or error)) from error
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            docker.errors.DockerException,
            OSError,
        ) as error:
            raise self._broken(error) from error

    def get(self, path: str, *, patience: float = PATIENCE) -> Any:
        """Return the JSON of an answer."""
        with self.use() as client:
            waits = (FAR_PATIENCE, max(patience, CALL_SECONDS))
            answer = client.get(client.base_url + path, timeout=waits)
            if answer.status_code >= 400:
                raise failure(answer.status_code, answer.content)
            return answer.json() if answer.content else None

    def open(self, path: str) -> SdkBody:
        """Open an answer that may go on for ever."""
        with self.use() as client:
            waits = (FAR_PATIENCE, FAR_PATIENCE)
            answer = client.get(client.base_url + path, timeout=waits, stream=True)
            if answer.status_code >= 400:
                raise failure(answer.status_code, answer.content)
            # It had to begin in time; between its bytes any time may pass.
            within: Any = client
            within._disable_socket_timeout(within._get_raw_response_socket(answer))
            return SdkBody(self, answer)

    def ping(self) -> None:
        """Raise EngineUnavailable unless the Engine answers within the patience."""
        self.open("/_ping").close()

    def pull(self, name: str, tag: str) -> SdkBody:
        """Open the progress of a pull, as JSON lines; with what ``docker login`` knows of the registry."""
        with self.use() as client:
            from docker import auth

            registry, _ = auth.resolve_repository_name(name)
            known = auth.get_config_header(client, registry)
            answer = client.post(
                client.base_url + query("/images/create", fromImage=name, tag=tag),
                headers={"X-Registry-Auth": known} if known else {},
                timeout=(PATIENCE, None),
                stream=True,
            )
            if answer.status_code >= 400:
                raise failure(answer.status_code, answer.content)
            return SdkBody(self, answer)

    def close(self) -> None:
        """Close its connections; the next use makes new ones."""
        with self._lock:
            client, self._client = self._client, None
            ssh, self._ssh = self._ssh, None
        if ssh is not None:
            ssh.close()
        if client is not None:
            client.close()

    def _made(self) -> APIClient:
        with self._lock:
            if self._client is None:
                self._client = self._over_ssh() if self._host.startswith("ssh:") else self._direct()
                self._client.timeout = CALL_SECONDS
            return self._client

    def _direct(self) -> APIClient:
        import os

        from docker import APIClient
        from docker.utils import kwargs_from_env

        environ = {**os.environ, "DOCKER_HOST": self._host}
        if self._tls:
            environ |= {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": self._tls}
        return APIClient(**kwargs_from_env(environment=environ), version="auto", timeout=FAR_PATIENCE)

    def _over_ssh(self) -> APIClient:
        from docker import APIClient

        from machete_tui.engines import ssh

        self._ssh = ssh.Dialler(self._host)
        client: Any = APIClient(base_url="tcp://localhost:1", version="1.41", timeout=FAR_PATIENCE)
        client.mount("http+docker://", ssh.SshAdapter(self._ssh, FAR_PATIENCE))
        client.base_url = ssh.BASE
        client._version = client._retrieve_server_version()
        return cast("APIClient", client)

    def _broken(self, error: BaseException) -> MacheteError:
        text = str(error)
        said = self._ssh.last_words if self._ssh is not None else ""
        if not self._host.startswith("unix:"):
            late = any(sign in text for sign in ("timed out", "Timeout"))
            broken = "the connection ended in the middle" if self._client is not None else ""
            return faults.unreachable(
                self._host, said or ("does not answer in time" if late else broken or "no connection")
            )
        if "PermissionError" in text or "Permission denied" in text:
            return faults.forbidden(self._host.removeprefix("unix://"))
        if any(
            sign in text
            for sign in (
                "IncompleteRead",
                "InvalidChunkLength",
                "RemoteDisconnected",
                "Connection broken",
                "ended prematurely",
            )
        ):
            return faults.gone()
        return faults.unavailable(self._host)


class SdkBody:
    """A streamed answer of a remote Engine; read by one thread, closed by any."""

    def __init__(self, sdk: Sdk, answer: requests.Response) -> None:
        self._sdk = sdk
        self._answer = answer
        self._closed = False
        self._bytes = answer.raw.stream(1 << 16, decode_content=False)
        self._late: list[bytes] = []

    def read(self, timeout: float | None = None) -> bytes:
        """Return what is there; ``timeout`` is not kept, so that lines come as the Engine sends them."""
        try:
            with self._sdk.use():
                return next(self._bytes, b"") if not self._closed else b""
        except (MacheteError, ValueError, AttributeError):
            # A connection that was closed while it was read fails in any of these ways.
            if self._closed:
                return b""
            raise

    def close(self) -> None:
        """End it; a blocked read returns."""
        from docker.types.daemon import CancellableStream

        self._closed = True
        with suppress(Exception):
            CancellableStream(self._bytes, self._answer).close()
