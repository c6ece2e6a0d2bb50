"""What the containers of ``--demo`` say and use: the same at the same moment, on every machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from zlib import crc32

from machete_tui.core.engine import Sample

_PATHS = ("/", "/products/{n}", "/cart", "/api/orders/{n}", "/search?q=axe", "/static/app.{n}.js", "/healthz")
_JOBS = ("send_receipt", "resize_image", "sync_stock", "reindex", "expire_carts")
_STARTS: dict[str, tuple[str, ...]] = {
    "access": ("listening on 0.0.0.0", "ready"),
    "json": ('{"level":"info","msg":"listening","addr":"0.0.0.0:8080"}',),
    "jobs": ("worker 1 is ready, 4 slots",),
    "errors": (
        "Starting gunicorn 23.0.0",
        "Listening at: http://0.0.0.0:8000 (1)",
        "Booting worker with pid: 7",
    ),
    "crash": (
        "Traceback (most recent call last):",
        '  File "/app/mailer/__main__.py", line 12, in <module>',
        '    url = os.environ["SMTP_URL"]',
        "KeyError: 'SMTP_URL'",
    ),
    "spring": (
        "  .   ____          _",
        " :: Spring Boot ::                (v3.5.0)",
        "INFO 1 --- [main] search.Application : Starting Application using Java 21",
        "INFO 1 --- [main] o.s.b.w.e.tomcat.TomcatWebServer : Tomcat initialized with port 8080 (http)",
    ),
    "postgres": (
        'LOG:  listening on IPv4 address "0.0.0.0", port 5432',
        "LOG:  database system is ready to accept connections",
    ),
    "redis": ("* Ready to accept connections tcp",),
    "mariadb": ("[Note] mariadbd: ready for connections.",),
}


def pick(seed: str, n: int, below: int) -> int:
    """Return a number from 0 up to ``below`` that looks random and is the same each time."""
    return crc32(f"{seed} {n}".encode()) % below


def opening(voice: str) -> tuple[str, ...]:
    """Return what it says at its start."""
    return _STARTS[voice]


def pace(voice: str) -> float:
    """Return the seconds between its lines."""
    return {"json": 0.5, "access": 1.0, "jobs": 2.5, "errors": 1.5, "spring": 2.0}.get(voice, 20.0)


def talk(voice: str, seed: str) -> Callable[[int], str] | None:
    """Return what gives its n-th line; None for one that only ever opens its mouth once."""
    spoken = {
        "access": _access,
        "json": _json,
        "jobs": _job,
        "errors": _error,
        "spring": _spring,
        "postgres": _postgres,
        "redis": _redis,
        "mariadb": _mariadb,
    }.get(voice)
    return None if spoken is None else lambda n: spoken(seed, n)


def usage(seed: str, cpu: float, memory: int) -> Callable[[float], Sample]:
    """Return what gives its CPU and memory so many seconds after its start; ``memory`` in MiB."""

    def at(seconds: float) -> Sample:
        phase = pick(seed, 0, 628) / 100
        wave = 1 + 0.4 * math.sin(seconds / 37 + phase) + 0.15 * math.sin(seconds / 5 + phase * 2)
        jitter = 0.85 + pick(seed, int(seconds), 300) / 1000
        grown = 1 + 0.12 * math.sin(seconds / 211 + phase) + 0.02 * (seconds / 60 % 5)
        return Sample(round(cpu * wave * jitter, 1), int(memory * grown * (1 << 20)))

    return at


def _access(seed: str, n: int) -> str:
    path = _PATHS[pick(seed, n, len(_PATHS))].format(n=1000 + pick(seed, n + 1, 900))
    status = 200 if pick(seed, n + 2, 40) else 404
    client = f"203.0.113.{1 + pick(seed, n + 3, 250)}"
    return f'{client} "GET {path} HTTP/1.1" {status} {2 + pick(seed, n + 4, 90)}ms'


def _json(seed: str, n: int) -> str:
    level = "info" if pick(seed, n, 50) else "warn"
    path = _PATHS[pick(seed, n, len(_PATHS))].format(n=pick(seed, n + 1, 9000))
    took = 1 + pick(seed, n + 2, 40)
    return f'{{"level":"{level}","msg":"request","path":"{path}","status":200,"ms":{took}}}'


def _job(seed: str, n: int) -> str:
    return f"job {_JOBS[pick(seed, n, len(_JOBS))]} {n} done in 0.{pick(seed, n, 90):02d}s"


def _error(seed: str, n: int) -> str:
    turn = n % 5
    if turn == 0:
        return "ERROR Internal Server Error: /healthz"
    lines = (
        "Traceback (most recent call last):",
        '  File "/app/billing/health.py", line 31, in check',
        '    cursor.execute("select 1 from ledger_ledgerentry limit 1")',
        'django.db.utils.ProgrammingError: relation "ledger_ledgerentry" does not exist',
    )
    return lines[turn - 1]


def _spring(seed: str, n: int) -> str:
    return f"INFO 1 --- [main] search.index.Loader : loaded shard {n + 1} of 48"


def _postgres(seed: str, n: int) -> str:
    wrote = 3 + pick(seed, n, 60)
    return f"LOG:  checkpoint complete: wrote {wrote} buffers (0.{pick(seed, n, 9)}%)"


def _redis(seed: str, n: int) -> str:
    return f"* {10 + pick(seed, n, 90)} changes in 300 seconds. Saving..."


def _mariadb(seed: str, n: int) -> str:
    return f"[Note] InnoDB: Buffer pool(s) dump completed at page {pick(seed, n, 9000)}"
