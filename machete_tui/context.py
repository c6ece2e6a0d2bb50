"""The composition root: the only place that knows which engine, store and host are plugged in.

Each part is imported and made when it is first used, so that ``--run service.list`` pays for nothing
but the raw Engine client and sqlite3.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from machete_tui.core.clock import Clock, SystemClock
from machete_tui.core.settings import Settings

if TYPE_CHECKING:
    from machete_tui.core.config import Config
    from machete_tui.core.context import Log
    from machete_tui.core.engine import Engine
    from machete_tui.core.machine import Machine
    from machete_tui.core.ports import Host, Sources, Store
    from machete_tui.store.sqlite import SqliteStore

T = TypeVar("T")


def actor() -> str:
    """Return the OS user's name, with the SSH client's address where there is one."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        name = str(os.getuid())
    client = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
    return f"{name}@{client}" if client else name


class LazyContext:
    """A :class:`machete_tui.core.context.Context` whose parts are made by ``makers`` on first use."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        makers: dict[str, Callable[[LazyContext], Any]],
        *,
        who: str = "",
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.actor = who or actor()
        self._makers = makers
        self._made: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._kept = ExitStack()

    def _part(self, name: str) -> Any:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._makers[name](self)
            return self._made[name]

    @property
    def engine(self) -> Engine:
        """What runs containers."""
        return cast("Engine", self._part("engine"))

    @property
    def host(self) -> Host:
        """The machine: ports, probes, free space."""
        return cast("Host", self._part("host"))

    @property
    def sources(self) -> Sources:
        """Git and folders."""
        return cast("Sources", self._part("sources"))

    @property
    def store(self) -> Store:
        """What is remembered."""
        return cast("Store", self._part("store"))

    @property
    def log(self) -> Log:
        """The diagnostic log."""
        return cast("Log", self._part("log"))

    @property
    def machine(self) -> Machine:
        """Packages and system services of this machine."""
        return cast("Machine", self._part("machine"))

    def keep(self, resource: AbstractContextManager[object]) -> None:
        """Hold a resource until the context is closed."""
        self._kept.enter_context(resource)

    def close(self) -> None:
        """Close what was opened by this thread."""
        self._kept.close()
        with self._lock:
            made, self._made = self._made, {}
        for name in ("engine", "store"):
            if name in made:
                made[name].close()


def live(
    settings: Settings | None = None,
    *,
    debug: bool = False,
    host: str = "",
    config: Config | None = None,
    strict: bool = True,
) -> LazyContext:
    """Return the context of real use: Docker, Git, this machine, the SQLite file.

    Args:
        settings: as they are; from the configuration and the environment when None.
        debug: whether debug lines are logged.
        host: name or URL of the host to operate; empty for what docker, or an earlier choice, would take.
        config: the configuration, where it was read already.
        strict: whether mistakes in it refuse actions; see :func:`machete_tui.core.configured.settings_for`.
    """
    if settings is None:
        from machete_tui.core.configured import load_config, settings_for

        settings = settings_for(config or load_config(), host, strict=strict)
    chosen = settings
    if debug:
        chosen = replace(chosen, debug=True)
    return LazyContext(
        chosen,
        SystemClock(),
        {
            "engine": _docker,
            "host": _local_host,
            "sources": _git,
            "store": _sqlite,
            "log": _log,
            "machine": _machine,
        },
    )


def demo(folder: Path | None = None, clock: Clock | None = None) -> LazyContext:
    """Return the context of ``--demo``: a believable fleet on the in-memory engine, kept in ``folder``.

    Args:
        folder: for the state; a temporary one, removed at the end of the process, when None.
        clock: the machine's own when None.
    """
    from machete_tui.demo import seed, under_way
    from machete_tui.demo_metrics import DemoMetrics
    from machete_tui.engines import demo_foreign
    from machete_tui.engines.demo import fill
    from machete_tui.engines.memory import MemoryEngine

    if folder is None:
        import atexit
        import shutil
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="machete-demo-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(
        state_dir=folder / "state",
        cache_dir=folder / "cache",
        docker_config=folder / "docker",
        docker_host="",
        watch_seconds=3.0,
    )
    chosen = clock or SystemClock()
    seed(settings, chosen)
    engine = MemoryEngine(chosen)
    engine.registry = True
    fill(engine)
    demo_foreign.fill(engine)
    context = in_memory(settings, chosen, engine=engine)
    store = cast("SqliteStore", context.store)
    store.metrics = DemoMetrics(store.metrics, engine, chosen.now())
    context.keep(under_way(store))
    return context


def in_memory(
    settings: Settings,
    clock: Clock,
    *,
    engine: Engine | None = None,
    host: Host | None = None,
    machine: Machine | None = None,
) -> LazyContext:
    """Return a context in memory, engine and machine alike, with a real store in ``settings.state_dir``."""

    def memory_engine(_: LazyContext) -> Any:
        from machete_tui.engines.memory import MemoryEngine

        return engine or MemoryEngine(clock)

    def memory_host(context: LazyContext) -> Any:
        from machete_tui.engines.memory import MemoryEngine, MemoryHost

        return host or MemoryHost(cast("MemoryEngine", context.engine))

    def memory_machine(context: LazyContext) -> Any:
        from machete_tui.engines.packages_memory import MemoryMachine

        return machine or MemoryMachine(folder=context.settings.cache_dir)

    return LazyContext(
        settings,
        clock,
        {
            "engine": memory_engine,
            "host": memory_host,
            "sources": _git,
            "store": _sqlite,
            "log": _log,
            "machine": memory_machine,
        },
        who="operator",
    )


def _docker(context: LazyContext) -> Any:
    from machete_tui.engines.docker import DockerEngine

    return DockerEngine(context.settings)


def _local_host(context: LazyContext) -> Any:
    from machete_tui.engines.host import LocalHost

    if context.settings.machine != "127.0.0.1":
        from machete_tui.engines.far import FarHost

        return FarHost(context.settings.machine)
    return LocalHost()


def _git(context: LazyContext) -> Any:
    from machete_tui.engines.git import GitSources

    return GitSources(context.settings)


def _sqlite(context: LazyContext) -> Any:
    from machete_tui.store.sqlite import SqliteStore

    return SqliteStore(context.settings, context.clock)


def _log(context: LazyContext) -> Any:
    from machete_tui.engines.log import DiagnosticLog

    return DiagnosticLog(context.settings)


def _machine(context: LazyContext) -> Any:
    from machete_tui.engines.packages import LocalMachine

    return LocalMachine(context.settings)
