"""A small monorepo as detection would describe it."""

from machete_tui.core.source import BackingService, Component, Detection, Evidence, RunnerUp

WEB = Component(
    name="web",
    path="web",
    stack="node",
    framework="express",
    package_manager="npm",
    build_command="npm run build",
    start_command="node server.js",
    port=3000,
    port_from="server.js:12",
    health_path="/healthz",
    env=("DATABASE_URL", "LOG_LEVEL", "SESSION_SECRET"),
    required_env=("DATABASE_URL", "SESSION_SECRET"),
    confidence=92,
    evidence=(
        Evidence("web/package.json", 14, "depends on express 5"),
        Evidence("web/server.js", 12, "listens on process.env.PORT, default 3000"),
    ),
    runner_up=RunnerUp("static", 30),
)
WORKER = Component(
    name="worker",
    path="worker",
    kind="worker",
    stack="python",
    package_manager="uv",
    start_command="python -m worker",
    env=("REDIS_URL", "SESSION_SECRET"),
    required_env=("SESSION_SECRET",),
    volumes=("spool:/spool",),
    memory=256 << 20,
    confidence=71,
    evidence=(Evidence("worker/pyproject.toml", 3, "project worker"),),
)
DB = BackingService("postgres", "db", (Evidence("web/package.json", 15, "depends on pg"),), ("DATABASE_URL",))
CACHE = BackingService("redis", "redis", (Evidence("worker/app.py", 4, "imports redis"),), ("REDIS_URL",))
SHOP = Detection(
    source="/srv/shop",
    name="shop",
    components=(WEB, WORKER),
    backing_services=(DB, CACHE),
    edges=(("web", "db"), ("worker", "redis")),
    strategy="compose",
    strategy_why="two components and two backing services",
    recommendations=("pin the Node version in package.json (engines)",),
    warnings=("worker/legacy.cfg is not UTF-8",),
)
