"""What a manifest says, laid over what detection found; the manifest wins."""

from __future__ import annotations

from pathlib import Path

from machete_tui.core import yamlsafe
from machete_tui.core.errors import NotPermitted
from machete_tui.core.secrets import is_secret
from machete_tui.core.source import BackingService, Detection, Evidence
from machete_tui.core.yamlsafe import Loaded
from machete_tui.detection import backing, pipeline
from machete_tui.detection.draft import Draft
from machete_tui.detection.manifest.components import Builder
from machete_tui.detection.manifest.model import Manifest, ServiceModel
from machete_tui.detection.manifest.read import read
from machete_tui.detection.manifest.values import KINDS
from machete_tui.detection.pipeline import Found
from machete_tui.detection.topology import Topology


def detect_with(topology: Topology, file: str, *, source: str, name: str) -> Detection:
    """Return the detection of a source with a manifest; InvalidInput when the manifest is wrong."""
    manifest, loaded = read(_bytes(topology, file), file)
    if manifest.components:
        builder = Builder(topology, file, loaded)
        found = Found([builder.component(n, spec) for n, spec in manifest.components.items()])
        builder.share_images(found.drafts)
    else:
        found = pipeline.scanned(topology)
    found.has_manifest = True
    found.name = manifest.name or ""
    _services(found, manifest, file, loaded)
    _main(found, manifest, file, loaded)
    _advise(found, file)
    return pipeline.finish(topology, found, source=source, name=name)


def _bytes(topology: Topology, file: str) -> bytes:
    """Return the manifest's bytes, one more than is accepted at most, so that a large one is refused."""
    try:
        with Path(topology.tree.root, file).open("rb") as stream:
            return stream.read(yamlsafe.LIMIT + 1)
    except OSError as error:
        raise NotPermitted(f"{file} cannot be read: {error.strerror}", field=file) from error


def _services(found: Found, manifest: Manifest, file: str, loaded: Loaded) -> None:
    if manifest.services is None:
        return
    line = loaded.line("services")
    if found.compose_files:
        found.recommendations.append(
            f"{file} line {line}: services are those of {found.compose_files[0]}; remove them here"
        )
        return
    known = {s.kind: s for s in backing.collect(found.drafts)}
    found.services_given = True
    found.services = []
    listed = loaded.data.get("services")
    order = list(listed) if isinstance(listed, (list, dict)) else []
    for name in order:
        given: ServiceModel = getattr(manifest.services, name) or ServiceModel(version=None)
        kind = KINDS[name]
        other = known.get(kind)
        place = ("services", order.index(name)) if isinstance(listed, list) else ("services", name)
        why = Evidence(file, loaded.line(*place), f"services: {name}")
        names = tuple(given.env) or (other.variables if other else backing.DEFAULT_VARIABLES[kind])
        evidence = (why, *(other.evidence if other else ()))
        called = other.name if other else _name(kind, order)
        found.services.append(BackingService(kind, called, evidence, names, True, given.version or ""))
        if other is None:
            for draft in found.drafts:
                if _reads(draft, names):
                    draft.needs(kind, why)
    for kind in list(known):
        if kind not in {s.kind for s in found.services}:
            for draft in found.drafts:
                draft.drivers.pop(kind, None)


def _name(kind: str, order: list[str]) -> str:
    both = {"postgres", "mysql"} <= {KINDS[n] for n in order}
    return kind if both and kind in {"postgres", "mysql"} else backing.NAMES[KINDS[kind]]


def _reads(draft: Draft, names: tuple[str, ...]) -> bool:
    """Return whether a component is to be tied to a service that no driver of its own shows."""
    return bool({*draft.env, *draft.required_env} & {*names}) or (not draft.env and draft.kind != "static")


def _main(found: Found, manifest: Manifest, file: str, loaded: Loaded) -> None:
    """Give the main component what stands at the manifest's top level."""
    if not found.drafts:
        return
    main = next((d for d in found.drafts if d.kind == "web"), found.drafts[0])
    main.volumes += [v for v in manifest.volumes if v not in main.volumes]
    for key in ("pre_deploy", "post_deploy"):
        command = getattr(manifest, key)
        if command and not (manifest.components and main.name in manifest.components and getattr(main, key)):
            setattr(main, key, command)
            main.shows(Evidence(file, loaded.line(key), f"{key}: {command}"))


def _advise(found: Found, file: str) -> None:
    for draft in found.drafts:
        secrets = [n for n, v in draft.environment.items() if v and is_secret(n, v)]
        if secrets:
            found.recommendations.append(
                f"{file} holds {', '.join(secrets)} of {draft.name} in clear: leave the value empty there"
                " and give it with --env-file"
            )
