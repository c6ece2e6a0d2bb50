""".NET: project files of C# and F#; ASP.NET Core, workers, console programs."""

from __future__ import annotations

import posixpath
import re

from machete_tui.core.source import ComponentKind, Evidence
from machete_tui.detection import backing
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.folder import Folder

SDKS: dict[str, tuple[str, ComponentKind]] = {
    "Microsoft.NET.Sdk.Web": ("web", "web"),
    "Microsoft.NET.Sdk.BlazorWebAssembly": ("razor", "static"),
    "Microsoft.NET.Sdk.Worker": ("worker", "worker"),
    "Microsoft.NET.Sdk": ("console", "cli"),
}
"""SDK of a project -> (its name in the facts, what it makes)."""

SHARED = ("Directory.Build.props", "Directory.Packages.props", "nuget.config", "NuGet.Config", "global.json")
"""Files above a project that building it reads."""

_SDK = re.compile(r"<Project\s+[^>]*Sdk=\"([^\";/]+)")
_FRAMEWORK = re.compile(r"<TargetFrameworks?>\s*([^<]+?)\s*</TargetFrameworks?>")
_ASSEMBLY = re.compile(r"<AssemblyName>\s*([\w.-]+)\s*</AssemblyName>")
_OUTPUT = re.compile(r"<OutputType>\s*(\w+)\s*</OutputType>", re.IGNORECASE)
_PACKAGE = re.compile(r"<PackageReference\s+[^>]*Include=\"([\w.-]+)\"")
_REFERENCE = re.compile(r"<ProjectReference\s+[^>]*Include=\"([^\"]+)\"")
_TEST = re.compile(r"Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true|xunit|NUnit|MSTest", re.IGNORECASE)
_BUILDER = re.compile(r"Include=\"(?:Bullseye|Cake\.\w+|Nuke\.Common|BenchmarkDotNet)\"")
_STAYS = re.compile(r"BackgroundService|IHostedService|while\s*\(\s*true|Host\.CreateApplicationBuilder")
_CONNECTION = re.compile(r"\"ConnectionStrings\"\s*:\s*\{([^}]*)\}")


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with a project file."""
    projects = sorted(n for n in folder.names if n.endswith((".csproj", ".fsproj", ".vbproj")))
    if not projects:
        return None
    project = projects[0]
    text = folder.text(project)
    draft = Draft("dotnet", folder.shown, package_manager="nuget")
    draft.suggested = project.rpartition(".")[0]
    draft.shows(folder.evidence(project, "project of .NET"), 0.7)
    sdk = _SDK.search(text)
    name, kind = SDKS.get(sdk[1] if sdk else "", ("console", "cli"))
    if sdk:
        draft.shows(folder.evidence(project, f"SDK {sdk[1]}", sdk[0]), 0.6)
    draft.kind = kind
    draft.fact("sdk", name)
    draft.fact("project", project)
    draft.entry = project
    assembly = _ASSEMBLY.search(text)
    draft.fact("assembly", assembly[1] if assembly else draft.suggested)
    _framework(draft, folder, project, text)
    code = Code(folder, (".cs", ".fs"))
    output = _OUTPUT.search(text)
    if name == "console":
        if (
            _TEST.search(text)
            or _BUILDER.search(text)
            or not output
            or output[1].lower() not in {"exe", "winexe"}
        ):
            draft.deployable = False
        draft.kind = "worker" if code.find(_STAYS) else "cli"
    if name == "web":
        draft.framework = "aspnetcore"
    if draft.kind == "static":
        draft.framework, draft.output_dir = "blazor", "publish/wwwroot"
        draft.listen(8080, "the static web server of the image")
        draft.fact("spa", True)
        draft.health_path = "/"
    draft.build_command = f"dotnet publish {project} -c Release -o publish"
    draft.start_command = "" if draft.kind == "static" else f"dotnet {draft.facts['assembly']}.dll"
    _context(draft, folder, text)
    backing.need_drivers(
        draft,
        ((m[1], folder.evidence(project, f"depends on {m[1]}", m[0])) for m in _PACKAGE.finditer(text)),
    )
    finish(draft, code, 8080, "default of ASP.NET Core's images")
    _settings(draft, folder)
    return draft


def _framework(draft: Draft, folder: Folder, project: str, text: str) -> None:
    found = _FRAMEWORK.search(text)
    source, where = found, (folder, project)
    if not found:
        for place in _above(folder):
            if place.has("Directory.Build.props"):
                source = _FRAMEWORK.search(place.text("Directory.Build.props"))
                where = (place, "Directory.Build.props")
                if source:
                    break
    names = source[1].split(";") if source else []
    numbers = [m for n in names if (m := re.fullmatch(r"net(?:coreapp)?(\d+\.\d+)(?:-\w+)?", n.strip()))]
    if numbers:
        best = max(numbers, key=lambda m: float(m[1]))
        draft.fact("framework", best[0])
        version(draft, where[0], [(where[1], best[1], best[0])])
    else:
        version(draft, folder, [])


def _above(folder: Folder) -> list[Folder]:
    parts = folder.path.split("/") if folder.path else []
    return [Folder(folder.tree, "/".join(parts[:n])) for n in range(len(parts) - 1, -1, -1)]


def _context(draft: Draft, folder: Folder, text: str) -> None:
    """Set the build context to the nearest folder that holds all that the project refers to."""
    references: list[str] = []
    queue = [(folder.path, text)]
    while queue and len(references) < 50:
        base, content = queue.pop(0)
        for match in _REFERENCE.finditer(content):
            path = posixpath.normpath(posixpath.join(base, match[1].replace("\\", "/")))
            if path in references or path.startswith("..") or not folder.tree.has(path):
                continue
            references.append(path)
            queue.append((path.rpartition("/")[0], folder.tree.read(path) or ""))
    draft.fact("references", " ".join(references))
    outside = [p for p in references if not p.startswith(f"{folder.path}/" if folder.path else "")]
    shared = [p for p in _above(folder) if p.first(*SHARED)]
    tops = [p.rpartition("/")[0] for p in outside] + [p.path for p in shared]
    if tops:
        common = posixpath.commonpath([f"/{t}" for t in (*tops, folder.path)]).lstrip("/")
        draft.fact("context", common or ".")
        draft.fact("solution", bool(shared))


def _settings(draft: Draft, folder: Folder) -> None:
    name = folder.first("appsettings.json")
    found = _CONNECTION.search(folder.text(name)) if name else None
    for key, value in re.findall(r"\"(\w+)\"\s*:\s*\"([^\"]*)\"", found[1]) if found else ():
        if draft.drivers:
            draft.env.append(f"ConnectionStrings__{key}")
            draft.shows(Evidence(name, folder.line(name, f'"{key}"'), f"connection string {key}"))
        elif "Data Source=" in value and ".db" in value:
            draft.recommendations.append(
                "the database is SQLite: give it a volume, or its data goes with the container"
            )


FAMILY = Family("dotnet", ("*.csproj", "*.fsproj", "*.vbproj"), (), describe)
