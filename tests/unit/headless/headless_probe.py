"""A small program with actions of its own: run as a child, or loaded so that a test can call them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machete_tui.cli import main
from machete_tui.core import errors
from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.events import Event, Lines, Note, Result, Rows, StepFinished, StepStarted
from machete_tui.core.results import Document, Done, Listing, column
from machete_tui.operations import registry
from machete_tui.operations.registry import arg, operation


@dataclass(frozen=True, slots=True)
class Row:
    name: str = column("NAME")
    status: str = column("STATUS")
    size: int = column("SIZE", lambda n: f"{n} kB", right=True)
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    at: float
    container: str
    text: str


@dataclass(frozen=True, slots=True)
class Inner:
    commit: str
    count: int


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    empty: str
    flag: bool
    inner: Inner
    rows: tuple[Row, ...]
    environment: dict[str, str]
    parts: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListThings:
    empty: bool = arg("nothing at all", default=False)
    many: int = arg("how many rows more", default=0)


@dataclass(frozen=True, slots=True)
class Everything:
    source: str = arg("folder", positional=True, kind="path", metavar="SOURCE")
    words: tuple[str, ...] = arg("more words", positional=True, default=(), metavar="WORD")
    port: int = arg("host port", default=0)
    cpus: float = arg("cores", default=0.5)
    memory: int = arg("memory", default=0, kind="size", metavar="256m")
    since: float = arg("span", default=0.0, kind="span", metavar="10m")
    env: tuple[str, ...] = arg("variable", default=(), kind="pair", metavar="K=V")
    mode: str = arg("how", default="fast", choices=("fast", "slow"))
    owner: str = arg("service", default="", kind="service", metavar="NAME")
    follow: bool = arg("go on", default=False)
    watch: bool = arg("watch", default=True)
    dry_run: bool = arg("touch nothing", default=False)
    secret: str = arg("not for a command line", default="", hidden=True)


@dataclass(frozen=True, slots=True)
class Fail:
    kind: str = arg("class of the error", positional=True, metavar="KIND")


@dataclass(frozen=True, slots=True)
class Nothing:
    """No arguments."""


@dataclass(frozen=True, slots=True)
class Wait:
    mark: str = arg("file that says how far it came", positional=True, kind="path", metavar="FILE")


@dataclass(frozen=True, slots=True)
class Follow:
    lines: int = arg("how many; 0 for no end", default=0)


@dataclass(frozen=True, slots=True)
class Drop:
    name: str = arg("service", positional=True, kind="service", metavar="NAME")
    volumes: bool = arg("data too", default=False)
    yes: bool = arg("agreed", default=False)


@operation("probe.list", "List things")
def list_things(ctx: Context, request: ListThings, cancel: Cancel) -> Iterator[Event]:
    rows: tuple[Row, ...] = (Row("shop", "running", 7), Row("crème-日本", "failed", 1234, "not shown"))
    rows += tuple(Row(f"thing-{n}" * 3, "stopped", n) for n in range(request.many))
    yield Result(Listing(() if request.empty else rows, "no things yet; make one with probe.all"))


@operation("probe.all", "Take every kind of argument", role="operator", changes=True, follows=True)
def everything(ctx: Context, request: Everything, cancel: Cancel) -> Iterator[Event]:
    yield Result(Document(f"source is {request.source}", request))


@operation("probe.fail", "Fail in a known way")
def fail(ctx: Context, request: Fail, cancel: Cancel) -> Iterator[Event]:
    yield Note("about to fail", "warning")
    kind: type[errors.MacheteError] = getattr(errors, request.kind)
    raise kind("the thing 'x' is wrong", "make it right", field="--thing", log=("line 1", "line 2"))


@operation("probe.crash", "Crash")
def crash(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    yield Note("about to crash")
    raise KeyError("postgres://user:hunter2hunter2@db/x")


@operation("probe.wait", "Wait until cancelled, then clean up", changes=True)
def wait(ctx: Context, request: Wait, cancel: Cancel) -> Iterator[Event]:
    mark = Path(request.mark)
    try:
        yield Note("waiting")
        cancel.wait(60)
        cancel.check()
    finally:
        mark.write_text("cleaning")
        sys.stderr.write("cleaning now\n")
        sys.stderr.flush()
        sys.stdin.readline()  # the test says when the clean-up may end
        mark.write_text("clean")
    yield Result(None)


@operation("probe.follow", "Print lines without an end", follows=True)
def follow(ctx: Context, request: Follow, cancel: Cancel) -> Iterator[Event]:
    number = 0
    while not request.lines or number < request.lines:
        yield Rows(tuple(Line(float(number + i), "shop-web-1", f"line {number + i}") for i in range(3)))
        number += 3
        cancel.wait(0.001)
    yield Result(None)


@operation("probe.drop", "Drop a thing and its data", changes=True, destroys=True)
def drop(ctx: Context, request: Drop, cancel: Cancel) -> Iterator[Event]:
    yield Result(Done(f"dropped {request.name}, agreed {request.yes}", service=request.name))


@operation("probe.steps", "Go through steps", changes=True)
def steps(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    yield StepStarted("build", "Build image shop-web", 1, 2, 0.0)
    yield Lines(("Step 1/4 : FROM x", "evil \x1b[2J"), "build")
    yield StepFinished("build", "done", 3.25, "cached")
    yield StepStarted("gate", "Wait until it answers", 2, 2, 4.0)
    yield StepFinished("gate", "failed", 60.0)
    yield Result(Done("shop #14 is live", url="http://127.0.0.1:20080", release=14, deployment="0190-7"))


@operation("probe.record", "Show one thing")
def record(ctx: Context, request: Nothing, cancel: Cancel) -> Iterator[Event]:
    yield Result(
        Record(
            "shop",
            "",
            True,
            Inner("1a2b3c4d", 3),
            (Row("web", "running", 7),),
            {"MODE": "fast", "LONG_NAME": "a b"},
            (("compose.yml", "-a\n+b"),),
            ("one", "two"),
        )
    )


if __name__ == "__main__":
    registry.NOUNS = {"probe": ("registry",)}
    raise SystemExit(main())
