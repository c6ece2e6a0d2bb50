from __future__ import annotations

from pathlib import Path

import pytest

from machete_tui.core.engine import Listener
from machete_tui.engines.listeners import decoded, listening

ID = "a" * 64
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


@pytest.mark.parametrize(
    ("kernel", "listener"),
    [
        ("00000000:1F90", Listener("0.0.0.0", 8080)),
        ("0100007F:0050", Listener("127.0.0.1", 80)),
        ("020012AC:1538", Listener("172.18.0.2", 5432)),
        ("00000000000000000000000000000000:0BB8", Listener("::", 3000)),
        ("00000000000000000000000001000000:0BB8", Listener("::1", 3000)),
        ("0000000000000000FFFF00000100007F:0BB8", Listener("127.0.0.1", 3000)),
    ],
)
def test_addresses_as_the_kernel_writes_them(kernel: str, listener: Listener) -> None:
    assert decoded(kernel) == listener


def proc(tmp_path: Path, *, cgroup: str = f"0::/docker/{ID}\n") -> str:
    net = tmp_path / "7" / "net"
    net.mkdir(parents=True)
    (tmp_path / "7" / "cgroup").write_text(cgroup)
    (net / "tcp").write_text(
        HEAD
        + "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 1\n"
        + "   1: 0B00007F:A2B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 2\n"
        + "   2: 020012AC:C350 030012AC:1538 01 00000000:00000000 00:00000000 00000000  0 0 3\n"
    )
    (net / "tcp6").write_text(
        HEAD + "   0: " + "0" * 32 + ":1F90 " + "0" * 32 + ":0000 0A 00000000:00000000 00:00000000\n"
    )
    return str(tmp_path)


def test_only_listening_sockets_and_not_dockers_own(tmp_path: Path) -> None:
    assert listening(7, ID, proc(tmp_path)) == [Listener("0.0.0.0", 8080), Listener("::", 8080)]


def test_a_process_of_another_is_not_asked(tmp_path: Path) -> None:
    assert listening(7, ID, proc(tmp_path, cgroup="0::/system.slice/sshd.service\n")) == []


def test_a_process_that_is_gone(tmp_path: Path) -> None:
    assert listening(8, ID, proc(tmp_path)) == []
