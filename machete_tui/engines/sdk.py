"""The docker SDK, imported when something is to be changed or the Engine is remote."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from machete_tui.core.errors import MacheteError
from machete_tui.engines import faults
from machete_tui.engines.wire import PATIENCE, failure, query

if TYPE_CHECKING:
    import requests
    from docker import APIClient

CALL_SECONDS = 60
"""How long one call may take, beside the grace of a stop."""


class Sdk:
    """One low-level client, made at its first use; also the transport to a remote Engine."""

    def __init__(self, host: str) -> None:
        self._host = host
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
            answer = client.get(client.base_url + path, timeout=(PATIENCE, max(patience, CALL_SECONDS)))
            if answer.status_code >= 400:
                raise failure(answer.status_code, answer.content)
            return answer.json() if answer.content else None

    def open(self, path: str) -> SdkBody:
        """Open an answer that may go on for ever."""
        with self.use() as client:
            answer = client.get(client.base_url + path, timeout=(PATIENCE, None), stream=True)
            if answer.status_code >= 400:
                raise failure(answer.status_code, answer.content)
            return SdkBody(self, answer)

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
        if client is not None:
            client.close()

    def _made(self) -> APIClient:
        with self._lock:
            if self._client is None:
                import os

                from docker import APIClient
                from docker.utils import kwargs_from_env

                known = kwargs_from_env(environment={**os.environ, "DOCKER_HOST": self._host})
                self._client = APIClient(
                    **known,
                    version="auto",
                    timeout=CALL_SECONDS,
                    use_ssh_client=self._host.startswith("ssh:"),
                )
            return self._client

    def _broken(self, error: BaseException) -> MacheteError:
        text = str(error)
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
