"""Pictures of the metrics screens: narrow, usual and wide, in each of their states."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from machete_tui.app import MacheteApp
from machete_tui.core.alerts import Alert
from machete_tui.core.errors import StoreUnavailable
from machete_tui.core.metrics import HOST, Subject
from machete_tui.screens import metric
from machete_tui.ui import usage
from tests.ui.waiting import screen_text, settle, until
from tests.ui.world import World

SIZES = [
    pytest.param((80, 24), id="80x24"),
    pytest.param((120, 36), id="120x36"),
    pytest.param((160, 45), id="160x45"),
]
Steps = Callable[[Pilot[Any]], Awaitable[None]]
Shoot = Callable[..., None]
BROKEN = StoreUnavailable(
    "/var/lib/machete/machete.db: the disk image is malformed", "restore it from a copy, or move it away"
)


@pytest.fixture
def demo(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def shoot(snap_compare: Callable[..., bool]) -> Shoot:
    """Open the metrics, press keys, wait for a text, and compare with the picture."""

    def take(
        world: World,
        size: tuple[int, int],
        *keys: str,
        shows: str = "of 16 GiB",
        then: Any = None,
        busy: bool = False,
    ) -> None:
        async def before(pilot: Pilot[Any]) -> None:
            await settle(pilot)
            await pilot.press("4")
            if then is not None:
                then(pilot.app)
            for key in keys:
                await until(pilot, lambda: pilot.app.usage, "readings")  # type: ignore[attr-defined]
                await pilot.press(key)
                await settle(pilot)
            await until(pilot, lambda: shows in screen_text(pilot), shows)
            if not busy:
                await settle(pilot)

        assert snap_compare(world.app(), terminal_size=size, run_before=before)

    return take


@pytest.mark.parametrize("size", SIZES)
class TestMetrics:
    def test_normal(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, shows="search-web-1")

    def test_services(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "v", shows="services by cpu")

    def test_empty(self, tmp_path: Path, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(World(tmp_path, ()), size, shows="No container runs")

    def test_loading(
        self, demo: World, size: tuple[int, int], shoot: Shoot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(usage, "REST", 3600.0)
        shoot(demo, size, shows="The first figures need two readings")

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Shoot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(usage, "REST", 3600.0)
        demo.engine.down = "unavailable"
        shoot(demo, size, shows="Docker does not answer")

    def test_alerts(
        self, demo: World, size: tuple[int, int], shoot: Shoot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def alarm(app: MacheteApp) -> None:
            alerts = (
                Alert(Subject("container", "search-web-1"), "cpu", 96.0, 90.0),
                Alert(HOST, "disk", 91.0, 90.0),
            )
            app._looked(alerts, alerts[:1])

        shoot(demo, size, shows="gateway-web-1", then=alarm)


def service(name: str) -> Callable[[MacheteApp], None]:
    return lambda app: app.open_metrics("service", name)


@pytest.mark.parametrize("size", SIZES)
class TestMetric:
    def test_live(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "enter", shows="search-web-1 · 5m")

    def test_day(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "right", "right", shows="-24h", then=service("shop"))

    def test_month_of_one_metric(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "left", "m", shows="-30d", then=service("shop"))

    def test_host(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "h", shows="host · 5m")

    def test_empty(self, demo: World, size: tuple[int, int], shoot: Shoot) -> None:
        shoot(demo, size, "right", shows="Nothing was measured", then=service("reports"))

    def test_loading(
        self, demo: World, size: tuple[int, int], shoot: Shoot, monkeypatch: pytest.MonkeyPatch, held: Held
    ) -> None:
        monkeypatch.setattr(metric, "past_of", held.wait)
        shoot(demo, size, shows="Reading what is recorded", then=held.open, busy=True)

    def test_error(
        self, demo: World, size: tuple[int, int], shoot: Shoot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise BROKEN

        monkeypatch.setattr(metric, "past_of", fail)
        shoot(demo, size, shows="malformed", then=service("shop"))


class Held:
    """A read that waits until the test ends; it is let go before the app settles."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def wait(self, *_: object) -> None:
        self.go.wait(60)

    def open(self, app: MacheteApp) -> None:
        app.open_metrics("service", "shop")


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.go.set()
