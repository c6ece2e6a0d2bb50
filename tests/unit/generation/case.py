"""What a case is: a source, what detection says of it, and the order made for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machete_tui.core.source import BackingService, Component, Detection, Strategy
from machete_tui.generation.order import Order

APPS = Path(__file__).parents[2] / "apps"
EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass(frozen=True)
class Case:
    """One source.

    Attributes:
        name: of its folder under ``tests/golden``.
        components: what detection found.
        app: folder of the source; None for the files below.
        files: path -> text of a source made for the test.
        backing: its backing services.
        edges: who talks to whom.
        strategy: how it becomes containers.
        compose_files: for an existing compose file.
        order: fields of the order beyond the usual ones.
        folder: whether the files for the user's own folder are pinned too.
    """

    name: str
    components: tuple[Component, ...]
    app: Path | None = None
    files: dict[str, str] = field(default_factory=dict)
    backing: tuple[BackingService, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    strategy: Strategy = "single"
    compose_files: tuple[str, ...] = ()
    order: dict[str, Any] = field(default_factory=dict)
    folder: bool = False

    def source(self, tmp: Path) -> Path:
        """Return the folder of the source, made below ``tmp`` when it is not one of the repository's."""
        if self.app is not None:
            return self.app
        root = tmp / self.name
        for path, text in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        root.mkdir(exist_ok=True)
        return root

    def order_of(self, tmp: Path) -> Order:
        """Return the order that its files are generated from."""
        detection = Detection(
            source=f"/source/{self.name}",
            name=self.name,
            components=self.components,
            backing_services=self.backing,
            edges=self.edges,
            strategy=self.strategy,
            compose_files=self.compose_files,
        )
        usual: dict[str, Any] = {
            "service": self.name,
            "release": 3,
            "root": str(self.source(tmp)),
            "detection": detection,
            "source": "https://git.example/team/app.git",
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "ports": _ports(self.components),
            "data_dir": "/srv/data",
            "passwords": {
                "POSTGRES_PASSWORD": "postgres-password",
                "MYSQL_PASSWORD": "mysql-password",
                "MYSQL_ROOT_PASSWORD": "root-password",
                "MONGO_PASSWORD": "mongo-password",
            },
        }
        return Order(**(usual | self.order))


def _ports(components: tuple[Component, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    next_port = 20080
    for component in components:
        if component.kind in ("web", "static"):
            found[component.name] = tuple(range(next_port, next_port + component.replicas))
            next_port += component.replicas
    return found


def web(stack: str, start: str = "", port: int = 8080, **more: Any) -> Component:
    """Return a web component with the values that most cases share."""
    base: dict[str, Any] = {"name": "web", "stack": stack, "start_command": start, "port": port}
    return Component(**(base | {"health_path": "/health"} | more))


def site(stack: str, build: str = "", output: str = "", **more: Any) -> Component:
    """Return a static component likewise."""
    base: dict[str, Any] = {"name": "web", "kind": "static", "stack": stack, "port": 8080, "health_path": "/"}
    return Component(**(base | {"build_command": build, "output_dir": output} | more))


NODE_LOCK = {
    "package.json": '{"name": "shop", "scripts": {"prepare": "husky"}}\n',
    "package-lock.json": "{}\n",
}
POSTGRES = BackingService("postgres", "db", variables=("DATABASE_URL",))
REDIS = BackingService("redis", "redis", variables=("REDIS_URL",))
