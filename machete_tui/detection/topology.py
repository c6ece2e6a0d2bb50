"""Which folders of a source are components: the root, workspace members, sub-folders of their own."""

from __future__ import annotations

import re
from dataclasses import replace

from machete_tui.core.errors import InvalidInput
from machete_tui.detection import procfile
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families import docker
from machete_tui.detection.folder import Folder, table
from machete_tui.detection.naming import label, unique
from machete_tui.detection.scan import Tree
from machete_tui.detection.stacks import FAMILIES, best
from machete_tui.detection.workspaces import Workspaces

ASIDE = frozenset(
    {
        *("test", "tests", "__tests__", "e2e", "spec", "cypress", "docs", "doc", "fixtures", "testdata"),
        *("examples", "example", "samples", "sample", "demo", "demos", "benchmark", "benchmarks", "bench"),
        *("scripts", "tools", "tooling", "hack", "ci", "templates", "template", "playground", "stubs"),
        *("extra", "extras", "contrib", "misc", "sandbox", "playgrounds", "storybook"),
    }
)
"""Folders that hold no component of the application, whatever lies in them."""

MAX_COMPONENTS = 30
"""More than this is a catalogue, not an application."""

ROLE_NAMES = {"web": "web", "static": "web", "worker": "worker", "job": "job", "cli": "app"}
"""What a component at the root is called."""

_EXACT = frozenset(m for f in FAMILIES for m in f.manifests if "*" not in m)
_ENDINGS = tuple(m[1:] for f in FAMILIES for m in f.manifests if m.startswith("*"))
_WEAK = frozenset({"manage.py", "config.ru", "_config.yml", "Staticfile", "setup.py"})
_FILES = frozenset({"Dockerfile", "Containerfile"})


class Topology:
    """Finds the components of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.folders = [path for path, names in tree.folders.items() if _is_candidate(names)]
        self.workspaces = Workspaces(Folder(tree))

    def view(self, path: str) -> Folder:
        """Return the view of a folder without what belongs to the candidates below it."""
        head = f"{path}/" if path else ""
        nested = [f for f in self.folders if f.startswith(head) and f != path and self._is_own(f)]
        return Folder(self.tree, path, nested)

    def _is_own(self, path: str) -> bool:
        """Return whether a folder's manifests make it more than a part of a folder above it."""
        return not _strong(self.tree.folders[path]) <= frozenset()

    def find(self) -> list[Draft]:
        """Return the drafts of all components, Procfile processes among them; empty when there is none."""
        root = self.view("")
        top = best(root, None, alone=True)
        sub = self._below(top) or self._members_aside(top)
        top = docker.use(_adopted(top, sub, root), root)
        if top is not None and not top.deployable and not top.dockerfile and not _says_web(root):
            top = None
        if top is not None and sub and not top.dockerfile:
            top = self._root_beside(top, root, sub)
        if top is not None and top.dockerfile:
            sub = [d for d in sub if d.dockerfile]
        drafts = [*([top] if top is not None else []), *sub]
        if any(d.kind in {"web", "static", "worker"} for d in drafts):
            drafts = [d for d in drafts if d.kind != "cli" or d.dockerfile]
        if not drafts:
            drafts = self._loose()
        if len(drafts) > MAX_COMPONENTS:
            raise InvalidInput(
                f"{len(drafts)} components were found: this is a catalogue, not one application",
                f"choose one with --path, for example --path {drafts[0].path}",
                field="SOURCE",
            )
        return self._with_processes(drafts)

    def at(self, path: str) -> Draft | None:
        """Return what a folder is without its Dockerfile; a folder of one application is what that is."""
        folder = self.view(path)
        draft = best(folder, self.workspaces.root_of(folder), alone=True)
        if draft is not None and draft.deployable:
            return draft
        inner = [f for f in self.folders if f.startswith(f"{path}/" if path else "") and f != path]
        return _adopted(draft, self._below(draft, inner), folder)

    def set_aside(self) -> list[str]:
        """Return candidate folders that were passed over for where they stand."""
        return [f for f in self.folders if f and _is_aside(f)]

    def _members_aside(self, top: Draft | None) -> list[Draft]:
        """Return the only workspace member that can be deployed among those passed over for their place."""
        if top is not None and top.deployable:
            return []
        members = [f for f in self.set_aside() if self.workspaces.root_of(Folder(self.tree, f)) is not None]
        drafts = self._below(top, members, aside=True)
        return drafts if len(drafts) == 1 else []

    def _below(
        self, top: Draft | None, folders: list[str] | None = None, *, aside: bool = False
    ) -> list[Draft]:
        drafts: list[Draft] = []
        accepted: list[str] = []
        for path in self.folders if folders is None else folders:
            if not path or (_is_aside(path) and not aside):
                continue
            if path.startswith(tuple(f"{a}/" for a in accepted)):
                continue
            folder = self.view(path)
            weak = not _strong(folder.names)
            if weak and (top is not None or not folder.first(*_WEAK, *_FILES)):
                continue
            root = self.workspaces.root_of(folder)
            draft = docker.use(best(folder, root, alone=weak), folder)
            if draft is None or not (draft.deployable or draft.dockerfile):
                continue
            if (
                draft.kind == "cli"
                and draft.stack == "node"
                and "script" not in draft.facts
                and not draft.dockerfile
            ):
                continue
            accepted.append(path)
            drafts.append(draft)
        return drafts

    def _root_beside(self, top: Draft, root: Folder, sub: list[Draft]) -> Draft | None:
        """Return the root's draft if it is a component beside its sub-folders; absorb what it serves."""
        if self.workspaces.is_root(root) and not top.framework:
            return None
        if not any(root.has(m) for m in _EXACT) and not (top.kind == "web" and top.total >= 60):
            return None
        for draft in list(sub):
            if draft.kind == "static" and _serves(top, root, draft):
                sub.remove(draft)
        return top

    def _loose(self) -> list[Draft]:
        """Look for plain scripts and pages one level down, when nothing else was found."""
        drafts = []
        for path in [p for p in self.tree.folders if p and "/" not in p and not _is_aside(p)]:
            draft = best(Folder(self.tree, path), None, alone=True)
            if draft is not None and draft.deployable and draft.total >= 40:
                drafts.append(draft)
        return drafts

    def _with_processes(self, drafts: list[Draft]) -> list[Draft]:
        found: list[Draft] = []
        taken: list[str] = []
        for draft in drafts:
            folder = Folder(self.tree, draft.path)
            inner = folder.path.rpartition("/")[2]
            parent = folder.path.split("/")[-2] if "/" in folder.path else ""
            processes = procfile.apply(draft, folder)
            wanted = label(inner, "app") if inner else draft.name or ROLE_NAMES[draft.kind]
            draft.name = unique(wanted, taken, parent)
            for process in processes:
                if process is not draft:
                    wanted = f"{inner}-{process.name}" if inner else process.name
                    process.name = unique(label(wanted), taken)
                    process.fact("image_of", draft.name)
                taken.append(process.name)
                found.append(process)
        return found


def _adopted(top: Draft | None, sub: list[Draft], folder: Folder) -> Draft | None:
    """Return what a folder with a Dockerfile but no stack of its own is: its only application's stack."""
    if (top is not None and top.deployable) or not docker.find(folder):
        return top
    mains = [d for d in sub if d.kind in {"web", "static"} and not d.dockerfile] or sub
    if len(mains) != 1 or mains[0].dockerfile:
        return top
    draft = mains[0]
    kept = {k: v for k, v in draft.facts.items() if k == "port_env"}
    return replace(draft, path=folder.shown, facts=kept, name="", build_command="", output_dir="")


def _serves(top: Draft, root: Folder, draft: Draft) -> bool:
    """Return whether the root's own build or code takes in a sub-folder's site."""
    name = re.escape(draft.path)
    scripts = (
        " ".join(map(str, table(root.json("package.json"), "scripts").values()))
        if root.has("package.json")
        else ""
    )
    built = re.search(rf"(--prefix|--cwd|-C|\bcd)[ =](\./)?{name}\b", scripts)
    code = Code(root, (".js", ".mjs", ".cjs", ".ts"))
    shown = code.find(re.compile(rf"[\"'`/.]{name}[\"'`]?\s*[,/]\s*[\"'`]?(build|dist)\b"))
    if shown is None or top.stack != "node":
        return False
    top.shows(code.evidence(shown, f"serves the site of {draft.path}"))
    if not (built and top.build_command):
        build = f"npm install --prefix {draft.path} && npm run build --prefix {draft.path}"
        top.build_command = f"{top.build_command} && {build}" if top.build_command else build
        top.fact("has_build", True)
    return True


def _says_web(folder: Folder) -> bool:
    return bool(procfile.processes(folder)[1])


def _strong(names: set[str]) -> frozenset[str]:
    exact = (_EXACT - _WEAK) & names
    return frozenset({*exact, *(n for n in names if n.endswith(_ENDINGS))})


def _is_candidate(names: set[str]) -> bool:
    return not (_EXACT | _FILES).isdisjoint(names) or any(n.endswith(_ENDINGS) for n in names)


def _is_aside(path: str) -> bool:
    parts = path.split("/")
    if len(parts) > 1 and parts[-2] in {"apps", "services"} and parts[-1] == "docs":
        parts = parts[:-1]
    return any(part in ASIDE or part.startswith(".") for part in parts)
