"""What the contract's tests do with an engine: projects with names of their own, removed afterwards."""

from __future__ import annotations

import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import BuildRequest, ComposeProject, Container, Engine, Image, LogLine, LogStream
from machete_tui.engines.memory import Behaviour, MemoryEngine

T = TypeVar("T")
BASE = "busybox:latest"


def until(check: Callable[[], T], seconds: float = 20.0) -> T:
    """Return what ``check`` gives as soon as it is true; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {check}"
        time.sleep(0.02)
    return found


class Lab:
    """One test's corner of an engine."""

    def __init__(self, engine: Engine, folder: Path, *, remote: bool = False) -> None:
        self.engine = engine
        self.folder = folder
        self.remote = remote
        self.name = f"mtc-{uuid.uuid4().hex[:10]}"
        self._tags: list[str] = []

    @property
    def in_memory(self) -> bool:
        return isinstance(self.engine, MemoryEngine)

    def behave(self, match: str, behaviour: Behaviour) -> None:
        """Tell the in-memory engine what a real container does by itself."""
        if isinstance(self.engine, MemoryEngine):
            self.engine.behave(match, behaviour)

    def project(self, compose: str, env: Mapping[str, str] | None = None) -> ComposeProject:
        """Write a compose file (and ``.env``); ``NAME`` in it stands for the lab's own name."""
        text = textwrap.dedent(compose).replace("NAME", self.name)
        (self.folder / "compose.yml").write_text(text)
        (self.folder / ".env").write_text("".join(f"{k}={v}\n" for k, v in (env or {}).items()))
        return ComposeProject(self.name, str(self.folder))

    def up(self, project: ComposeProject, **scale: int) -> list[str]:
        """Converge a project and return what was said."""
        batches = self.engine.compose_up(project, Cancel(), scale=scale or None)
        return [line for batch in batches for line in batch]

    def shell(self, *statements: str, tty: bool = False) -> Container:
        """Run a container with a shell script and return it."""
        script = "; ".join(statements)
        project = self.project(
            f"""
            services:
              box:
                image: {BASE}
                command: ["sh", "-c", {script!r}]
                tty: {str(tty).lower()}
                init: true
            """
        )
        self.up(project)
        return self.one()

    def one(self, component: str = "box") -> Container:
        """Return the only container of a component."""
        (found,) = [c for c in self.all() if c.component == component]
        return found

    def all(self) -> list[Container]:
        return self.engine.containers(project=self.name)

    def ended(self, container: Container) -> None:
        """Wait until a container has ended."""
        until(lambda: self.engine.container(container.id).container.state == "exited")

    def tag(self, name: str = "app") -> str:
        tag = f"machete/{self.name}-{name}:1"
        self._tags.append(tag)
        return tag

    def request(self, dockerfile: str, *, tag: str = "", **files: str) -> BuildRequest:
        """Write a context with these files, and a Dockerfile outside it."""
        context = self.folder / "context"
        context.mkdir(exist_ok=True)
        for name, text in files.items():
            (context / name).write_text(text)
        path = self.folder / "app.Dockerfile"
        path.write_text(textwrap.dedent(dockerfile))
        return BuildRequest(str(context), str(path), tag or self.tag(), {"io.machete.test": self.name})

    def build(self, request: BuildRequest) -> list[str]:
        return [line for batch in self.engine.build(request, Cancel()) for line in batch]

    def built(self, request: BuildRequest) -> Image:
        self.build(request)
        image = self.engine.image(request.tag)
        assert image is not None
        return image

    def clear(self) -> None:
        """Remove everything of this lab."""
        self.engine.compose_down(ComposeProject(self.name, str(self.folder)), volumes=True)
        for tag in self._tags:
            self.engine.remove_image(tag)
        assert self.all() == []
        assert self.engine.networks(project=self.name) == []
        assert self.engine.volumes(project=self.name) == []


def texts(stream: LogStream) -> list[str]:
    """Read a log stream to its end."""
    return [line.text for line in lines(stream)]


def lines(stream: LogStream) -> list[LogLine]:
    return [line for batch in stream for line in batch]


class Reader:
    """Reads a stream in a thread of its own, as every front does."""

    def __init__(self, stream: LogStream) -> None:
        self.stream = stream
        self.lines: list[LogLine] = []
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            for batch in self.stream:
                assert batch, "an empty batch"
                self.lines += batch
        except Exception as error:
            self.error = error

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def joined(self, seconds: float = 10.0) -> None:
        """Wait for its end."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the reader did not wake"
