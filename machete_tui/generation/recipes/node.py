"""Node: installs by each package manager, Next's and Nuxt's own outputs, sites that are only built."""

from __future__ import annotations

import json
import posixpath
import re

from machete_tui.core.errors import InvalidInput
from machete_tui.core.frozen import dataclass
from machete_tui.generation import bases
from machete_tui.generation.recipes.ground import Ground, Recipe

IGNORE = ("**/node_modules", "**/.npm", "**/.pnpm-store", "**/npm-debug.log*", "**/.turbo", "**/coverage")

_PUBLIC = re.compile(r"(VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|PUBLIC|GATSBY|VUE_APP|EXPO_PUBLIC)_\w+\Z")
"""Variables that a bundler writes into what browsers get: public by their nature, needed at build time."""

_VERSION = re.compile(r"\d+(\.\d+){0,2}([-.\w]*)\Z")


_BERRY = ((6, "3.8.7"), (8, "4.12.0"))
"""Format of a lock file up to -> the last Yarn that leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Manager:
    """A package manager's own ways.

    Attributes:
        name: npm, pnpm, yarn, bun.
        tool: npm package that brings it, empty when the image has it.
        cache: folder that is kept between builds.
        everything: command that installs development dependencies too.
        production: command that installs without them.
        prune: command that drops them from what is installed; empty when none is safe.
    """

    name: str
    tool: str
    cache: str
    everything: str
    production: str
    prune: str


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Node component."""
    component = ground.component
    values = install(ground)
    manager = values["manager"]
    assert isinstance(manager, Manager)
    build = ground.run()
    arguments = [name for name in (*component.env, *sorted(ground.environment)) if _PUBLIC.match(name)]
    needs_tool = bool(manager.tool) and ground.first_word() in (manager.name, f"{manager.name}x", "npx")
    standalone = ground.fact("next_output") == "standalone"
    only = ground.fact("output")
    keep = bool(ground.fact("keep_dev"))
    values |= {
        "image": bases.image("node", component.runtime_version),
        "build": build,
        "arguments": tuple(dict.fromkeys(arguments)),
        "run_with_tool": needs_tool,
        "prune": "" if keep or not build or ground.fact("prisma") or ground.inside else manager.prune,
        "keep": keep,
        "bins": ":".join(f"{folder}/node_modules/.bin" for folder in dict.fromkeys((ground.workdir, "/app"))),
        "prisma": posixpath.join(ground.inside, "prisma") if ground.fact("prisma") else "",
        "standalone": standalone,
        "public": standalone and ground.has(f"{ground.prefix}public"),
        "only": only,
        "hostname": component.framework in ("next", "nextjs", "nuxt"),
        "drop_prepare": not build and not keep and _has_prepare(ground),
    }
    ignore = list(IGNORE)
    if build:
        ignore += ["**/.next", "**/.nuxt", "**/.output"]
        if component.output_dir and component.output_dir != ".":
            ignore.append(f"{ground.prefix}{component.output_dir}")
    # A bundler writes these settings into what browsers get; the image of a site holds nothing else of it.
    settings = ("**/.env.production",) if component.kind == "static" else ()
    return Recipe("node.j2", values, tuple(ignore), settings, tuple(dict.fromkeys(arguments)))


def install(ground: Ground, lock_key: str = "lock") -> dict[str, object]:
    """Return what installing needs: the manager, whether there is anything, and the manifests."""
    manager = _manager(ground, ground.fact(lock_key))
    groups: list[tuple[list[str], str]] = []
    top = [
        "package.json",
        ground.fact(lock_key),
        ".npmrc",
        ".yarnrc.yml",
        ".yarnrc",
        "pnpm-workspace.yaml",
        "bunfig.toml",
    ]
    found = ground.present([name for name in top if name])
    if found:
        groups.append((found, "./"))
    if ground.inside or ground.fact("workspace"):
        for path in ground.members(("package.json",)):
            if parent := posixpath.dirname(path):
                groups.append(([path], f"./{parent}/"))
    for name in ground.words("patches"):
        if ground.has(f"{ground.prefix}{name}"):
            groups.append(([f"{ground.prefix}{name}"], f"./{ground.prefix}{name}"))
    return {"manager": manager, "manifests": groups, "install": bool(found) and "package.json" in found}


def _manager(ground: Ground, lock: str) -> Manager:
    component = ground.component
    name = component.package_manager
    if name not in ("npm", "pnpm", "yarn", "bun"):
        name = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}.get(
            lock, "npm"
        )
    version = ground.fact("package_manager_version")
    if version and not _VERSION.match(version):
        raise InvalidInput(
            f"{version[:40]!r} is not a version of {name}", "", field="package_manager_version"
        )
    if name == "pnpm":
        frozen = " --frozen-lockfile" if lock else ""
        store = "--store-dir /pnpm"
        return Manager(
            "pnpm",
            f"pnpm@{version or '10'}",
            "/pnpm",
            f"pnpm install{frozen} {store}",
            f"pnpm install --prod{frozen} {store}",
            "CI=true pnpm prune --prod",
        )
    if name == "yarn" and (ground.fact("yarn_berry") or version.split(".")[0] not in ("", "0", "1")):
        immutable = " --immutable" if lock else ""
        focus = "yarn workspaces focus --all --production"
        return Manager(
            "yarn",
            f"@yarnpkg/cli-dist@{version if version.count('.') == 2 else _berry(ground, lock)}",
            "/yarn",
            f"yarn install{immutable}",
            focus,
            focus,
        )
    if name == "yarn":
        frozen = " --frozen-lockfile" if lock else ""
        every = f"yarn install{frozen} --non-interactive --cache-folder /yarn"
        return Manager(
            "yarn",
            f"yarn@{version or '1.22.22'}",
            "/yarn",
            every,
            f"{every} --production",
            f"{every} --production --ignore-scripts",
        )
    if name == "bun":
        frozen = " --frozen-lockfile" if lock else ""
        return Manager(
            "bun",
            f"bun@{version or '1'}",
            "/root/.bun/install/cache",
            f"bun install{frozen}",
            f"bun install --production{frozen}",
            f"rm -rf node_modules && bun install --production{frozen}",
        )
    verb = "npm ci" if lock in ("package-lock.json", "npm-shrinkwrap.json") else "npm install"
    quiet = "--no-audit --no-fund"
    return Manager(
        "npm",
        "",
        "/root/.npm",
        f"{verb} {quiet}",
        f"{verb} --omit=dev {quiet}",
        f"npm prune --omit=dev {quiet}",
    )


def _berry(ground: Ground, lock: str) -> str:
    """Return the Yarn that leaves a lock file of this format as it is; another would have to change it."""
    found = re.search(r"^__metadata:\s+version: (\d+)", ground.read(lock), re.MULTILINE) if lock else None
    number = int(found[1]) if found else 99
    return next((version for most, version in _BERRY if number <= most), "4")


def _has_prepare(ground: Ground) -> bool:
    """Return whether package.json has a ``prepare`` script: it is for developers and needs their tools."""
    try:
        data = json.loads(ground.read("package.json") or "{}")
    except ValueError:
        return False
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return isinstance(scripts, dict) and "prepare" in scripts
