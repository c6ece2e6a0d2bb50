"""What all tests share: the rig for those marked ``engine``, and nothing of this machine's own settings.

A test marked ``engine`` runs in the network of the rig's Engine, which is brought up for it: it never
skips, it fails when there is no Engine. Where tests run in several processes (``-n``), all that need the
Engine run in one of them, so that ports and names of the Engine have one user.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.rig import Daemon, Rig
from tests.rig.rig import Shared

_shared = Shared(Rig())
Spare = Callable[..., Daemon]


for _number in (signal.SIGINT, signal.SIGHUP):
    # A shell's background job ignores these, and what a test starts would inherit that.
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)

# What the person who runs the tests has configured is not looked at.
os.environ["MACHETE_CONFIG"] = "/nonexistent/machete-tui/config.toml"

BRING_UP_SECONDS = 1800
"""How long the first test that needs the Engine may take: on a fresh machine it waits for the whole rig."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that need the Engine together in one process; give the first of them time."""
    needing = [item for item in items if _needs_engine(item)]
    for item in needing:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("engine"))
    if needing:
        needing[0].add_marker(pytest.mark.timeout(BRING_UP_SECONDS), append=False)


def _needs_engine(item: pytest.Item) -> bool:
    return item.get_closest_marker("engine") is not None or "rig" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """Return the rig with its Engine up, this process in the Engine's network and ``DOCKER_HOST`` set."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    loud: AbstractContextManager[object] = capture.global_and_fixture_disabled() if capture else ExitStack()
    with loud:
        _shared.join(lambda line: print(f"rig: {line}", file=sys.stderr, flush=True))
    _shared.rig.enter()
    yield _shared.rig
    _shared.leave()


@pytest.fixture(autouse=True)
def _engine(request: pytest.FixtureRequest) -> None:
    """Bring the rig up for a test that is marked ``engine``."""
    if request.node.get_closest_marker("engine"):
        request.getfixturevalue("rig")


@pytest.fixture
def spare_engine(rig: Rig) -> Iterator[Spare]:
    """Return a maker of further Engines that go with the test: ``spare_engine("fault", disk=300 << 20)``."""
    with ExitStack() as stack:

        def make(name: str, *, newer: bool = False, disk: int = 0, flags: tuple[str, ...] = ()) -> Daemon:
            return stack.enter_context(rig.engine(name, newer=newer, disk=disk, flags=flags))

        yield make
