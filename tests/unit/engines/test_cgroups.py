"""Samples from fixture trees of both cgroup versions, in the layouts that Docker makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.engine import Sample
from machete_tui.engines.cgroups import Cgroups

ID = "c" * 64
MIB = 1 << 20


class Tree:
    """A machine's files, and its time."""

    def __init__(self, root: Path) -> None:
        self.groups = root / "cgroup"
        self.proc = root / "proc"
        self.now = 100.0
        self.asked: list[str] = []
        self.pid = 0
        self.reader = Cgroups(str(self.groups), str(self.proc), lambda: self.now)

    def two(self, folder: str, cpu: int, memory: int, idle: int) -> None:
        place = self.groups / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "cpu.stat").write_text(f"usage_usec {cpu}\nuser_usec 1\nsystem_usec 2\n")
        (place / "memory.current").write_text(f"{memory}\n")
        (place / "memory.stat").write_text(f"anon 1\nfile 2\nactive_file 3\ninactive_file {idle}\n")

    def one(self, folder: str, cpu: int, memory: int, idle: int) -> None:
        for controller in ("cpuacct", "memory"):
            (self.groups / controller / folder).mkdir(parents=True, exist_ok=True)
        (self.groups / "cpuacct" / folder / "cpuacct.usage").write_text(f"{cpu * 1000}\n")
        (self.groups / "memory" / folder / "memory.usage_in_bytes").write_text(f"{memory}\n")
        (self.groups / "memory" / folder / "memory.stat").write_text(
            f"cache 9\ninactive_file 7\ntotal_cache 9\ntotal_inactive_file {idle}\n"
        )

    def process(self, *lines: str) -> None:
        self.pid = 42
        place = self.proc / "42"
        place.mkdir(parents=True)
        (place / "cgroup").write_text("".join(f"{line}\n" for line in lines))

    def sample(self) -> dict[str, Sample] | None:
        return self.reader.sample([ID], self._ask)

    def _ask(self, ident: str) -> int:
        self.asked.append(ident)
        return self.pid


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


LAYOUTS = [
    ("two", f"system.slice/docker-{ID}.scope"),
    ("two", f"docker/{ID}"),
    ("one", f"docker/{ID}"),
]


@pytest.mark.parametrize(("version", "folder"), LAYOUTS)
def test_cpu_is_of_one_core_and_memory_without_idle_pages(tree: Tree, version: str, folder: str) -> None:
    write = getattr(tree, version)
    write(folder, 1_000_000, 80 * MIB, 30 * MIB)
    assert tree.sample() == {ID: Sample(0.0, 50 * MIB)}

    tree.now += 2
    write(folder, 2_500_000, 60 * MIB, 10 * MIB)

    assert tree.sample() == {ID: Sample(75.0, 50 * MIB)}
    assert tree.asked == []


def test_other_places_are_found_by_the_process(tree: Tree) -> None:
    folder = f"user.slice/user-1000.slice/docker-{ID}.scope"
    tree.process(f"0::/{folder}")
    tree.two(folder, 5, 10 * MIB, 0)

    assert tree.sample() == {ID: Sample(0.0, 10 * MIB)}
    assert tree.asked == [ID]


def test_a_hybrid_machine_has_a_line_without_controllers(tree: Tree) -> None:
    folder = f"custom/{ID}"
    tree.process(f"12:memory:/{folder}", f"4:cpu,cpuacct:/{folder}", f"0::/{folder}")
    tree.one(folder, 5, 10 * MIB, 0)

    assert tree.sample() == {ID: Sample(0.0, 10 * MIB)}


def test_a_process_of_something_else_is_not_believed(tree: Tree) -> None:
    tree.process("0::/system.slice/sshd.service")
    tree.two("system.slice/sshd.service", 5, 10 * MIB, 0)

    assert tree.sample() is None


def test_nothing_to_read_is_told_apart_from_nothing_running(tree: Tree) -> None:
    assert tree.sample() is None
    assert tree.reader.sample([], lambda _: 0) == {}


def test_a_restart_begins_anew(tree: Tree) -> None:
    folder = f"docker/{ID}"
    tree.two(folder, 9_000_000, 80 * MIB, 0)
    tree.sample()
    tree.now += 1

    # The kernel fails reads of a removed group; a truncated file does the same to its reader here.
    (tree.groups / folder / "cpu.stat").write_text("")
    moved = tree.groups / folder / "cpu.stat"
    moved.unlink()
    tree.two(folder, 1_000, 20 * MIB, 0)

    assert tree.sample() == {ID: Sample(0.0, 20 * MIB)}


def test_what_is_gone_is_closed(tree: Tree) -> None:
    tree.two(f"docker/{ID}", 5, 10 * MIB, 0)
    tree.sample()
    before = len(list(Path("/proc/self/fd").iterdir()))

    assert tree.reader.sample([], lambda _: 0) == {}

    assert len(list(Path("/proc/self/fd").iterdir())) == before - 3


def test_a_whole_sample_of_several_is_of_those_that_can_be_read(tree: Tree) -> None:
    tree.two(f"docker/{ID}", 5, 10 * MIB, 0)

    found = tree.reader.sample([ID, "d" * 64], lambda _: 0)

    assert found == {ID: Sample(0.0, 10 * MIB)}
