"""Static sites: plain files, or what a generator makes of them, behind Caddy."""

from __future__ import annotations

from machete_tui.generation import bases, quoting
from machete_tui.generation.recipes import node
from machete_tui.generation.recipes.ground import Ground, Recipe


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a static site."""
    component = ground.component
    generator = ground.fact("generator")
    lock = ground.fact("lock")
    packages = list(component.system_packages)
    values: dict[str, object] = {
        "build": ground.run() if component.build_command else "",
        "image": "",
        "node": None,
        "install": "",
        "manifests": [],
    }
    if generator == "hugo":
        values["image"] = bases.image("debian")
        packages += ["ca-certificates", "hugo"]
    elif generator == "jekyll":
        values["image"] = bases.image("ruby", component.runtime_version)
        values["manifests"] = ground.present([f"{ground.prefix}Gemfile", f"{ground.prefix}Gemfile.lock"])
        packages += ["build-essential", "git"]
        values["install"] = "bundle install" if values["manifests"] else "gem install --no-document jekyll"
    elif generator == "eleventy":
        values["image"] = bases.image("node", component.runtime_version)
        values["node"] = node.install(ground)
        if not ground.has(f"{ground.prefix}package.json"):
            values["install"] = "npm install --global @11ty/eleventy@3"
    elif generator == "mkdocs":
        values["image"] = bases.image("python", component.runtime_version)
        requirements = ground.fact("requirements")
        extra = " ".join(quoting.requirements(ground.fact("extra_packages")))
        listed = f"--requirement {quoting.shell(requirements)}" if requirements else ""
        values["manifests"] = ground.present([ground.prefix + requirements]) if requirements else []
        values["install"] = f"pip install {f'{listed} {extra}'.strip() or 'mkdocs'}"
    elif values["build"]:
        values["image"] = bases.image("node" if lock else "debian")
        values["node"] = node.install(ground) if lock else None
    values["packages"] = quoting.packages(packages)
    ignore = ("README.md", *(node.IGNORE if values["node"] else ()))
    return Recipe("static.j2", values, ignore)
