"""Looking at this machine: its system, tools, sockets and terminal. Nothing here changes anything."""

from __future__ import annotations

import locale
import os
import re
import shutil
import socket
import subprocess
import sys
from importlib import resources
from pathlib import Path

from machete_tui.core.errors import NotFound
from machete_tui.core.machine import MachineFacts, Terminal
from machete_tui.core.settings import Settings
from machete_tui.engines.bootstrap_mirrors import ARCHIVE_KEYRING, apt_sources

_VERSION_OF = {
    "docker": ("docker", "--version"),
    "dockerd": ("dockerd", "--version"),
    "compose": ("docker", "compose", "version", "--short"),
    "buildx": ("docker", "buildx", "version"),
    "git": ("git", "--version"),
    "mmdebstrap": ("mmdebstrap", "--version"),
    "iptables": ("iptables", "--version"),
    "apparmor": ("apparmor_parser", "--version"),
}
_NUMBER = re.compile(r"\d+\.\d+(?:\.\d+)*")
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def facts(settings: Settings) -> MachineFacts:
    """Return what this machine is and has; takes up to a second."""
    release = os_release()
    user = _user()
    return MachineFacts(
        system=release.get("PRETTY_NAME", sys.platform),
        distribution=distribution(release),
        codename=release.get("VERSION_CODENAME", ""),
        manager="apt" if shutil.which("apt-get") else "",
        service_manager="systemd" if Path("/run/systemd/system").is_dir() else "",
        user=user,
        root=os.geteuid() == 0,
        tools=tools(),
        suites=tuple(dict.fromkeys(source.suite for source in apt_sources())),
        engine_pid=_engine_pid(),
        socket=socket_state(settings),
        own_socket=settings.socket not in ("/var/run/docker.sock", "/run/docker.sock"),
        mtu=_mtu(),
        cgroups=_mounted("cgroup", "cgroup2"),
        apparmor=_read(Path("/sys/module/apparmor/parameters/enabled")).startswith("Y"),
        terminal=terminal(),
        clock_floor=Path(__file__).stat().st_mtime,
    )


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Return the fields of an os-release file; empty where there is none."""
    fields = (line.partition("=") for line in _read(path).splitlines() if "=" in line)
    return {key.strip(): value.strip().strip("\"'") for key, _, value in fields}


def distribution(release: dict[str, str]) -> str:
    """Return ``debian`` or ``ubuntu`` for those and what is made of them; else its own id."""
    own = release.get("ID", "")
    if own in ("debian", "ubuntu"):
        return own
    like = release.get("ID_LIKE", "").split()
    return next((name for name in ("ubuntu", "debian") if name in like), own)


def tools() -> dict[str, str]:
    """Return the version of each tool that is installed; compose's only from version 2 on."""
    found = {}
    path = f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}"
    for name, command in _VERSION_OF.items():
        program = shutil.which(command[0], path=path)
        if not program:
            continue
        try:
            said = subprocess.run(
                [program, *command[1:]], capture_output=True, text=True, check=True, timeout=10
            )
        except (OSError, subprocess.SubprocessError):
            continue
        number = _NUMBER.search(said.stdout)
        found[name] = number[0] if number else "?"
    if found.get("compose", "2").startswith("1."):
        del found["compose"]
    for name, file in (
        ("ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
        ("archive-keyring", ARCHIVE_KEYRING),
    ):
        if Path(file).is_file():
            found[name] = "present"
    return found


def socket_state(settings: Settings) -> str:
    """Return whether the Engine's local socket can be connected to; see :class:`MachineFacts`."""
    if not settings.socket:
        return "remote"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(settings.socket)
        except FileNotFoundError:
            return "missing"
        except PermissionError:
            return "denied"
        except OSError:
            return "refused"
    return "ok"


def pings(path: str, seconds: float = 1.0) -> bool:
    """Return whether an Engine serves on the socket ``path``; it listens a while before it does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(seconds)
        try:
            probe.connect(path)
            probe.sendall(b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n")
            return b" 200 " in probe.recv(64)
        except OSError:
            return False


def terminal() -> Terminal:
    """Return the terminal of this process."""
    attached = sys.stderr is not None and sys.stderr.isatty()
    size = shutil.get_terminal_size((0, 0))
    return Terminal(
        kind=os.environ.get("TERM", ""),
        utf8=locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "") == "utf8",
        columns=size.columns,
        rows=size.lines,
        attached=attached,
    )


def line_terminal() -> bool:
    """Return whether a person can answer a line: both streams are a terminal, and it is in line mode."""
    if sys.stdin is None or sys.stderr is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    import termios

    try:
        return bool(termios.tcgetattr(sys.stdin.fileno())[3] & termios.ICANON)
    except termios.error:
        return False


def example(name: str) -> str:
    """Return the absolute folder of an example that came with the program, or raise NotFound."""
    folder = resources.files("machete_tui") / "examples" / name
    if isinstance(folder, Path) and folder.is_dir():
        return str(folder.resolve())
    raise NotFound(
        f"the example {name!r} did not come with this installation",
        "install from a checkout: sh scripts/install.sh",
    )


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _engine_pid() -> int:
    text = _read(Path("/var/run/docker.pid")).strip()
    if text.isdecimal() and _read(Path(f"/proc/{text}/comm")).strip() == "dockerd":
        return int(text)
    return 0


def _mtu() -> int:
    """Return the MTU of the interface of the default route; 0 when there is none."""
    for line in _read(Path("/proc/net/route")).splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and fields[1] == "00000000" and fields[7] == "00000000":
            text = _read(Path(f"/sys/class/net/{fields[0]}/mtu")).strip()
            return int(text) if text.isdecimal() else 0
    return 0


def _mounted(*kinds: str) -> bool:
    mounts = (line.split() for line in _read(Path("/proc/mounts")).splitlines())
    return any(len(fields) > 2 and fields[2] in kinds for fields in mounts)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
