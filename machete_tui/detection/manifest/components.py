"""One component as the manifest wants it: detected from its folder, then overridden field by field."""

from __future__ import annotations

import posixpath

from machete_tui.core.errors import InvalidInput
from machete_tui.core.source import Evidence
from machete_tui.core.yamlsafe import Loaded
from machete_tui.detection import dockerfile as parser
from machete_tui.detection import versions
from machete_tui.detection.draft import CERTAIN, Draft
from machete_tui.detection.families import docker
from machete_tui.detection.folder import Folder
from machete_tui.detection.manifest.model import ComponentModel
from machete_tui.detection.ports import from_command
from machete_tui.detection.stacks import FAMILIES, best
from machete_tui.detection.topology import Topology

SERVED = frozenset({"web", "static"})

OVERRIDES: tuple[tuple[str, str], ...] = (
    ("version", "runtime_version"),
    ("build", "build_command"),
    ("start", "start_command"),
    ("health", "health_path"),
    ("output", "output_dir"),
    ("cpus", "cpus"),
    ("memory", "memory"),
    ("replicas", "replicas"),
    ("pre_deploy", "pre_deploy"),
    ("post_deploy", "post_deploy"),
)
"""(key of the manifest, field of the component) of what is taken over as it stands."""


class Builder:
    """Makes components out of a manifest's entries.

    Args:
        topology: the source.
        file: the manifest's name, for evidence and errors.
        loaded: where its values stand.
    """

    def __init__(self, topology: Topology, file: str, loaded: Loaded) -> None:
        self._topology = topology
        self._file = file
        self._loaded = loaded
        self._paths: list[str] = []

    def component(self, name: str, spec: ComponentModel) -> Draft:
        """Return the draft of one entry; InvalidInput when it does not fit the source."""
        path = posixpath.normpath(spec.path)
        folder = self._topology.view("" if path == "." else path)
        if folder.path and folder.path not in folder.tree.folders:
            raise self._wrong(name, "path", "a folder of the source", repr(spec.path))
        draft = self._detected(folder, spec)
        if draft is None:
            if spec.dockerfile is None and (spec.stack is None or not (spec.start or spec.output)):
                raise self._wrong(
                    name,
                    "path",
                    "a folder whose stack is known, or stack and start, or dockerfile",
                    repr(spec.path),
                )
            draft = Draft(spec.stack or "docker", folder.shown)
            draft.runtime_version = versions.DEFAULTS.get(draft.stack, "")
        draft.name = name
        if spec.dockerfile is not None:
            self._dockerfile(name, draft, folder, spec.dockerfile)
        self._override(name, draft, spec)
        self._kind(name, draft, spec)
        self._environment(name, draft, spec)
        draft.volumes = list(spec.volumes)
        draft.deployable = True
        said = spec.start or spec.dockerfile or spec.output
        draft.confidence = CERTAIN if said or spec.stack else draft.total
        says = [self._says(name, None, f"component {name}")]
        says += [e for e in draft.evidence if e.file == self._file]
        draft.evidence = [*says, *(e for e in draft.evidence if e.file != self._file)]
        self._paths.append(folder.path)
        return draft

    def share_images(self, drafts: list[Draft]) -> None:
        """Let components of one folder and one build share an image."""
        for index, draft in enumerate(drafts):
            draft.facts.pop("image_of", None)
            for earlier in drafts[:index]:
                alike = all(
                    getattr(draft, key) == getattr(earlier, key)
                    for key in ("path", "stack", "dockerfile", "build_command", "runtime_version")
                )
                if alike and "static" not in {draft.kind, earlier.kind}:
                    draft.fact("image_of", earlier.facts.get("image_of", earlier.name))
                    break

    def _detected(self, folder: Folder, spec: ComponentModel) -> Draft | None:
        root = self._topology.workspaces.root_of(folder)
        draft = best(folder, root, alone=True)
        if spec.stack is not None and (draft is None or draft.stack != spec.stack):
            family = next((f for f in FAMILIES if f.stack == spec.stack), None)
            draft = family.describe(folder, root) if family is not None else None
        if spec.dockerfile is not None or spec.build is not None or spec.stack not in {None, "docker"}:
            return draft
        return docker.use(draft, folder)

    def _dockerfile(self, name: str, draft: Draft, folder: Folder, path: str) -> None:
        inner = posixpath.normpath(path)
        if not folder.has(inner):
            raise self._wrong(name, "dockerfile", "a Dockerfile in the component's folder", repr(path))
        parsed = parser.parse(folder.text(inner))
        docker.apply(draft, folder, inner, parsed)
        draft.fact("dockerfile_for", "production")
        draft.fact("dockerfile_why", f"{self._file} names it")
        draft.shows(self._says(name, "dockerfile", f"dockerfile: {path}"))

    def _override(self, name: str, draft: Draft, spec: ComponentModel) -> None:
        for key, attribute in OVERRIDES:
            value = getattr(spec, key)
            if value is None:
                continue
            setattr(draft, attribute, value)
            written = self._loaded.texts.get(("components", name, key), value)
            draft.shows(self._says(name, key, f"{key}: {written}"))
        if spec.build is not None and draft.stack == "node":
            draft.fact("has_build", True)
        if spec.start is not None and draft.facts.get("extra_packages", "") not in spec.start.split():
            draft.facts.pop("extra_packages", None)
        if spec.start is not None and spec.port is None:
            port, variable = from_command(spec.start)
            if port:
                draft.listen(
                    port, f"{self._file} line {self._line(name, 'start')}: the start command", variable
                )
        if spec.port is not None:
            line = self._line(name, "port")
            draft.listen(spec.port, f"{self._file} line {line}", draft.facts.get("port_env", ""))
            draft.shows(self._says(name, "port", f"port: {spec.port}"))

    def _kind(self, name: str, draft: Draft, spec: ComponentModel) -> None:
        if spec.kind is not None:
            draft.kind = spec.kind
            draft.shows(self._says(name, "kind", f"kind: {spec.kind}"))
        elif spec.output is not None:
            draft.kind = "static"
        elif spec.port is not None and draft.kind not in SERVED:
            draft.kind = "web"
        elif spec.start is not None and spec.port is None and not from_command(spec.start)[0]:
            shared = (draft.path if draft.path != "." else "") in self._paths
            if shared or name.startswith(("worker", "scheduler", "cron", "queue", "beat", "consumer")):
                draft.kind = "worker"
        if draft.kind == "static":
            draft.start_command = ""
            draft.health_path = draft.health_path or "/"
            draft.output_dir = draft.output_dir or "."
            if not draft.dockerfile and spec.port is None:
                draft.listen(8080, "the static web server of the image")
        if draft.kind not in SERVED:
            draft.port, draft.port_from, draft.health_path = 0, "", ""
            draft.facts.pop("port_env", None)
        elif not draft.port:
            raise self._wrong(
                name, "port", "the port that it listens on, or kind: worker", "none", missing=True
            )

    def _environment(self, name: str, draft: Draft, spec: ComponentModel) -> None:
        given = {n: v for n, v in spec.env.items() if v is not None}
        asked = [n for n, v in spec.env.items() if v is None]
        draft.environment = given
        draft.env = list(dict.fromkeys([*draft.env, *spec.env]))
        draft.required_env = [n for n in dict.fromkeys([*draft.required_env, *asked]) if n not in given]
        if spec.env:
            draft.shows(self._says(name, "env", f"env: {', '.join(spec.env)}"))

    def _line(self, name: str, key: str | None) -> int:
        place = ("components", name) if key is None else ("components", name, key)
        return self._loaded.line(*place)

    def _says(self, name: str, key: str | None, text: str) -> Evidence:
        return Evidence(self._file, self._line(name, key), text)

    def _wrong(
        self, name: str, key: str, expected: str, found: str, *, missing: bool = False
    ) -> InvalidInput:
        field = f"components.{name}.{key}"
        line = self._line(name, None if missing else key)
        return InvalidInput(
            f"{self._file} line {line}: {field}: expected {expected}, found {found}", field=field
        )
