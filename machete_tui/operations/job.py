"""A deployment of a source, as a story: fetch, detect, plan, check, build, record, go live."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from machete_tui.core.cancel import Cancel
from machete_tui.core.context import Context
from machete_tui.core.engine import ComposeProject
from machete_tui.core.errors import BuildFailed, Conflict, InvalidInput
from machete_tui.core.events import Event, Lines, Note
from machete_tui.core.ids import uuid7
from machete_tui.core.models import DeploymentKind, Release, ReleaseImage, Service
from machete_tui.core.plan import Plan
from machete_tui.core.results import Done
from machete_tui.core.secrets import Redactor
from machete_tui.core.source import Checkout, Detection, SourceRef
from machete_tui.generation.order import Order
from machete_tui.operations.attempt import Attempt, attempt
from machete_tui.operations.golive import explain_build, go_live, prepare_bases
from machete_tui.operations.inputs import Inputs, edits_between, switched_off, versions_between
from machete_tui.operations.journal import Journal
from machete_tui.operations.names import check_name, slug
from machete_tui.operations.planning import Draft, plan_of
from machete_tui.operations.preflight import preflight
from machete_tui.operations.releases import (
    address,
    build_request,
    release_of,
    remove_folder,
    stack_of,
    write_files,
    write_passwords,
)

STEPS = 13
"""Steps of a deployment of a source, the watch among them."""


def detect_in(checkout: Checkout, source: SourceRef, name: str) -> Detection:
    """Return what a checkout is."""
    from machete_tui.detection import detect

    return detect(checkout.root, source=source.location, name=name)


def with_edits(inputs: Inputs, found: Detection, wanted: Detection | None) -> Inputs:
    """Return the inputs with what the operator changed of the detection, from the wizard."""
    if wanted is None:
        return inputs
    return replace(
        inputs,
        edits=edits_between(found, wanted),
        without=switched_off(wanted.backing_services),
        versions=versions_between(found, wanted),
    )


class Job:
    """One deployment of a source from its first step to its last.

    Args:
        ctx: what it works with.
        source: where the code comes from.
        service: the service that it becomes a release of; None for a new one.
        name: the service's name; empty to take the one that detection suggests.
        inputs: the operator's choices.
        wanted: detection with the operator's edits, from the wizard.
        write: whether the generated files also go into the source's folder.
    """

    def __init__(
        self,
        ctx: Context,
        source: SourceRef,
        service: Service | None,
        name: str,
        inputs: Inputs,
        wanted: Detection | None = None,
        *,
        write: bool = False,
    ) -> None:
        self._ctx = ctx
        self._source = source
        self._service = service
        self._name = name
        self._inputs = inputs
        self._wanted = wanted
        self._write = write
        self._journal = Journal(ctx, STEPS)
        self._journal.redact.add(inputs.secret_values())

    @property
    def redact(self) -> Redactor:
        """What masks this deployment's secrets in any text."""
        return self._journal.redact

    def run(
        self, kind: DeploymentKind, gate: float, watch: float, cancel: Cancel
    ) -> Generator[Event, None, Done]:
        """Run every step; ``gate`` and ``watch`` in seconds, below 0 for the settings' own."""
        ctx, journal = self._ctx, self._journal
        ctx.engine.info()
        incoming = ctx.settings.state_dir / "incoming" / f"{os.getpid()}-{uuid7()}"
        with ExitStack() as stack:
            stack.callback(remove_folder, incoming)
            tried: Attempt | None = None
            if self._service is not None:
                tried = stack.enter_context(attempt(ctx, self._service, kind, journal))
            checkout = yield from journal.step(
                "source", "Fetch the source", self._fetch(str(incoming), cancel)
            )
            found = yield from journal.step("detect", "Detect what it is", self._detect(checkout))
            if tried is None:
                tried = stack.enter_context(attempt(ctx, self._new_service(found), kind, journal))
            return (yield from self._release(tried, checkout, found, gate, watch, cancel))

    def _release(
        self,
        tried: Attempt,
        checkout: Checkout,
        found: Detection,
        gate: float,
        watch: float,
        cancel: Cancel,
    ) -> Generator[Event, None, Done]:
        ctx, journal = self._ctx, self._journal
        service = tried.service
        self._inputs = with_edits(self._inputs, found, self._wanted)
        number = ctx.store.releases.next_number(service.id)
        tried.makes(ctx, number)
        folder = ctx.settings.release_dir(service.name, number)
        checkout = self._kept(checkout, folder)
        draft = Draft(service.name, self._source, checkout, found, self._inputs, service, number)
        plan, order = yield from journal.step("plan", "Plan the release", self._plan(draft, cancel))
        yield from journal.step(
            "preflight",
            "Check disk, memory, ports and volumes",
            preflight(ctx, plan, self._inputs.allow_mounts),
        )
        yield from journal.step("bases", "Get the base images", self._bases(plan, cancel))
        yield from journal.step("generate", "Write the release's files", self._generate(plan, order, folder))
        ctx.store.services.save(replace(service, status="building", updated=ctx.clock.now(), reason=""))
        images = yield from journal.step("build", _build_title(plan), self._build(plan, folder, cancel))
        release = yield from journal.step(
            "record", f"Record release #{number}", self._record(plan, service, images, folder)
        )
        live = yield from go_live(
            ctx,
            journal,
            replace(service, source=self._source),
            release,
            gate=ctx.settings.gate_seconds if gate < 0 else gate,
            watch=ctx.settings.watch_seconds if watch < 0 else watch,
            cancel=cancel,
        )
        where = address(live.port, ctx.settings.machine)
        message = f"{live.name} #{live.release} is live" + (f" at {where}" if where else "")
        return Done(message, live.name, where, live.release, tried.deployment.id)

    def _new_service(self, found: Detection) -> Service:
        ctx = self._ctx
        name = self._name or check_name(slug(found.name))
        known = ctx.store.services.find(name)
        if known is not None:
            raise Conflict(
                f"there is a service {name!r} already, from {known.source.location}",
                f"--name {name} makes a new release of that one, another name a second service",
                field="--name",
            )
        now = ctx.clock.now()
        return Service(
            uuid7(), name, self._source, status="pending", stack=stack_of(found), created=now, updated=now
        )

    def _fetch(self, into: str, cancel: Cancel) -> Generator[Event, None, Checkout]:
        checkout = self._ctx.sources.fetch(self._source, into, cancel)
        state = " with local changes" if checkout.dirty else ""
        self._journal.detail(f"commit {checkout.commit[:8]}{state}" if checkout.commit else "no Git commit")
        yield from ()
        return checkout

    def _kept(self, checkout: Checkout, folder: Path) -> Checkout:
        """Move a clone into the release's folder: compose files may mount files of it."""
        if not checkout.owned:
            return checkout
        incoming = Path(checkout.root)
        top = self._ctx.settings.state_dir / "incoming"
        clone = top / incoming.relative_to(top).parts[0]
        kept = folder / "source"
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        clone.replace(kept)
        return replace(checkout, root=str(kept / incoming.relative_to(clone)))

    def _detect(self, checkout: Checkout) -> Generator[Event, None, Detection]:
        found = detect_in(checkout, self._source, self._name)
        for warning in found.warnings:
            yield Note(warning, "warning")
        shown = [f"{c.name}: {'/'.join(filter(None, (c.stack, c.framework)))}" for c in found.components]
        self._journal.detail(", ".join(shown))
        return found

    def _plan(self, draft: Draft, cancel: Cancel) -> Generator[Event, None, tuple[Plan, Order]]:
        plan, order = plan_of(self._ctx, draft, cancel)
        self._journal.redact.add(order.passwords.values())
        for warning in plan.warnings:
            yield Note(warning, "warning")
        ports = ", ".join(f"{name} on {ports[0]}" for name, ports in plan.ports.items() if ports)
        self._journal.detail(ports or "no port")
        return plan, order

    def _bases(self, plan: Plan, cancel: Cancel) -> Generator[Event, None, None]:
        line = yield from prepare_bases(self._ctx, plan.bases, cancel)
        self._journal.detail(line)

    def _generate(self, plan: Plan, order: Order, folder: Path) -> Generator[Event, None, None]:
        write_passwords(self._ctx.settings, plan.service, order.passwords)
        write_files(folder, plan.files)
        self._inputs.save(folder / "inputs.json")
        self._ctx.engine.compose_check(ComposeProject(plan.service, str(folder)))
        if self._write:
            yield from write_into_source(plan, order)
        self._journal.detail(f"{len(plan.files)} files")

    def _build(
        self, plan: Plan, folder: Path, cancel: Cancel
    ) -> Generator[Event, None, tuple[ReleaseImage, ...]]:
        engine = self._ctx.engine
        built = []
        for image in plan.images:
            try:
                for batch in engine.build(build_request(plan, image, folder), cancel):
                    yield Lines(batch)
            except BuildFailed as error:
                raise explain_build(self._ctx, error) from error
            found = engine.image(image.tag)
            if found is None:
                raise BuildFailed(f"the build of {image.component} left no image {image.tag}")
            built.append(ReleaseImage(image.component, image.tag, found.id))
        return tuple(built)

    def _record(
        self, plan: Plan, service: Service, images: tuple[ReleaseImage, ...], folder: Path
    ) -> Generator[Event, None, Release]:
        release = release_of(plan, service, images, folder, self._ctx.clock.now())
        self._ctx.store.releases.add(release)
        self._journal.detail(", ".join(image.id[7:19] for image in images))
        yield from ()
        return release


def _build_title(plan: Plan) -> str:
    names = [image.component for image in plan.images]
    return f"Build {', '.join(names)}" if names else "Nothing to build"


def write_into_source(plan: Plan, order: Order) -> Generator[Event, None, None]:
    """Write the files that make plain ``docker compose up`` work into the source's folder."""
    from machete_tui.generation import render_folder

    if plan.source.kind != "folder":
        raise InvalidInput("--write needs a folder as source", "clone the repository first", field="--write")
    root = Path(plan.checkout.root)
    files = render_folder(order)
    theirs = [f.path for f in files if (root / f.path).exists() and (root / f.path).read_text() != f.text]
    if theirs:
        raise Conflict(
            f"{', '.join(theirs)} of {root} would be overwritten",
            "move them aside, or deploy without --write",
            field="--write",
        )
    write_files(root, files)
    yield Note(f"wrote {', '.join(f.path for f in files)} into {root}")
