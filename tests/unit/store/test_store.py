from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.clock import FrozenClock
from machete_tui.core.errors import Conflict, StoreUnavailable
from machete_tui.core.models import PortLease, Release, ReleaseImage, Service, VolumeClaim
from machete_tui.core.settings import Settings
from machete_tui.core.source import BackingService, Component, Detection, Evidence, RunnerUp, SourceRef
from machete_tui.store.database import SCHEMA
from machete_tui.store.schema import migrations
from machete_tui.store.sqlite import SqliteStore

DETECTION = Detection(
    source="/srv/shop",
    name="shop",
    components=(
        Component(
            name="web",
            stack="python",
            environment={"MODE": "fast"},
            volumes=("data:/data",),
            evidence=(Evidence("app.py", 3, "Flask(…)"),),
            runner_up=RunnerUp("node", 12),
        ),
    ),
    backing_services=(BackingService("postgres", "db", variables=("DATABASE_URL",)),),
    edges=(("web", "db"),),
)


def service(name: str, number: int = 1) -> Service:
    return Service(
        id=f"id-{number}", name=name, source=SourceRef("folder", f"/srv/{name}"), replicas={"web": 2}
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "state")


@pytest.fixture
def store(settings: Settings) -> SqliteStore:
    return SqliteStore(settings, FrozenClock(1000.0))


def test_every_migration_is_counted() -> None:
    assert len(migrations._migrations) == SCHEMA


def test_the_file_is_its_owners_alone(store: SqliteStore, settings: Settings) -> None:
    assert store.services.all() == []
    assert stat.S_IMODE(settings.database.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.state_dir.stat().st_mode) == 0o700


def test_what_is_saved_comes_back_equal(store: SqliteStore, settings: Settings) -> None:
    store.services.save(service("shop"))
    release = Release(
        id="r1",
        service_id="id-1",
        number=store.releases.next_number("id-1"),
        created=1.0,
        detection=DETECTION,
        images=(ReleaseImage("web", "machete/shop-web:1", "sha256:abc"),),
        environment={"A": "1"},
        ports={"web": (20000, 20001)},
    )
    store.releases.add(release)
    again = SqliteStore(settings, FrozenClock())
    assert again.services.find("shop") == service("shop")
    assert again.releases.find("id-1", 1) == release
    again.releases.forget_images("r1")
    assert [r.kept for r in again.releases.of("id-1")] == [False]


def test_release_numbers_are_never_used_twice(store: SqliteStore) -> None:
    store.services.save(service("shop"))
    first = store.releases.next_number("id-1")
    store.services.save(replace(service("shop"), status="running"))
    assert store.releases.coming_number("id-1") == 2
    assert (first, store.releases.next_number("id-1")) == (1, 2)
    assert store.releases.coming_number("id-1") == 3


def test_a_name_belongs_to_one_service(store: SqliteStore) -> None:
    store.services.save(service("shop"))
    with pytest.raises(Conflict, match="'shop'"):
        store.services.save(service("shop", 2))


def test_steps_keep_their_start_their_data_and_their_order(settings: Settings) -> None:
    clock = FrozenClock(1000.0)
    store = SqliteStore(settings, clock)
    store.services.save(service("shop"))
    deployment = store.deployments.begin(service("shop"), "deploy", "ana", 0)
    assert (deployment.number, deployment.pid) == (1, os.getpid())
    store.deployments.step(deployment.id, "build", "Build web", "running")
    clock.sleep(3)
    store.deployments.step(deployment.id, "build", "Build web", "done", "ok", {"image": "x"})
    store.deployments.step(deployment.id, "start", "Start", "running")
    build, start = store.deployments.unfinished()[0].steps
    assert (build.started, build.finished, build.data) == (1000.0, 1003.0, {"image": "x"})
    assert (start.status, start.finished) == ("running", None)
    ended = store.deployments.finish(deployment.id, "failed", "why", "mend", [str(n) for n in range(300)])
    assert (ended.status, ended.finished, len(ended.log_tail), ended.log_tail[-1]) == (
        "failed",
        1003.0,
        200,
        "299",
    )
    assert store.deployments.unfinished() == []


def test_removing_a_service_frees_what_it_held_but_not_its_events(store: SqliteStore) -> None:
    store.services.save(service("shop"))
    store.deployments.begin(service("shop"), "deploy", "ana", 0)
    store.ports.lease(PortLease(20000, "shop", "web"))
    store.claims.replace("shop", [VolumeClaim("/srv/data", "shop", "web", "/data")])
    store.events.add("ana", "service.deploy", "shop", "ok", 1.0)
    store.services.remove("id-1")
    assert (store.ports.all(), store.claims.all(), store.deployments.of()) == ([], [], [])
    assert [e.seq for e in store.events.last(service="shop")] == [1]


def test_conflicts_name_the_holder(store: SqliteStore) -> None:
    store.ports.lease(PortLease(20000, "shop", "web"))
    with pytest.raises(Conflict, match="held by shop"):
        store.ports.lease(PortLease(20000, "blog", "web"))
    store.claims.replace("shop", [VolumeClaim("/srv/data", "shop", "web", "/data")])
    with pytest.raises(Conflict, match="claimed by service shop"):
        store.claims.replace("blog", [VolumeClaim("/srv/data", "blog", "web", "/data")])


def test_a_transaction_is_all_or_nothing(store: SqliteStore) -> None:
    store.ports.lease(PortLease(20001, "blog"))
    with pytest.raises(Conflict):
        _lease_two(store)
    assert [p.port for p in store.ports.all()] == [20001]


def _lease_two(store: SqliteStore) -> None:
    with store.transaction():
        store.ports.lease(PortLease(20000, "shop"))
        store.ports.lease(PortLease(20001, "shop"))


def test_each_thread_has_a_connection_of_its_own(store: SqliteStore) -> None:
    store.services.save(service("shop"))
    found: list[Service | None] = []
    thread = threading.Thread(target=lambda: found.append(store.services.find("shop")))
    thread.start()
    thread.join()
    assert found == [service("shop")]


def _lease_all(folder: Path, owner: str) -> list[int]:
    store = SqliteStore(Settings(state_dir=folder), FrozenClock())
    got = []
    for port in range(20000, 20050):
        try:
            store.ports.lease(PortLease(port, owner))
            got.append(port)
        except Conflict:
            continue
    return got


def test_ports_are_unique_across_processes(settings: Settings) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        got = pool.starmap(_lease_all, [(settings.state_dir, f"s{n}") for n in range(4)])
    assert sorted(port for ports in got for port in ports) == list(range(20000, 20050))


HOLD = """
import sys, pathlib
from machete_tui.core.clock import SystemClock
from machete_tui.core.settings import Settings
from machete_tui.store.sqlite import SqliteStore
store = SqliteStore(Settings(state_dir=pathlib.Path(sys.argv[1])), SystemClock())
with store.lock("shop", "deploy by ana"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_names_its_holder_and_dies_with_it(store: SqliteStore, settings: Settings) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.state_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert store.held("shop") == "deploy by ana"
        with pytest.raises(Conflict, match="deploy by ana"), store.lock("shop", "me"):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert store.held("shop") == ""
    with store.lock("shop", "me"):
        assert store.held("shop") == "me"


def test_a_file_of_a_newer_version_is_refused(store: SqliteStore, settings: Settings) -> None:
    store.services.all()
    store.close()
    with sqlite3.connect(settings.database) as raw:
        raw.execute(f"pragma user_version = {SCHEMA + 1}")
    with pytest.raises(StoreUnavailable, match="newer machete-tui") as caught:
        SqliteStore(settings, FrozenClock()).services.all()
    assert caught.value.exit_code == 5


def test_a_damaged_file_is_named(settings: Settings) -> None:
    settings.state_dir.mkdir()
    settings.database.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreUnavailable, match="damaged"):
        SqliteStore(settings, FrozenClock()).services.all()


def test_a_read_only_file_can_be_read_and_refuses_writes(settings: Settings) -> None:
    store = SqliteStore(settings, FrozenClock())
    store.services.save(service("shop"))
    store.close()
    reader = SqliteStore(settings, FrozenClock())
    reader.services.all()
    reader._db.connection.execute("pragma query_only = on")
    assert reader.services.find("shop") == service("shop")
    with pytest.raises(StoreUnavailable, match="read-only"):
        reader.services.save(service("blog", 2))


def test_preferences_are_kept_by_name_and_forgotten_when_empty(
    store: SqliteStore, settings: Settings
) -> None:
    store.preferences.set("services", '{"sort": "cpu"}')
    store.preferences.set("other", "x")
    store.preferences.set("services", '{"sort": "name"}')
    store.preferences.set("other", "")
    again = SqliteStore(settings, FrozenClock(1000.0))
    assert again.preferences.all() == {"services": '{"sort": "name"}'}
    again.close()
