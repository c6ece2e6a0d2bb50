"""Following the engine: news, loss, and coming back by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from machete_tui import context
from machete_tui.core.clock import SystemClock
from machete_tui.core.engine import LABEL_SERVICE, EngineEvent, EngineInfo
from machete_tui.core.errors import EngineUnavailable, MacheteError
from machete_tui.core.settings import Settings
from machete_tui.engines.memory import MemoryEngine
from machete_tui.ui import watch
from machete_tui.ui.watch import EngineWatch, matters


class News:
    """What a watch said."""

    def __init__(self) -> None:
        self.ups: list[EngineInfo | None] = []
        self.downs: list[tuple[MacheteError, float]] = []
        self.stirs = 0
        self.changed = asyncio.Event()

    def up(self, info: EngineInfo | None) -> None:
        self.ups.append(info)
        self.changed.set()

    def down(self, error: MacheteError, wait: float) -> None:
        self.downs.append((error, wait))
        self.changed.set()

    def stirred(self) -> None:
        self.stirs += 1
        self.changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(SystemClock())


def watch_of(tmp_path: Path, engine: MemoryEngine, news: News) -> EngineWatch:
    settings = Settings(state_dir=tmp_path / "state", cache_dir=tmp_path / "cache")
    ctx = context.in_memory(settings, SystemClock(), engine=engine)
    return EngineWatch(lambda: ctx, news.up, news.down, news.stirred)


async def test_it_says_when_the_engine_dies_and_when_it_is_back(
    tmp_path: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "FIRST_WAIT", 0.01)
    news = News()
    following = watch_of(tmp_path, engine, news)
    following.start()
    await news.until(lambda: len(news.ups) == 1)
    assert news.ups[0] is not None
    assert news.ups[0].name == "memory"
    engine.down = "unavailable"
    await news.until(lambda: len(news.downs) >= 3)
    assert all(isinstance(error, EngineUnavailable) for error, _ in news.downs)
    waits = [wait for _, wait in news.downs[:3]]
    assert waits == sorted(waits)
    assert waits[2] == waits[0] * 4
    engine.down = ""
    await news.until(lambda: len(news.ups) == 2)
    following.stop()


async def test_an_engine_that_falls_silent_is_asked_whether_it_lives(
    tmp_path: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(watch, "PULSE", 0.02)
    hung = threading.Event()
    asked: list[bool] = []
    thrice = threading.Event()

    def ping() -> None:
        asked.append(hung.is_set())
        if len(asked) == 3:
            thrice.set()
        if hung.is_set():
            raise EngineUnavailable("it does not answer within 5 s", "see whether it runs")

    monkeypatch.setattr(engine, "ping", ping)
    news = News()
    following = watch_of(tmp_path, engine, news)
    following.start()
    await news.until(lambda: len(news.ups) == 1)
    assert await asyncio.to_thread(thrice.wait, 10)
    assert news.downs == []
    hung.set()  # its event stream stays open and says nothing
    await news.until(lambda: len(news.downs) >= 1)
    assert "within 5 s" in news.downs[0][0].what
    hung.clear()
    await news.until(lambda: len(news.ups) >= 2)
    following.stop()


async def test_a_person_can_make_it_try_at_once(
    tmp_path: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "FIRST_WAIT", 60.0)
    engine.down = "unavailable"
    news = News()
    following = watch_of(tmp_path, engine, news)
    following.start()
    await news.until(lambda: len(news.downs) == 1)
    engine.down = ""
    following.retry_now()
    await news.until(lambda: len(news.ups) == 1)
    following.stop()


@pytest.mark.parametrize(
    ("action", "labels", "expected"),
    [
        ("start", {LABEL_SERVICE: "shop"}, True),
        ("health_status: healthy", {LABEL_SERVICE: "shop"}, True),
        ("die", {"com.docker.compose.project": "shop"}, True),
        ("exec_create: true", {LABEL_SERVICE: "shop"}, False),
        ("start", {}, True),
        ("top", {LABEL_SERVICE: "shop"}, False),
    ],
)
def test_only_what_changes_a_list_matters(action: str, labels: dict[str, str], expected: bool) -> None:
    assert matters([EngineEvent(0.0, action, "abc", labels)]) is expected
