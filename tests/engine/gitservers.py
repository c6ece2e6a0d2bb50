"""Real Git servers on loopback: git daemon, sshd, and git's own http backend with and without a password."""

from __future__ import annotations

import base64
import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.rig import packages

TOKEN = "tok-1f0c9a7e5b3d"

_QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.invalid",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.invalid",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def git(folder: Path, *words: str) -> str:
    """Run Git in a folder, without the machine's own configuration; return what it printed."""
    allow = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | _QUIET
    done = subprocess.run(
        ["git", *allow, *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Repository:
    """A work tree and the bare repository beside it that servers serve.

    Attributes:
        work: the work tree.
        bare: the bare one.
        commits: SHAs by the name that the test gave them.
    """

    work: Path
    bare: Path
    commits: dict[str, str] = field(default_factory=dict)

    def commit(self, name: str, **files: str) -> str:
        """Write files (``__`` in a name is a slash, ``_`` before the last word a dot) and commit them."""
        for key, text in files.items():
            path = self.work / key.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "--allow-empty", "-m", name)
        self.commits[name] = git(self.work, "rev-parse", "HEAD")
        return self.commits[name]

    def push(self) -> None:
        """Bring all branches and tags into the bare repository."""
        git(self.work, "push", "-q", "--force", "--all", str(self.bare))
        git(self.work, "push", "-q", "--force", "--tags", str(self.bare))
        git(self.bare, "update-server-info")


def repository(root: Path, name: str) -> Repository:
    """Make an empty repository ``name.git`` below ``root``."""
    work, bare = root / "work" / name, root / "served" / f"{name}.git"
    for folder in (work, bare):
        folder.mkdir(parents=True)
    git(work, "init", "-q")
    git(bare, "init", "-q", "--bare")
    return Repository(work, bare)


def shop(root: Path, name: str = "shop") -> Repository:
    """Make a repository with three commits, two branches, a light and an annotated tag, and sub-folders."""
    made = repository(root, name)
    made.commit("first", app_py="one", apps__web__index_html="<p>", README="first")
    git(made.work, "tag", "v1.9")
    made.commit("second", app_py="two")
    git(made.work, "tag", "-a", "v1.10", "-m", "annotated")
    git(made.work, "checkout", "-q", "-b", "feature/fast")
    made.commit("fast", app_py="fast")
    git(made.work, "checkout", "-q", "main")
    made.commit("third", app_py="three")
    made.push()
    return made


def free_port() -> int:
    """Return a TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server accepts connections; fail when it ended instead."""
    for _ in range(500):
        assert process.poll() is None, "the server ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            threading.Event().wait(0.02)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")


@contextmanager
def running(command: list[str], port: int, log: Path, **env: str) -> Iterator[None]:
    """Run a server for the body, then end it by its pid."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **env}
        )
        try:
            wait_for(port, process)
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def daemon(root: Path) -> Iterator[str]:
    """Serve ``root/served`` over ``git://``; gives the URL's begin."""
    port = free_port()
    core = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    served = root / "served"
    command = [f"{core}/git-daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", "--reuseaddr"]
    with running([*command, f"--base-path={served}", str(served)], port, root / "daemon.log", **_trust()):
        yield f"git://127.0.0.1:{port}"


@dataclass(frozen=True)
class Ssh:
    """An ssh server: the URL's begin, a key that it knows and one that it does not."""

    url: str
    port: int
    key: Path
    stranger: Path
    host_key: Path


@contextmanager
def sshd(root: Path) -> Iterator[Ssh]:
    """Serve files by absolute path over ssh, with git-shell and one authorised key."""
    packages.install_only(("openssh-server", "openssh-client"), lambda line: print(f"rig: {line}"))
    folder = root / "ssh"
    folder.mkdir(mode=0o700)
    for name in ("host", "key", "stranger"):
        make_key(folder / name)
    shell = shutil.which("git-shell")
    assert shell is not None
    public = (folder / "key.pub").read_text()
    allowed = folder / "authorized_keys"
    allowed.write_text(f'restrict,command="{shell} -c \\"$SSH_ORIGINAL_COMMAND\\"" {public}')
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {allowed}\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nLogLevel VERBOSE\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "openssh-server is not installed"
    with running([program, "-D", "-e", "-f", str(config)], port, folder / "log"):
        url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{root}/served"
        yield Ssh(url, port, folder / "key", folder / "stranger", folder / "host")


def make_key(path: Path) -> None:
    """Make an ed25519 key pair without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@dataclass
class Web:
    """A web server with git's http backend; below ``/private/`` it wants the token.

    Attributes:
        url: its begin.
        requests: (path, Authorization header or empty) of each request, in order.
        meanwhile: called in the middle of each request, while Git waits for the answer.
        modern: whether protocol version 2 is spoken.
        error: when not empty, all that is ever answered, as a remote's error.
    """

    url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    modern: bool = True
    error: str = ""

    @property
    def credentials(self) -> list[str]:
        """Every ``user:password`` that was sent, once."""
        sent = [a.removeprefix("Basic ") for _, a in self.requests if a]
        return sorted({base64.b64decode(a).decode() for a in sent})


@contextmanager
def web(root: Path) -> Iterator[Web]:
    """Serve ``root/served`` as ``/public/…`` and ``/private/…``."""
    state = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state, root / "served")

        def do_POST(self) -> None:
            _answer(self, state, root / "served")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, state: Web, served: Path) -> None:
    given = handler.headers.get("Authorization", "")
    path, _, query = handler.path.partition("?")
    state.requests.append((path, given))
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    state.meanwhile()
    area, _, rest = path.lstrip("/").partition("/")
    if area == "moved":
        handler.send_response(302)
        handler.send_header("Location", f"{state.url}/{rest}?{query}")
        handler.end_headers()
        return
    password = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")[2] if given else ""
    if area == "private" and password != TOKEN:
        handler.send_response(401)
        handler.send_header("WWW-Authenticate", 'Basic realm="git"')
        handler.end_headers()
        return
    if state.error:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        handler.end_headers()
        handler.wfile.write(_packet("# service=git-upload-pack\n") + b"0000" + _packet(f"ERR {state.error}"))
        return
    env = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(served),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{rest}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": handler.command,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": handler.headers.get("Git-Protocol", "") if state.modern else "",
        **_trust(),
    }
    done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=env, check=False)
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    fields = [line.partition(": ") for line in head.decode().split("\r\n")]
    status = next((value for name, _, value in fields if name == "Status"), "200 OK")
    handler.send_response(int(status.split()[0]))
    for name, _, value in fields:
        if name and name != "Status":
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def _packet(text: str) -> bytes:
    data = text.encode()
    return f"{len(data) + 4:04x}".encode() + data


@contextmanager
def silent() -> Iterator[int]:
    """Listen on a port, accept, and never answer; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def _trust() -> dict[str, str]:
    return {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
