"""The fleet of ``--demo``: thirteen services of a shop, each with a state that an operator meets one day."""

from __future__ import annotations

from typing import Literal

from machete_tui.core.frozen import dataclass
from machete_tui.core.models import ServiceStatus

Mood = Literal["well", "sick", "starting", "looping", "stopped", "half", "killed", "plain"]
"""How a part is: ``plain`` runs without a health check, ``half`` has lost all but one of its replicas."""

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Part:
    """One component, or one backing service, of a demo service.

    Attributes:
        name: component, or compose's service name.
        voice: which kind of log it writes.
        mood: how it is.
        port: inside its container; 0 for none.
        image: of a backing service; empty for one that is built.
        replicas: how many containers.
        cpu: typical percent of a core; ``memory`` typical MiB; ``limit`` MiB, 0 for none.
    """

    name: str
    voice: str
    mood: Mood = "well"
    port: int = 0
    image: str = ""
    replicas: int = 1
    cpu: float = 2.0
    memory: int = 80
    limit: int = 0


@dataclass(frozen=True, slots=True)
class DemoService:
    """One service as a store would hold it, and its parts as an engine would.

    Attributes:
        name: of the service.
        team: its owner.
        stack: of its main component.
        source: Git URL.
        status: what the store knows.
        port: stable host port; 0 for none.
        release: number of the live one.
        age: seconds since it was last started.
        parts: its containers; none while the first release is built.
        reason: why it is not well, in one line.
    """

    name: str
    team: str
    stack: str
    source: str
    status: ServiceStatus
    port: int
    release: int
    age: float
    parts: tuple[Part, ...] = ()
    reason: str = ""


POSTGRES = Part("db", "postgres", port=5432, image="postgres:17", cpu=1.5, memory=140)
REDIS = Part("redis", "redis", port=6379, image="redis:7", cpu=0.4, memory=12)
MARIADB = Part("db", "mariadb", port=3306, image="mariadb:11", cpu=1.1, memory=210)
_GIT = "https://git.example.com"

FLEET: tuple[DemoService, ...] = (
    DemoService(
        "auth",
        "platform",
        "dotnet/aspnet",
        f"{_GIT}/platform/auth.git",
        "running",
        20081,
        8,
        12 * DAY,
        (Part("web", "access", port=8080, cpu=4, memory=120, limit=256), REDIS),
    ),
    DemoService(
        "billing",
        "finance",
        "python/django",
        f"{_GIT}/finance/billing.git",
        "degraded",
        20082,
        31,
        5 * HOUR,
        (Part("web", "errors", mood="sick", port=8000, cpu=7, memory=230, limit=256), POSTGRES),
        "web is unhealthy: HTTP 500 on /healthz",
    ),
    DemoService(
        "blog",
        "marketing",
        "static",
        f"{_GIT}/marketing/blog.git",
        "running",
        20083,
        52,
        41 * DAY,
        (Part("site", "access", mood="plain", port=8080, cpu=0.2, memory=14),),
    ),
    DemoService(
        "chat",
        "storefront",
        "node/fastify",
        f"{_GIT}/storefront/chat.git",
        "degraded",
        20084,
        6,
        26 * HOUR,
        (Part("web", "access", mood="half", port=3000, replicas=3, cpu=9, memory=110),),
        "1 of 3 replicas runs",
    ),
    DemoService(
        "gateway",
        "platform",
        "go/chi",
        f"{_GIT}/platform/gateway.git",
        "running",
        20087,
        119,
        9 * DAY,
        (Part("web", "json", port=8080, cpu=38, memory=48, limit=128),),
    ),
    DemoService(
        "importer",
        "data",
        "python",
        f"{_GIT}/data/importer.git",
        "failed",
        0,
        3,
        40 * 60,
        (Part("job", "jobs", mood="killed", cpu=90, memory=500, limit=512),),
        "job ran out of memory (limit 512 MiB)",
    ),
    DemoService(
        "landing",
        "marketing",
        "node/astro",
        f"{_GIT}/marketing/landing.git",
        "building",
        20088,
        0,
        0,
    ),
    DemoService(
        "mailer",
        "platform",
        "python/celery",
        f"{_GIT}/platform/mailer.git",
        "failed",
        0,
        17,
        2 * HOUR,
        (Part("worker", "crash", mood="looping", cpu=1, memory=60), REDIS),
        "worker exits with code 1: SMTP_URL is not set",
    ),
    DemoService(
        "reports",
        "finance",
        "ruby/sinatra",
        f"{_GIT}/finance/reports.git",
        "stopped",
        20089,
        22,
        6 * DAY,
        (Part("web", "access", mood="stopped", port=4567, memory=70),),
    ),
    DemoService(
        "search",
        "storefront",
        "java/spring-boot",
        f"{_GIT}/storefront/search.git",
        "deploying",
        20090,
        9,
        20,
        (Part("web", "spring", mood="starting", port=8080, cpu=95, memory=420, limit=768),),
    ),
    DemoService(
        "shop",
        "storefront",
        "node/next",
        f"{_GIT}/storefront/shop.git",
        "running",
        20080,
        14,
        3 * DAY,
        (
            Part("web", "access", port=3000, cpu=11, memory=180, limit=512),
            Part("worker", "jobs", mood="plain", cpu=3, memory=95),
            POSTGRES,
            REDIS,
        ),
    ),
    DemoService(
        "tracker",
        "data",
        "rust/axum",
        f"{_GIT}/data/tracker.git",
        "running",
        20091,
        41,
        18 * DAY,
        (Part("web", "json", port=8080, cpu=22, memory=21), POSTGRES),
    ),
    DemoService(
        "wiki",
        "platform",
        "php/laravel",
        f"{_GIT}/platform/wiki.git",
        "running",
        20092,
        11,
        63 * DAY,
        (Part("web", "access", port=8080, cpu=2, memory=90), MARIADB),
    ),
)
"""All of them, by name."""
