"""``service.logs``, ``container.logs`` and what is kept of containers that are gone, on both engines."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import EngineEvent
from machete_tui.core.errors import Cancelled, InvalidInput, NotFound
from machete_tui.core.events import Event, Note, Result, Rows
from machete_tui.core.logs import LogBatch
from machete_tui.engines.memory import Behaviour, MemoryEngine
from machete_tui.logs.spool import Spool
from machete_tui.operations.postmortems import record
from machete_tui.operations.views import LogRow
from tests.engine.contract.lab import until
from tests.operations.bench import Bench

COMPOSE = """
services:
  web:
    image: busybox:latest
    command: ["sh", "-c", "{web}"]
    init: true
    labels: {{io.machete.service: NAME, io.machete.component: web}}
  db:
    image: busybox:latest
    command: ["sh", "-c", "{db}"]
    init: true
    labels: {{io.machete.service: NAME, io.machete.component: db}}
"""
WEB = "echo INFO one; echo ERROR two; echo '  at x.y(z)'; echo INFO three error; {more}"
DB = "echo db one; {more}"


class Talk:
    """A service of two containers that say known lines."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.name = bench.name("talk")

    def up(self, web: str = "true", db: str = "true") -> None:
        from machete_tui.core.engine import ComposeProject
        from machete_tui.core.ids import uuid7
        from machete_tui.core.models import Service
        from machete_tui.core.source import SourceRef

        text = COMPOSE.format(web=WEB.format(more=web), db=DB.format(more=db)).replace("NAME", self.name)
        (self.folder / "compose.yml").write_text(text)
        (self.folder / ".env").write_text("")
        store = self.bench.ctx.store
        if store.services.find(self.name) is None:
            store.services.save(
                Service(id=uuid7(), name=self.name, source=SourceRef("folder", str(self.folder)))
            )
        self.project = ComposeProject(self.name, str(self.folder))
        list(self.bench.ctx.engine.compose_up(self.project, Cancel()))

    def container(self, component: str = "web") -> str:
        found = self.bench.ctx.engine.containers(service=self.name)
        return next(c.name for c in found if c.component == component)

    def ended(self) -> None:
        engine = self.bench.ctx.engine
        until(lambda: all(c.state == "exited" for c in engine.containers(service=self.name)))

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.bench.ctx.clock.sleep(seconds)

    def texts(self, **fields: Any) -> list[str]:
        return [row.text for row in self.bench.do("service.logs", name=self.name, **fields).rows]


class Followed:
    """An operation read in a thread, as a front does."""

    def __init__(self, bench: Bench, action: str, **fields: Any) -> None:
        self.cancel = Cancel()
        self.events: list[Event] = []
        self.error: Exception | None = None
        self._stream = bench.stream(action, self.cancel, follow=True, **fields)
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        try:
            self.events.extend(self._stream)
        except Exception as error:
            self.error = error

    @property
    def texts(self) -> list[str]:
        rows = [row for event in self.events if isinstance(event, Rows) for row in event.rows]
        return [row.text for row in rows if isinstance(row, LogRow)]

    def stop(self) -> None:
        self.cancel.cancel()
        self.join()

    def join(self) -> None:
        self._thread.join(15)
        assert not self._thread.is_alive()


@pytest.fixture
def talk(bench: Bench, tmp_path: Path) -> Iterator[Talk]:
    folder = tmp_path / "talk"
    folder.mkdir()
    made = Talk(bench, folder)
    yield made
    bench.ctx.engine.compose_down(made.project)


def test_all_lines_of_all_containers(talk: Talk) -> None:
    talk.up()
    talk.ended()

    assert sorted(talk.texts(tail=0)) == [
        "  at x.y(z)",
        "ERROR two",
        "INFO one",
        "INFO three error",
        "db one",
    ]
    assert talk.texts(component="db") == ["db one"]
    rows = talk.bench.do("service.logs", name=talk.name).rows
    assert {row.component for row in rows} == {"web", "db"}
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_level_grep_and_context(talk: Talk) -> None:
    talk.up()
    talk.ended()

    assert talk.texts(level="error") == ["ERROR two", "  at x.y(z)"]
    assert talk.texts(grep="^info", component="web") == ["INFO one", "INFO three error"]
    assert talk.texts(grep="!info", component="web") == ["ERROR two", "  at x.y(z)"]
    assert talk.texts(grep="two", context=1, component="web") == ["INFO one", "ERROR two", "  at x.y(z)"]
    for fields in ({"grep": "("}, {"grep": "(a+)+"}, {"context": -1}):
        with pytest.raises(InvalidInput) as caught:
            talk.texts(**fields)
        assert caught.value.field == "--" + next(iter(fields))


def test_forms_and_files(talk: Talk, tmp_path: Path) -> None:
    talk.up()
    talk.ended()

    data = talk.bench.do("service.logs", name=talk.name, component="web", format="json").text
    first = json.loads(data.splitlines()[1])
    assert (first["level"], first["text"], first["stream"]) == ("error", "ERROR two", "stdout")
    assert first["container"] == talk.container()
    sheet = talk.bench.do("service.logs", name=talk.name, component="web", format="csv").text
    assert sheet.splitlines()[0] == "time,container,stream,level,text"
    assert len(sheet.splitlines()) == 5
    target = tmp_path / "out.log"
    done = talk.bench.do("service.logs", name=talk.name, output=str(target), level="error")
    assert "2 lines" in done.message
    assert [line.split(" | ")[1] for line in target.read_text().splitlines()] == ["ERROR two", "  at x.y(z)"]
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InvalidInput) as caught:
        talk.bench.do("service.logs", name=talk.name, output=str(tmp_path / "no" / "such" / "folder"))
    assert caught.value.field == "--output"


def test_any_container_by_name_or_id(talk: Talk) -> None:
    talk.up()
    talk.ended()
    bench, web, db = talk.bench, talk.container("web"), talk.container("db")

    rows = bench.do("container.logs", name=web, also=(db,)).rows
    assert {row.container for row in rows} == {web, db}
    ident = bench.ctx.engine.container(web).container.id
    assert len(bench.do("container.logs", name=ident[:12]).rows) == 4
    with pytest.raises(NotFound) as caught:
        bench.do("container.logs", name=web[:-1] + "x")
    assert web in caught.value.mend


def test_several_services_at_once(talk: Talk) -> None:
    talk.up()
    talk.ended()
    with pytest.raises(NotFound):
        talk.texts(also=("no-such-service",))
    assert len(talk.texts(also=(talk.name,))) == 5


def test_following_ends_with_the_containers_and_on_cancel(talk: Talk) -> None:
    talk.up(web="sleep 2", db="sleep 2")
    followed = Followed(talk.bench, "service.logs", name=talk.name)
    until(lambda: len(followed.texts) == 5)
    talk.passes(2.5)
    followed.join()
    assert followed.error is None
    assert [e.text for e in followed.events if isinstance(e, Note)] == ["every container has ended"]

    talk.up(web="sleep 1000", db="sleep 1000")
    followed = Followed(talk.bench, "service.logs", name=talk.name)
    until(lambda: len(followed.texts) >= 5)
    followed.stop()
    assert isinstance(followed.error, Cancelled)


def test_a_container_that_starts_again_is_followed_without_a_line_twice(talk: Talk) -> None:
    talk.up(web="sleep 1000", db="sleep 1000")
    followed = Followed(talk.bench, "service.logs", name=talk.name, markers=True, stay=True)
    until(lambda: len([t for t in followed.texts if t == "INFO one"]) == 1)
    talk.bench.ctx.engine.restart(talk.container(), grace=0.5)
    until(lambda: len([t for t in followed.texts if t == "INFO one"]) == 2)
    followed.stop()

    own = [t for t in followed.texts if t in ("INFO one", "ERROR two", "  at x.y(z)", "INFO three error")]
    assert own[:4] == ["INFO one", "ERROR two", "  at x.y(z)", "INFO three error"]
    assert own.count("INFO one") == 2
    marks = [t for t in followed.texts if t[0] in "▶✗"]
    assert any("ended" in m for m in marks)
    assert any("started" in m for m in marks)


def test_a_container_that_is_removed_while_it_is_followed(talk: Talk) -> None:
    talk.up(web="sleep 1000", db="sleep 1000")
    followed = Followed(talk.bench, "service.logs", name=talk.name, stay=True, markers=True)
    until(lambda: len([t for t in followed.texts if t[0] not in "▶✗■"]) == 5)
    talk.bench.ctx.engine.remove(talk.container())
    until(lambda: any("was removed" in t for t in followed.texts))
    assert followed.error is None
    followed.stop()


def test_lines_go_into_a_spool_as_bytes(talk: Talk, tmp_path: Path) -> None:
    talk.up()
    talk.ended()
    spool = Spool(tmp_path / "spool")

    def sink(lines: LogBatch) -> None:
        spool.append(spool.source(lines.container), lines)

    events = list(talk.bench.stream("service.logs", name=talk.name, tail=0, sink=sink))

    assert isinstance(events[-1], Result)
    assert not [row for e in events if isinstance(e, Rows) for row in e.rows]
    assert sorted(line.text for line in spool.lines(0, 99))[0] == "  at x.y(z)"
    assert len(spool) == 5


def test_reading_goes_on_where_it_ended(talk: Talk) -> None:
    talk.up(web="sleep 2; echo INFO four; sleep 1000", db="sleep 1000")
    seen: dict[str, tuple[float, int]] = {}
    got: list[str] = []

    def sink(lines: LogBatch) -> None:
        got.extend(lines.lines())

    until(lambda: len(talk.texts()) >= 5)
    list(talk.bench.stream("service.logs", name=talk.name, sink=sink, seen=seen))
    first = list(got)
    talk.passes(2.5)
    until(lambda: "INFO four" in talk.texts())
    got.clear()
    list(talk.bench.stream("service.logs", name=talk.name, sink=sink, seen=seen))

    assert sorted(first)[-1] == "db one"
    assert set(got) == {"INFO four"} - set(first)


def test_what_is_kept_of_a_container_that_is_gone(talk: Talk) -> None:
    talk.up(web="exit 3", db="sleep 1000")
    engine, ctx = talk.bench.ctx.engine, talk.bench.ctx
    web = talk.container()
    if isinstance(engine, MemoryEngine):
        engine.crash(web, 3) if engine.container(web).container.state == "running" else None
    until(lambda: engine.container(web).container.state == "exited")
    ident = engine.container(web).container.id

    card = talk.bench.do("container.postmortem", name=web)
    assert card.lines[:2] == ("INFO one", "ERROR two")
    end = record(ctx, EngineEvent(ctx.clock.now(), "die", ident, {"exitCode": "3"}))
    assert (end.exit_code, end.service, end.component) == (3, talk.name, "web")
    engine.remove(ident)

    texts = [row.text for row in talk.bench.do("container.logs", name=web).rows]
    assert texts == ["INFO one", "ERROR two", "  at x.y(z)", "INFO three error"]
    marked = [row.text for row in talk.bench.do("container.logs", name=web, markers=True).rows]
    assert "is gone: exit 3" in marked[-1]
    assert talk.bench.do("container.postmortem", name=web).verdict == "exit 3"
    engine.remove(talk.container("db"))
    assert "ERROR two" in talk.texts()


def test_an_end_that_is_told_after_the_container_was_removed(talk: Talk) -> None:
    talk.up()
    ctx = talk.bench.ctx
    labels = {"name": "gone-1", "exitCode": "137", "io.machete.service": talk.name, "image": "x"}

    end = record(ctx, EngineEvent(5.0, "die", "f" * 64, labels))

    assert (end.name, end.exit_code, end.lines) == ("gone-1", 137, ())
    assert ctx.store.postmortems.find("gone-1") == end
    assert end.verdict == "exit 137, SIGKILL"


def test_a_container_that_runs_has_no_post_mortem(talk: Talk) -> None:
    talk.up(web="sleep 1000", db="sleep 1000")
    with pytest.raises(NotFound, match="has not ended"):
        talk.bench.do("container.postmortem", name=talk.container())


def test_an_out_of_memory_end_says_so(memory_bench: Bench) -> None:
    engine = memory_bench.ctx.engine
    assert isinstance(engine, MemoryEngine)
    engine.behave("box", Behaviour(log=("last words",)))
    with engine.world.use():
        from machete_tui.engines.memory_images import add
        from machete_tui.engines.memory_model import Spec

        add(engine.world, "busybox:latest", {})
        box = engine.world.add_box("box", Spec("box", "busybox:latest"), {})
        engine.world.tell(box, box.start(engine.world.clock.now()))
    engine.crash("box", oom=True)

    end = record(memory_bench.ctx, EngineEvent(5.0, "die", box.id, {"exitCode": "137"}))

    assert end.verdict == "exit 137, out of memory"
    assert end.lines == ("last words",)
