"""PHP: Composer's packages, built assets, and Apache that answers as an ordinary user."""

from __future__ import annotations

import json
import re

from machete_tui.core.errors import InvalidInput
from machete_tui.generation import bases
from machete_tui.generation.recipes import node
from machete_tui.generation.recipes.ground import Ground, Recipe

EXTENSIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "bcmath": ((), "php-bcmath"),
    "calendar": ((), ""),
    "dba": ((), ""),
    "exif": ((), ""),
    "ffi": (("libffi-dev",), ""),
    "gettext": ((), ""),
    "gd": (("libfreetype6-dev", "libjpeg62-turbo-dev", "libpng-dev", "libwebp-dev"), "php-gd"),
    "gmp": (("libgmp-dev",), "php-gmp"),
    "intl": (("libicu-dev",), "php-intl"),
    "ldap": (("libldap2-dev",), "php-ldap"),
    "mysqli": ((), "php-mysql"),
    "opcache": ((), ""),
    "pcntl": ((), ""),
    "pdo_mysql": ((), "php-mysql"),
    "pdo_pgsql": (("libpq-dev",), "php-pgsql"),
    "pgsql": (("libpq-dev",), "php-pgsql"),
    "soap": (("libxml2-dev",), "php-soap"),
    "shmop": ((), ""),
    "sockets": ((), ""),
    "sysvmsg": ((), ""),
    "sysvsem": ((), ""),
    "sysvshm": ((), ""),
    "tidy": (("libtidy-dev",), "php-tidy"),
    "xsl": (("libxslt1-dev",), "php-xml"),
    "zip": (("libzip-dev",), "php-zip"),
}
"""Extension -> Debian packages that compiling it needs, and Debian's own package of it.

The first is for the official image, which compiles; the second for a base image made from Debian's packages.
Extensions that the official image already has are not listed; any other is taken from PECL by its name.
"""

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a PHP component."""
    component = ground.component
    wanted = ground.words("extensions")
    compiled = [name for name in wanted if name in EXTENSIONS]
    pecl = [name for name in wanted if name not in EXTENSIONS]
    if wrong := next((name for name in wanted if not _NAME.match(name)), ""):
        raise InvalidInput(f"{wrong[:40]!r} is not a PHP extension", "", field="extensions")
    composer = bool(ground.fact("composer"))
    docroot = ground.fact("docroot") or "."
    assets = ground.fact("node_build")
    values: dict[str, object] = {
        "image": bases.image("php", component.runtime_version),
        "composer_image": bases.image("composer") if composer else "",
        "manifests": ground.present(
            [f"{ground.prefix}{n}" for n in ("composer.json", ground.fact("lock")) if n]
        ),
        "packagist": bool(ground.fact("lock")) or _requires_packages(ground),
        "docroot": f"{ground.workdir}/{docroot}" if docroot != "." else ground.workdir,
        "front": bool(ground.fact("front_controller")),
        "writable": ground.words("writable"),
        "compiled": compiled,
        "pecl": pecl,
        "libraries": sorted({lib for name in compiled for lib in EXTENSIONS[name][0]}),
        "debian": sorted({p for n in compiled if (p := EXTENSIONS[n][1])} | {f"php-{n}" for n in pecl}),
        "build": ground.run(),
        "assets": assets,
        "web": component.kind == "web" and not component.start_command,
    }
    if assets:
        values |= {"node_image": bases.image("node", ground.fact("node_version"))}
        values["node"] = node.install(ground, "node_lock")
    return Recipe("php.j2", values, ("**/vendor", *(node.IGNORE if assets else ())))


def _requires_packages(ground: Ground) -> bool:
    """Return whether composer.json requires more than PHP itself and its extensions."""
    try:
        data = json.loads(ground.read(f"{ground.prefix}composer.json") or "{}")
    except ValueError:
        return True
    required = data.get("require") if isinstance(data, dict) else None
    return not isinstance(required, dict) or any("/" in name for name in required)
