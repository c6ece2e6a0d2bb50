"""An engine of a test's own with things that must not be lost lying between things that may."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from machete_tui.context import LazyContext
from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import LABEL_RELEASE, LABEL_SERVICE, BuildRequest, ComposeProject
from machete_tui.core.events import Event, Result
from machete_tui.core.models import Release, ReleaseImage, Service, VolumeClaim
from machete_tui.core.resources import LocalImage, Resources
from machete_tui.core.source import Detection, SourceRef
from machete_tui.engines.memory import MemoryEngine
from machete_tui.operations import registry
from machete_tui.operations.resource_views import PrunePlan

BASE = "busybox:latest"
EVER = "command: ['sh', '-c', 'sleep 1000']\n    init: true\n    stop_grace_period: 0s"


class Field:
    """Makes images, services and projects on any engine, and calls verbs."""

    def __init__(self, ctx: LazyContext, folder: Path) -> None:
        self.ctx = ctx
        self.folder = folder

    @property
    def resources(self) -> Resources:
        return self.ctx.engine.resources

    def image(self, tag: str, text: str = "", **labels: str) -> LocalImage:
        """Build an image; the tag is taken from the image that had it."""
        context = self.folder / f"c{uuid.uuid4().hex[:8]}"
        context.mkdir()
        (context / "file").write_text(text or tag)
        (context / "Dockerfile").write_text(f"FROM {BASE}\nCOPY file /{uuid.uuid4().hex}\n")
        request = BuildRequest(str(context), str(context / "Dockerfile"), tag, labels)
        for _ in self.ctx.engine.build(request, Cancel()):
            pass
        found = self.ctx.engine.image(tag)
        assert found is not None
        return next(i for i in self.resources.images() if i.id == found.id)

    def untagged(self, **labels: str) -> LocalImage:
        """Build an image and take its tag away by building another of that name."""
        tag = f"dangling-{uuid.uuid4().hex[:6]}:1"
        first = self.image(tag, "old", **labels)
        self.image(tag, "new")
        self.resources.remove_image(tag)
        return first

    def service(self, name: str, *, live: int, compose: str = "", **releases: LocalImage) -> Service:
        """Record a service with a release for each image: ``r3=image`` is kept, ``gone2=image`` is not."""
        service = Service(f"id-{name}", name, SourceRef("folder", "/src"), release=live, status="stopped")
        self.ctx.store.services.save(service)
        for key, image in releases.items():
            number = int("".join(filter(str.isdigit, key)))
            folder = self.ctx.settings.release_dir(name, number)
            folder.mkdir(parents=True, exist_ok=True)
            self.ctx.store.releases.add(
                Release(
                    id=f"{name}-{number}",
                    service_id=service.id,
                    number=number,
                    created=self.ctx.clock.now(),
                    detection=Detection("/src", name, ()),
                    images=(ReleaseImage("web", image.name, image.id),),
                    compose=compose,
                    folder=str(folder),
                )
            )
            if key.startswith("gone"):
                self.ctx.store.releases.forget_images(f"{name}-{number}")
        return service

    def release_image(self, service: str, number: int) -> LocalImage:
        """Build an image as a deployment does."""
        labels = {LABEL_SERVICE: service, LABEL_RELEASE: str(number)}
        return self.image(f"machete/{service}-web:{number}", f"{service} {number}", **labels)

    def claim(self, service: str, volume: str) -> None:
        self.ctx.store.claims.replace(service, [VolumeClaim(volume, service, "web", "/data")])

    def up(self, name: str, compose: str) -> ComposeProject:
        """Converge a compose project made elsewhere."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "compose.yml").write_text(compose)
        (folder / ".env").touch()
        project = ComposeProject(name, str(folder))
        for _ in self.ctx.engine.compose_up(project, Cancel()):
            pass
        return project

    def stop(self, project: str) -> None:
        for container in self.ctx.engine.containers(project=project):
            self.ctx.engine.stop(container.id, 0)

    def anonymous(self) -> str:
        """Make a volume that nobody named and no container uses."""
        if isinstance(self.ctx.engine, MemoryEngine):
            name = uuid.uuid4().hex * 2
            self.ctx.engine.world.volumes[name] = {}
            return name
        with self.ctx.engine._changing() as client:  # type: ignore[attr-defined]
            return str(client.create_volume()["Name"])

    def volume(self, name: str, **labels: str) -> str:
        """Make a named volume that no container uses."""
        if isinstance(self.ctx.engine, MemoryEngine):
            self.ctx.engine.world.volumes[name] = labels
            return name
        with self.ctx.engine._changing() as client:  # type: ignore[attr-defined]
            client.create_volume(name, labels=labels)
        return name

    def network(self, name: str, **labels: str) -> str:
        """Make a network that no container is in."""
        if isinstance(self.ctx.engine, MemoryEngine):
            self.ctx.engine.world.networks[name] = labels.get("com.docker.compose.project", "")
            return name
        with self.ctx.engine._changing() as client:  # type: ignore[attr-defined]
            client.create_network(name, labels=labels)
        return name

    def events(self, action: str, **fields: Any) -> Iterator[Event]:
        operation = registry.find(action)
        return operation.run(self.ctx, operation.request(**fields), Cancel())

    def do(self, action: str, **fields: Any) -> Any:
        """Run an operation to its end and return its result's value."""
        value: Any = None
        for event in self.events(action, **fields):
            if isinstance(event, Result):
                value = event.value
        return value

    def prune(self, action: str, **fields: Any) -> PrunePlan:
        plan = self.do(action, **fields).data
        assert isinstance(plan, PrunePlan)
        return plan

    def image_ids(self) -> set[str]:
        return {i.id for i in self.resources.images()}

    def volume_names(self) -> set[str]:
        return {v.name for v in self.resources.volumes()}

    def network_names(self) -> set[str]:
        return {n.name for n in self.resources.networks()}

    def clear(self) -> None:
        """Leave the engine as it was found."""
        engine = self.ctx.engine
        for container in engine.containers():
            engine.remove(container.id)
        for image in self.resources.images():
            for name in image.tags or (image.id,):
                if name != BASE:
                    engine.remove_image(name)
        for volume in self.resources.volumes():
            engine.remove_volume(volume.name)
        for network in self.resources.networks():
            if not network.built_in:
                engine.remove_network(network.name)


def taken(plan: PrunePlan) -> set[str]:
    """Return the ids of what a plan takes."""
    return {item.id for item in plan.items}


def ids(images: Iterable[LocalImage]) -> set[str]:
    return {i.id for i in images}
