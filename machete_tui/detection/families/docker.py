"""Existing Dockerfiles: which one is used, whether it is for production and why, what it says."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from machete_tui.core.source import Evidence
from machete_tui.detection import dockerfile as parser
from machete_tui.detection.dockerfile import Dockerfile
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.node_rules import DEVELOPMENT as NODE_DEVELOPMENT
from machete_tui.detection.families.python_rules import DEVELOPMENT as PYTHON_DEVELOPMENT
from machete_tui.detection.folder import Folder, table

NAMES = (
    *("Dockerfile.prod", "Dockerfile.production", "prod.Dockerfile", "production.Dockerfile"),
    *("Dockerfile", "Containerfile", "docker/Dockerfile", "docker/prod/Dockerfile", ".docker/Dockerfile"),
    *("deploy/Dockerfile", "build/Dockerfile", "Dockerfile.dev", "Dockerfile.development", "dev.Dockerfile"),
)
"""Usual names of Dockerfiles, the one most surely for production first."""

PORTS = {"nginx": 80, "httpd": 80, "caddy": 80, "php": 80, "traefik": 80, "tomcat": 8080}
"""Last part of a base image's name -> port it listens on without EXPOSE; php only as ``apache``."""

_TO_BUILD = "which is not in the source: a build must come first"
_DEVELOPMENT = re.compile(
    r"\b(air|cargo watch|dotnet watch|spring-boot:run|quarkus:dev|bin/dev|guard|rerun|reflex)\b"
    r"|sleep infinity|tail -f /dev/null|artisan serve"
)
_SETTING = re.compile(r"^(NODE_ENV|RAILS_ENV|FLASK_ENV|APP_ENV|ASPNETCORE_ENVIRONMENT)$")
_HEALTH_URL = re.compile(r"https?://[^/\s\"'|]+(/[\w./-]*)?")
_RUNS_SCRIPT = re.compile(r"^(?:npm|yarn|pnpm|bun)(?: run)?\s+([\w:-]+)\s*$")


def judge(
    found: Dockerfile, folder: Folder, name: str, target: str = "", context: Folder | None = None
) -> tuple[bool, str, int]:
    """Return whether it is for production, the reason in one line, and the line of the Dockerfile.

    Args:
        found: the Dockerfile.
        folder: where it stands.
        name: its path from there.
        target: stage to build; empty for the last.
        context: folder that it is built from, when that is another.
    """
    stage = found.stage(target)
    if stage is None:
        return False, "it has no FROM", 1
    run = found.last("CMD", target) or found.last("ENTRYPOINT", target)
    said = parser.command(run.text) if run else ""
    line = run.line if run else stage.line
    script = _RUNS_SCRIPT.match(said)
    if script:
        said = str(table(folder.json("package.json"), "scripts").get(script[1], said))
    if any(p.search(said) for p in (NODE_DEVELOPMENT, PYTHON_DEVELOPMENT, _DEVELOPMENT)):
        return False, f"it starts a development command: {said[:80]}", line
    for key, value in parser.settings(found, target).items():
        if _SETTING.match(key) and value.lower() == "development":
            return False, f"it sets {key}=development", stage.line
    if re.search(r"(^|[.-])dev(elopment)?([.-]|$)", name.rpartition("/")[2]) or stage.name in {
        "dev",
        "development",
    }:
        return False, f"its name says development: {stage.name or name}", stage.line
    missing = _missing_copy(found, context or folder, target)
    if missing:
        return False, f"it copies {missing[0]}, {_TO_BUILD}", missing[1]
    copies = any(i.name in {"COPY", "ADD"} for i in found.effective(target))
    fetches = any(
        i.name == "RUN" and re.search(r"git clone|curl|wget|npm i", i.text) for i in found.effective(target)
    )
    if not copies and not fetches and run is not None and folder.names - {name}:
        return False, "it copies nothing of the source: it expects a mount", stage.line
    return True, "it copies the source and starts it without a development command", line


def _missing_copy(found: Dockerfile, folder: Folder, target: str) -> tuple[str, int] | None:
    tree = folder.tree
    for instruction in found.effective(target):
        if instruction.name != "COPY" or "--from=" in instruction.text or "<<" in instruction.text:
            continue
        words = [w for w in instruction.text.split() if not w.startswith("--")]
        if instruction.text.lstrip().startswith("["):
            words = re.findall(r"\"([^\"]+)\"", instruction.text)
        for source in words[:-1]:
            path = source.strip("/").removeprefix("./").rstrip("/")
            if not path or path == "." or "$" in path or path.startswith(".."):
                continue
            full = folder.where(path)
            if any(c in path for c in "*?["):
                head = full.split("*")[0].rpartition("/")[0]
                files = tree.folders.get(full.rpartition("/")[0], set())
                if tree.has_folder(head) and head not in tree.folders:
                    continue
                last = full.rpartition("/")[2]
                several = len(words) > 2
                if several or any(fnmatchcase(n, last) for n in files) or "*" in full.rpartition("/")[0]:
                    continue
                if any(fnmatchcase(f, last) for f in _folders(folder, full.rpartition("/")[0])):
                    continue
                return source, instruction.line
            top = path.split("/")[0]
            inside_skipped = folder.has_folder(top) and folder.where(top) not in tree.folders
            if not (tree.has(full) or tree.has_folder(full) or inside_skipped):
                return source, instruction.line
    return None


def _folders(folder: Folder, parent: str) -> list[str]:
    head = f"{parent}/" if parent else ""
    known = (*folder.tree.folders, *folder.tree.skipped)
    return [p[len(head) :] for p in known if p.startswith(head) and "/" not in p[len(head) :]]


def find(folder: Folder) -> tuple[str, Dockerfile, bool, str, int] | None:
    """Return (name, parsed, for production, why, line) of the Dockerfile that is best used, if any."""
    first: tuple[str, Dockerfile, bool, str, int] | None = None
    for name in NAMES:
        if not folder.has(name):
            continue
        parsed = parser.parse(folder.text(name))
        fit, why, line = judge(parsed, folder, name)
        if fit:
            return name, parsed, True, why, line
        first = first or (name, parsed, False, why, line)
    return first


def use(draft: Draft | None, folder: Folder) -> Draft | None:
    """Return the draft with the folder's Dockerfile in it; without a draft, one of stack ``docker``.

    A Dockerfile for development only leaves its reason, and the draft's own commands stay.
    """
    found = find(folder)
    if found is None:
        return draft
    name, parsed, fit, why, line = found
    context = ""
    if not fit and folder.path and why.endswith(_TO_BUILD):
        root = Folder(folder.tree)
        from_root = judge(parsed, folder, name, context=root)
        if from_root[0]:
            fit, why, line = from_root
            context = root.shown
    if not fit:
        if draft is not None:
            draft.fact("dockerfile_for", "development")
            draft.fact("dockerfile_why", why)
            draft.shows(Evidence(folder.where(name), line, f"not used: {why}"))
            draft.recommendations.append(f"{folder.where(name)} is not used: {why}")
            return draft
        if not parsed.stages:
            folder.tree.warn(f"{folder.where(name)}: no FROM")
            return None
    if draft is None or not draft.deployable:
        known = draft
        draft = Draft("docker", folder.shown, kind="worker")
        if known is not None:
            draft.stack, draft.framework, draft.suggested = known.stack, known.framework, known.suggested
            draft.env, draft.required_env, draft.drivers = known.env, known.required_env, known.drivers
            draft.package_manager, draft.runtime_version = known.package_manager, known.runtime_version
            draft.facts = {k: v for k, v in known.facts.items() if k == "port_env"}
            draft.kind = known.kind
        draft.shows(Evidence(folder.where(name), 0, "Dockerfile"), 0.6)
    apply(draft, folder, name, parsed)
    draft.facts.pop("context", None)
    draft.fact("context", context)
    draft.fact("dockerfile_for", "production" if fit else "development")
    draft.fact("dockerfile_why", why)
    if fit:
        draft.shows(Evidence(folder.where(name), line, f"Dockerfile for production: {why}"), 0.7)
    else:
        draft.doubt(Evidence(folder.where(name), line, f"Dockerfile for development: {why}"), 0.6)
        draft.recommendations.append(f"{folder.where(name)} is for development: {why}")
    return draft


def apply(draft: Draft, folder: Folder, name: str, parsed: Dockerfile, target: str = "") -> None:
    """Take a Dockerfile's own word for ports, user, command and health; the draft's commands go."""
    draft.dockerfile = folder.where(name)
    draft.start_command = draft.build_command = draft.output_dir = ""
    draft.facts.pop("has_build", None)
    draft.fact("stages", " ".join(s.name or str(i) for i, s in enumerate(parsed.stages)))
    draft.fact("target", target)
    user = parsed.last("USER", target)
    draft.fact("user", user.text if user else "")
    if user is None or user.text.split(":")[0] in {"root", "0"}:
        draft.recommendations.append(f"{draft.dockerfile} runs as root: add a USER")
    run = parsed.last("CMD", target)
    start = parsed.last("ENTRYPOINT", target)
    draft.fact("cmd", " ".join(parser.command(i.text) for i in (start, run) if i is not None))
    _port(draft, parsed, target)
    check = parsed.last("HEALTHCHECK", target)
    if check is not None and not check.text.upper().startswith("NONE"):
        draft.fact("healthcheck", True)
        url = _HEALTH_URL.search(check.text)
        if url and not draft.health_path:
            draft.health_path = url[1] or "/"


def _port(draft: Draft, parsed: Dockerfile, target: str) -> None:
    exposed = parser.ports(parsed, target)
    stage = parsed.stage(target)
    base = stage.base if stage else ""
    named = base.rpartition("/")[2].split(":")[0]
    if exposed:
        port, line = exposed[0]
        if draft.port in {p for p, _ in exposed}:
            port, line = next((p, n) for p, n in exposed if p == draft.port)
        variable = draft.facts.get("port_env", "")
        draft.listen(port, f"{draft.dockerfile} line {line}: EXPOSE {port}", variable)
        draft.shows(Evidence(draft.dockerfile, line, f"exposes port {port}"), 0.3)
        if draft.kind not in {"web", "static"}:
            draft.kind = "web"
    elif named in PORTS and (named != "php" or "apache" in base):
        draft.kind = "web"
        draft.listen(PORTS[named], f"default of the image {named}")
    if draft.kind == "static":
        draft.kind = "web"
        if not exposed and named not in PORTS:
            draft.listen(80, "usual of web servers; the Dockerfile exposes none")
