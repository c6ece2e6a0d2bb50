"""Counters from fixture trees: versions 1 and 2, a hybrid machine, restarts, and the machine's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.metrics import UNKNOWN, Counters, host_rates, rates
from machete_tui.engines.cgroups import Cgroups
from machete_tui.engines.hostfiles import HostFiles
from machete_tui.engines.netdev import totals

ID = "a" * 64
MIB = 1 << 20
NET = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier
    lo:  900       9    0    0    0     0          0         0      900       9    0    0    0     0       0
  eth0: {rx}      10    0    0    0     0          0         0     {tx}       4    0    0    0     0       0
  eth1:       5    1    0    0    0     0          0         0       6       1    0    0    0     0       0
"""


class Machine:
    """A machine's files: cgroups of one container, and its first process."""

    def __init__(self, root: Path) -> None:
        self.groups, self.proc = root / "cgroup", root / "proc"
        self.now = 50.0
        self.reader = Cgroups(str(self.groups), str(self.proc), lambda: self.now)
        self.process(42)

    def write(self, path: str, text: str) -> None:
        file = self.groups / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def two(
        self, folder: str, *, cpu: int = 1_000_000, limit: str = "max", quota: str = "max 100000"
    ) -> None:
        self.write(f"{folder}/cpu.stat", f"usage_usec {cpu}\nuser_usec 1\n")
        self.write(f"{folder}/memory.current", f"{80 * MIB}\n")
        self.write(f"{folder}/memory.stat", f"anon 1\nfile 2\ninactive_file {30 * MIB}\n")
        self.write(f"{folder}/memory.max", f"{limit}\n")
        self.write(f"{folder}/cpu.max", f"{quota}\n")
        self.write(f"{folder}/pids.current", "7\n")
        self.write(
            f"{folder}/io.stat",
            "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0\n8:16 rbytes=100 wbytes=1 rios=1\n",
        )
        self.write(f"{folder}/cgroup.procs", "42\n43\n")

    def one(self, folder: str, *, limit: int = 9223372036854771712, quota: int = -1) -> None:
        self.write(f"cpuacct/{folder}/cpuacct.usage", "1000000000\n")
        self.write(f"memory/{folder}/memory.usage_in_bytes", f"{80 * MIB}\n")
        self.write(
            f"memory/{folder}/memory.stat",
            f"inactive_file 7\ntotal_cache 9\ntotal_inactive_file {30 * MIB}\n",
        )
        self.write(f"memory/{folder}/memory.limit_in_bytes", f"{limit}\n")
        self.write(f"memory/{folder}/cgroup.procs", "42\n43\n")
        self.write(f"pids/{folder}/pids.current", "7\n")
        self.write(
            f"blkio/{folder}/blkio.throttle.io_service_bytes_recursive",
            "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 9\n8:0 Total 12288\n"
            "8:16 Read 100\n8:16 Write 1\n8:16 Total 101\nTotal 12389\n",
        )
        self.write(f"cpu/{folder}/cpu.cfs_quota_us", f"{quota}\n")
        self.write(f"cpu/{folder}/cpu.cfs_period_us", "100000\n")

    def process(self, pid: int, *, rx: int = 1000, tx: int = 300, of: str = ID) -> None:
        place = self.proc / str(pid)
        (place / "net").mkdir(parents=True, exist_ok=True)
        (place / "net" / "dev").write_text(NET.format(rx=rx, tx=tx))
        (place / "cgroup").write_text(f"0::/docker/{of}\n")

    def read(self, *started: str) -> Counters | None:
        found = self.reader.read([ID], lambda _: 0, started)
        return None if found is None else found.get(ID)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


LAYOUTS = [
    ("two", f"system.slice/docker-{ID}.scope"),
    ("two", f"docker/{ID}"),
    ("one", f"docker/{ID}"),
    ("one", f"system.slice/docker-{ID}.scope"),
]


@pytest.mark.parametrize(("version", "folder"), LAYOUTS)
def test_everything_is_read_in_each_layout(machine: Machine, version: str, folder: str) -> None:
    getattr(machine, version)(folder)

    found = machine.read()

    assert found is not None
    assert found._replace(era=0) == Counters(50.0, 1.0, 50 * MIB, 0, 0.0, 1005, 306, 4196, 8193, 7)


def test_limits_of_both_versions(machine: Machine) -> None:
    machine.two(f"docker/{ID}", limit=str(64 * MIB), quota="150000 100000")
    found = machine.read()
    assert found is not None
    assert (found.limit, found.cpus) == (64 * MIB, 1.5)


def test_limits_of_version_one(machine: Machine) -> None:
    machine.one(f"docker/{ID}", limit=64 * MIB, quota=50_000)
    found = machine.read()
    assert found is not None
    assert (found.limit, found.cpus) == (64 * MIB, 0.5)


def test_a_hybrid_machine_is_read_by_its_version_one(machine: Machine) -> None:
    folder = f"docker/{ID}"
    machine.one(folder)
    machine.write(f"unified/{folder}/cgroup.procs", "42\n")
    machine.write(f"{folder}/cgroup.procs", "")  # a folder of the version 2 tree, without controllers

    found = machine.read()

    assert found is not None
    assert (found.memory, found.pids) == (50 * MIB, 7)


def test_after_a_start_nothing_kept_is_believed(machine: Machine) -> None:
    folder = f"docker/{ID}"
    machine.two(folder, cpu=9_000_000)
    before = machine.read()
    # The new process has another network; the kept file goes on telling of the old one.
    machine.process(77, rx=5, tx=5)
    machine.two(folder, cpu=10_000_000)
    machine.write(f"{folder}/cgroup.procs", "77\n")
    machine.now += 1

    kept, anew = machine.read(), machine.read(ID)

    assert before is not None
    assert kept is not None
    assert anew is not None
    assert (kept.rx, anew.rx) == (1005, 10)
    assert anew.era != before.era
    assert rates(before, anew).cpu is None  # and not a rate over two lives
    assert rates(before, anew).rx is None


def test_a_folder_made_anew_means_that_all_is_opened_anew(machine: Machine) -> None:
    folder = f"docker/{ID}"
    machine.two(folder)
    before = machine.read()
    for name in ("cpu.stat", "memory.current"):
        (machine.groups / folder / name).write_text("")  # what the kernel does to the reader of a removed one
        (machine.groups / folder / name).unlink()
    machine.process(42, rx=3, tx=3)
    machine.two(folder)

    after = machine.read()

    assert before is not None
    assert after is not None
    assert after.rx == 8
    assert after.era != before.era


def test_a_process_number_that_is_another_containers_by_now_is_not_believed(machine: Machine) -> None:
    machine.two(f"docker/{ID}")
    machine.process(42, of="b" * 64)

    found = machine.read()

    assert found is not None
    assert (found.rx, found.tx) == (UNKNOWN, UNKNOWN)
    assert rates(found, found._replace(at=51.0)).net is None


def test_the_hosts_network_is_not_a_containers(machine: Machine) -> None:
    machine.two(f"docker/{ID}")
    for pid in ("42", "self"):
        (machine.proc / pid / "ns").mkdir(parents=True)
        (machine.proc / pid / "ns" / "net").hardlink_to(machine.groups / f"docker/{ID}" / "cpu.stat")

    found = machine.read()

    assert found is not None
    assert found.rx == UNKNOWN


def test_a_network_that_comes_later_is_found(machine: Machine) -> None:
    machine.two(f"docker/{ID}")
    machine.write(f"docker/{ID}/cgroup.procs", "")
    first = machine.read()
    machine.write(f"docker/{ID}/cgroup.procs", "42\n")

    machine.read()
    later = machine.read()

    assert first is not None
    assert first.rx == UNKNOWN
    assert later is not None
    assert later.rx == 1005


def test_what_has_no_cgroup_is_asked_for_ever_more_seldom(machine: Machine) -> None:
    asked: list[float] = []

    def pid(_: str) -> int:
        asked.append(machine.now)
        return 0

    for _ in range(600):
        machine.reader.read([ID], pid)
        machine.now += 1
    assert len(asked) < 25
    machine.two(f"docker/{ID}")
    machine.now += 60
    assert machine.read() is not None


def test_rates_are_of_the_time_between() -> None:
    before = Counters(10.0, 5.0, 100, 0, 0.0, 1000, 2000, 0, 50, 3, 1)
    now = Counters(12.0, 6.0, 120, 200, 0.5, 3000, 2000, 1 << 20, 40, 4, 1)

    reading = rates(before, now)

    assert reading[:7] == (50.0, 120.0, 1000.0, 0.0, 524288.0, None, 4.0)
    assert (reading.limit, reading.cpus) == (200, 0.5)
    assert rates(now, now).cpu is None
    assert rates(now, before._replace(at=20.0)).cpu is None  # fewer CPU seconds: another life


def test_damaged_network_figures_are_no_end(machine: Machine) -> None:
    assert totals(b"Inter-| x\n face | y\n") == (0, 0)
    assert totals(b"eth0:1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0") == (1, 2)


class TestHost:
    def write(self, root: Path, name: str, text: str) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    def test_everything_is_read(self, tmp_path: Path) -> None:
        proc, sys = tmp_path / "proc", tmp_path / "sys"
        self.write(proc, "stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1\ncpu1 1\nintr 5\n")
        self.write(proc, "meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 400 kB\n")
        self.write(proc, "loadavg", "0.75 0.5 0.2 2/345 999\n")
        self.write(proc, "net/dev", NET.format(rx=10, tx=20) + "veth12: 9 0 0 0 0 0 0 0 9 0 0 0 0 0 0 0\n")
        disk = "   8       {n} {name} 1 0 {read} 0 1 0 {write} 0 0 0 0\n"
        self.write(
            proc,
            "diskstats",
            disk.format(n=0, name="sda", read=4, write=6)
            + disk.format(n=1, name="sda1", read=4, write=6)
            + disk.format(n=2, name="dm-0", read=4, write=6),
        )
        self.write(sys, "block/sda/size", "1")
        host = HostFiles(str(tmp_path), str(proc), str(sys), lambda: 7.0)

        found = host.read()

        assert found is not None
        assert (found.busy, found.total, found.cores) == (150, 1000, 2)
        assert (found.memory, found.limit) == (600 << 10, 1000 << 10)
        assert (found.load, found.pids) == (0.75, 345)
        assert (found.rx, found.tx) == (15, 26)
        assert (found.read, found.write) == (2048, 3072)
        assert 0 < found.disk <= found.space
        later = found._replace(at=9.0, busy=250, total=1200, rx=1015)
        assert host_rates(found, later).cpu == 50.0
        assert host_rates(found, later).rx == 500.0
        host.close()

    def test_a_machine_that_tells_nothing(self, tmp_path: Path) -> None:
        assert HostFiles("/none", str(tmp_path)).read() is None

    def test_this_machine(self) -> None:
        found = HostFiles("/").read()
        assert found is not None
        assert 0 < found.memory < found.limit
        assert found.busy < found.total
