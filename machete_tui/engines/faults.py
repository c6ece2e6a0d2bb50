"""The words of failures that every engine shares, so that all say the same of the same thing."""

from __future__ import annotations

import re

from machete_tui.core.errors import (
    Conflict,
    EngineUnavailable,
    InvalidInput,
    MacheteError,
    NoCapacity,
    NotFound,
    NotPermitted,
    Unhealthy,
)


def unavailable(detail: str = "") -> EngineUnavailable:
    """Return that no engine answers, with the mend."""
    return EngineUnavailable(
        "no container engine answers" + (f": {detail}" if detail else ""),
        "start Docker (systemctl start docker), or run machete-tui --run system.setup",
    )


def unreachable(url: str, detail: str = "") -> EngineUnavailable:
    """Return that a remote engine cannot be asked; ``detail`` is what ssh said, or that it is late."""
    scheme, _, rest = url.partition("://")
    machine = rest.partition("/")[0]
    mend = f"try it by hand: docker --host {url} version"
    if scheme == "ssh":
        name, _, port = machine.rpartition(":") if ":" in machine else (machine, "", "")
        mend = f"try it by hand: ssh {f'-p {port} ' if port else ''}{name} docker version"
    return EngineUnavailable(f"{url}{': ' if detail else ' does not answer'}{detail}", mend)


def gone() -> EngineUnavailable:
    """Return that the engine ended the connection in the middle of an answer."""
    return EngineUnavailable(
        "the container engine went away in the middle of an answer",
        "see whether it runs (systemctl status docker); what it began is undone at the next start",
    )


def forbidden(socket: str) -> NotPermitted:
    """Return that the engine's socket may not be used, with the mend."""
    return NotPermitted(
        f"this user may not use the container engine's socket {socket}",
        "add the user to the docker group (sudo usermod -aG docker $USER), then log in again",
    )


def no_container(name: str) -> NotFound:
    """Return that there is no such container."""
    return NotFound(f"there is no container {name}", "list them: machete-tui --run service.list")


def no_image(ref: str) -> NotFound:
    """Return that an image is not local and cannot be pulled."""
    return NotFound(
        f"image {ref} is neither on this machine nor to be pulled",
        "build a stand-in with machete-tui --run image.bootstrap, or name a mirror in DOCKER_REGISTRY_URL",
    )


def port_taken(port: int, log: tuple[str, ...] = ()) -> Conflict:
    """Return that a host port is held by another program or container."""
    return Conflict(
        f"port {port} of this machine is taken" if port else "a port of this machine is taken",
        "stop what holds it, or choose another one with --port",
        field="--port",
        log=log,
    )


def dependency_failed(what: str, log: tuple[str, ...]) -> Unhealthy:
    """Return that a container could not start because one that it depends on failed."""
    return Unhealthy(f"dependency failed to start: {what}", "look at the log of the one that failed", log=log)


def no_registry(ref: str) -> EngineUnavailable:
    """Return that an image cannot be pulled because no registry answers."""
    return EngineUnavailable(
        f"no image registry answers, so {ref} cannot be pulled",
        "build a stand-in with machete-tui --run image.bootstrap, or name a mirror in DOCKER_REGISTRY_URL",
    )


_PORT = re.compile(
    r"(?:Bind for \S*?:|listen (?:tcp|udp)[46]? \S*?:|host port (?:for )?\S*?:)(\d+)[^\n]*?"
    r"(?:port is already allocated|address already in use)"
)
_NO_PLUGIN = re.compile(
    r"^unknown flag: --(?:ansi|builder)$|'(?:compose|buildx)' is not a docker command"
    r"|unknown command: docker (?:compose|buildx)|buildx component is missing",
    re.MULTILINE,
)
_NO_CONTAINER = re.compile(r"No such container: (\S+)")


def known(message: str, log: tuple[str, ...] = ()) -> MacheteError | None:
    """Return the error behind a sentence of the Engine or of compose, or None for one without a name."""
    text = message.lower()
    if "port is already allocated" in text or "address already in use" in text:
        match = _PORT.search(message)
        return port_taken(int(match[1]) if match else 0, log)
    if "no space left on device" in text:
        return NoCapacity(
            "the disk of the container engine is full", "free some space, then try again", log=log
        )
    if "permission denied while trying to connect" in text:
        return forbidden("")
    if any(sign in text for sign in ("cannot connect to the docker daemon", "error during connect")):
        return unavailable()
    plugin = _NO_PLUGIN.search(message)
    if plugin:
        name = "buildx" if "buildx" in plugin[0] or "builder" in plugin[0] else "compose"
        return NotFound(
            f"docker {name} is not on this machine", "install it: machete-tui --run system.setup", log=log
        )
    return None


def refused(status: int, message: str) -> MacheteError:
    """Return the error that an HTTP status of the Engine means, in the Engine's own words."""
    said = " ".join(message.split())
    found = known(said)
    if found is not None:
        return found
    if status == 400:
        return InvalidInput(said)
    if status == 404:
        match = _NO_CONTAINER.search(said)
        return no_container(match[1]) if match else NotFound(said)
    if status == 409:
        return Conflict(said)
    if status in (401, 403):
        return NotPermitted(said)
    return MacheteError(f"the container engine refused: {said}")


def not_running(name: str) -> Conflict:
    """Return that a container has no processes, because it does not run."""
    return Conflict(f"container {name} does not run", "start it, then ask again")
