"""Releases on disk and in the store: their folders, passwords, inputs, images, and what differs."""

from __future__ import annotations

import difflib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from machete_tui.core.context import Context
from machete_tui.core.engine import (
    LABEL_COMPONENT,
    LABEL_RELEASE,
    LABEL_SERVICE,
    BuildRequest,
    ComposeProject,
)
from machete_tui.core.errors import NoCapacity, NotPermitted
from machete_tui.core.ids import uuid7
from machete_tui.core.models import Release, ReleaseImage, Service
from machete_tui.core.plan import Plan, PlannedFile, PlannedImage
from machete_tui.core.secrets import by_reference
from machete_tui.core.settings import Settings
from machete_tui.core.source import Checkout, Component, Detection
from machete_tui.operations.inputs import Inputs


def live_release(ctx: Context, service: Service) -> Release | None:
    """Return the release that is live, or None."""
    return ctx.store.releases.find(service.id, service.release) if service.release else None


def project_of(service: str, release: Release) -> ComposeProject:
    """Return the compose project of a release."""
    return ComposeProject(service, release.folder)


def inputs_of(release: Release | None) -> Inputs:
    """Return what the operator asked of a release."""
    return Inputs.load(Path(release.folder) / "inputs.json") if release else Inputs()


def read_passwords(settings: Settings, service: str) -> dict[str, str]:
    """Return the generated passwords of a service's backing services."""
    try:
        found: dict[str, str] = json.loads((settings.service_dir(service) / "passwords.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def write_passwords(settings: Settings, service: str, passwords: Mapping[str, str]) -> None:
    """Keep the generated passwords of a service, readable by their owner only."""
    if passwords:
        folder = settings.service_dir(service)
        write_files(folder, (PlannedFile("passwords.json", json.dumps(dict(passwords)), 0o600),))


def write_files(folder: Path, files: tuple[PlannedFile, ...]) -> None:
    """Write files into a folder, each whole or not at all, and synced before the journal says so."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in files:
            path = folder / file.path
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, file.mode)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                os.fchmod(out.fileno(), file.mode)
                out.write(file.text)
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
    except PermissionError as error:
        raise NotPermitted(f"cannot write {error.filename}: {error.strerror}", "check its owner") from error
    except OSError as error:
        raise NoCapacity(f"cannot write into {folder}: {error.strerror}", "free some space") from error


def remove_folder(path: str | Path) -> None:
    """Remove a folder of ours; one that is gone is not an error."""
    shutil.rmtree(path, ignore_errors=True)


def build_request(plan: Plan, image: PlannedImage, folder: Path) -> BuildRequest:
    """Return how one image of a plan is built; ``folder`` is the release's."""
    return BuildRequest(
        context=image.context,
        dockerfile=str(folder / image.dockerfile),
        tag=image.tag,
        labels={
            LABEL_SERVICE: plan.service,
            LABEL_RELEASE: str(plan.release),
            LABEL_COMPONENT: image.component,
        },
        args=image.args,
        target=image.target,
    )


def release_of(
    plan: Plan, service: Service, images: tuple[ReleaseImage, ...], folder: Path, now: float
) -> Release:
    """Return the release that a plan and its built images make."""
    main = main_component(plan.detection.components)
    main_ports = plan.ports.get(main.name, ()) if main else ()
    ports = main_ports or next((p for p in plan.ports.values() if p), ())
    return Release(
        id=uuid7(),
        service_id=service.id,
        number=plan.release,
        created=now,
        detection=plan.detection,
        commit=plan.checkout.commit,
        branch=plan.checkout.branch,
        dirty=plan.checkout.dirty,
        images=images,
        compose=plan.compose,
        environment=by_reference(plan.environment),
        folder=str(folder),
        port=ports[0] if ports else 0,
        ports=plan.ports,
    )


def main_component(components: tuple[Component, ...]) -> Component | None:
    """Return the component whose port is the service's address: the first that serves, else the first."""
    serving = (c for c in components if c.kind in ("web", "static"))
    return next(serving, components[0] if components else None)


def stack_of(detection: Detection) -> str:
    """Return ``stack/framework`` of the main component, for lists."""
    main = main_component(detection.components)
    if main is None:
        return ""
    return f"{main.stack}/{main.framework}" if main.framework else main.stack


def address(port: int) -> str:
    """Return the URL of a stable port on this machine, or an empty text for none."""
    return f"http://127.0.0.1:{port}" if port else ""


def image_prefix(service: str) -> str:
    """Return how the tags of a service's images begin."""
    return f"machete/{service}-"


def release_changes(
    live: Release | None,
    detection: Detection,
    checkout: Checkout,
    compose: str,
    environment: Mapping[str, str],
) -> tuple[str, ...]:
    """Return what differs from the live release, a line each."""
    if live is None:
        return ()
    lines = []
    if (live.commit, live.dirty) != (checkout.commit, checkout.dirty) and (live.commit or checkout.commit):
        lines.append(
            f"commit {_commit(live.commit, live.dirty)} -> {_commit(checkout.commit, checkout.dirty)}"
        )
    lines += _component_changes(live.detection, detection)
    before, after = live.environment, by_reference(environment)
    lines += [f"environment: + {name}" for name in sorted(after.keys() - before.keys())]
    lines += [f"environment: - {name}" for name in sorted(before.keys() - after.keys())]
    lines += [
        f"environment: {name} changed"
        for name in sorted(before.keys() & after.keys())
        if before[name] != after[name]
    ]
    changed = compose_lines(live.compose, compose)
    if changed:
        lines.append(f"compose.yml: {changed} line{'s' if changed > 1 else ''} changed")
    return tuple(lines) or ("nothing but the build itself",)


def compose_lines(before: str, after: str) -> int:
    """Return how many lines of two compose texts differ, the release's own number left out."""

    def plain(text: str) -> list[str]:
        return [
            line
            for line in text.splitlines()
            if "io.machete.release" not in line
            and "image: machete/" not in line
            and not line.startswith("# Release ")
        ]

    delta = difflib.ndiff(plain(before), plain(after))
    return sum(1 for line in delta if line[:1] in "+-")


def _commit(sha: str, dirty: bool) -> str:
    return (sha[:8] or "none") + (" (with local changes)" if dirty else "")


def _component_changes(before: Detection, after: Detection) -> list[str]:
    old = {c.name: c for c in before.components}
    new = {c.name: c for c in after.components}
    lines = [f"component {name}: new" for name in new.keys() - old.keys()]
    lines += [f"component {name}: gone" for name in old.keys() - new.keys()]
    for name in sorted(old.keys() & new.keys()):
        for field in ("build_command", "start_command", "port", "health_path", "runtime_version"):
            was, now = getattr(old[name], field), getattr(new[name], field)
            if was != now:
                lines.append(f"{name}: {field.replace('_', ' ')} {was or 'none'} -> {now or 'none'}")
    return lines
