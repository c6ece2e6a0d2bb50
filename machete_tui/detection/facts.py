"""What each stack's Dockerfile template may ask of ``Component.facts``: every key, and what it means.

Rules for all of them:

* A key that is absent means "no" or "not known"; a flag's value is ``"1"``.
* Paths use forward slashes and are relative to ``Component.path``; ``context`` alone is relative to the
  source's root.
* ``build_command`` comes after the dependencies are installed and does not install them. It runs in the
  component's folder.
* ``start_command`` runs in the image's working directory. That directory has the same layout as the
  component's folder, but a compiled ``binary`` stands in it under its base name (``./server``), a Java
  ``jar`` stands in it as ``app.jar``; and where the build makes a folder to be run, that folder's content
  is the working directory: ``publish`` of .NET (``dotnet Shop.dll``), ``target/quarkus-app`` or
  ``build/quarkus-app`` (``java -jar quarkus-run.jar``), ``build/install/NAME`` (``bin/NAME``). It has no
  variables unless the source's own Procfile or manifest has them, so that it can be written in exec form;
  with shell syntax in it (``$``, ``&&``, ``|``, ``;``) it needs ``sh -c``.
* ``start_command`` is empty when the image's own command is right: ``static`` components, PHP behind a
  web server, existing Dockerfiles, images of a compose file.
* With ``dockerfile`` set, commands are there only when the manifest or a Procfile says them; then they
  stand in place of the image's own.
* The image's PATH has what the package manager installed: ``node_modules/.bin`` of the component and of
  ``context``, the virtual environment's ``bin``, so that ``next start`` and ``gunicorn …`` are found.
* ``system_packages`` go into the final image; those ending in ``-dev`` and compilers (``gcc``, ``g++``,
  ``make``, ``pkg-config``, ``git``) are for the build stage only.
* ``port`` is what the process listens on inside its container. Where ``port_env`` is there, the code
  takes the number from that variable, so the image must set it to ``port``.
* A ``static`` kind, of whatever stack, is served by the static web server's image on 8080.
"""

from __future__ import annotations

COMMON: dict[str, str] = {
    "context": "folder, relative to the source's root, that the image must be built from, when that is not"
    " the component's own folder (workspace members need the root's lock file; a compose service may say so)",
    "workspace": "name of this member in its workspace (`npm --workspace NAME`, `cargo -p NAME`)",
    "image_of": "name of another component of the same folder and build: only the command differs (Procfile"
    " worker), so one image serves both; everything else is filled in here too",
    "port_env": "name of the variable that the code reads its port from (`PORT`)",
    "bind": "`loopback` when the code binds to 127.0.0.1 only: nobody outside the container can reach it",
}
"""Keys that any stack may have."""

_NODE: dict[str, str] = {
    "lock": "lock file that installs must follow: `package-lock.json`, `npm-shrinkwrap.json`,"
    " `pnpm-lock.yaml`, `yarn.lock`, `bun.lock`, `bun.lockb`; absent = none; it lies in `context` if given",
    "package_manager_version": "exact version from `packageManager`, or the lock file's major (`9.5.0`, `9`)",
    "yarn_berry": "flag: Yarn 2 or later (`yarn install --immutable`)",
    "has_build": "flag: `build_command` is not empty and needs the development dependencies",
    "has_dependencies": "flag: package.json lists runtime dependencies",
    "npmrc": "flag: an .npmrc lies beside package.json and must be there when installing",
    "patches": "folders that installing reads besides manifests, space-separated (`patches`, `prisma`)",
    "prisma": "folder of the Prisma schema: `npx prisma generate` comes before the build",
    "keep_dev": "flag: `start_command` runs a tool that is only a development dependency (`tsx`)",
    "typescript": "flag: sources are TypeScript",
    "next_output": "`standalone` or `export` when next.config says so",
    "output": "folder that alone is needed at run time (Nuxt and Nitro `.output`), node_modules not included",
    "spa": "flag, kind static: unknown paths are answered with index.html",
    "script": "name of the package.json script that `start_command` was taken from, if any",
}

_PYTHON: dict[str, str] = {
    "requirements": "file that lists the dependencies: `requirements.txt`, `requirements/production.txt`,"
    " `pyproject.toml`, `Pipfile`, `setup.py`, `setup.cfg`; absent = none",
    "lock": "`uv.lock`, `poetry.lock`, `Pipfile.lock`, `pdm.lock`; absent = none; it lies in `context`"
    " if given",
    "installable": "flag: the project itself is a package (has a build system) and must be installed",
    "extra_packages": "packages to install beyond the listed ones because `start_command` needs them and they"
    " are not among them, space-separated (`gunicorn`)",
    "interface": "`wsgi` or `asgi`",
    "app": "import path of the application object (`app:app`, `shop.wsgi:application`)",
    "server": "program that serves it: `gunicorn`, `uvicorn`, `hypercorn`, `daphne`, `waitress`, `granian`",
    "settings": "Django's settings module (`shop.settings`)",
    "collectstatic": "flag: Django collects static files (already in `build_command`)",
    "migrate": "command that migrates the database, for the operator to choose as pre-deploy",
    "compiles": "flag: a dependency is commonly built from source, so the build stage needs a compiler",
}

_PHP: dict[str, str] = {
    "docroot": "folder that the web server shows: `public`, `web`, `.`",
    "composer": "flag: composer.json is there",
    "lock": "`composer.lock`; absent = none",
    "extensions": "PHP extensions that are needed beyond the ones in the base image, space-separated"
    " (`pdo_mysql gd intl`)",
    "front_controller": "flag: unknown paths go to index.php in `docroot`",
    "writable": "folders that the application writes to, space-separated (`storage bootstrap/cache`, `var`)",
    "node_build": "command that builds front-end assets with Node (`npm run build`)",
    "node_lock": "lock file for that, as in node's `lock`",
    "node_version": "Node version for that",
}

_GO: dict[str, str] = {
    "main": "package with func main, as go build takes it (`.`, `./cmd/api`)",
    "binary": "path of the executable that `build_command` makes (`bin/api`)",
    "module": "module path of go.mod",
    "sum": "flag: go.sum is there",
    "vendor": "flag: a vendor folder holds the dependencies",
    "cgo": "flag: needs CGO_ENABLED=1 and a C compiler",
    "assets": "folders and files read at run time from the working directory, space-separated"
    " (`templates static`)",
    "work": "flag: a go.work at `context` joins several modules",
}

_RUBY: dict[str, str] = {
    "lock": "`Gemfile.lock`; absent = none",
    "bundler_version": "from BUNDLED WITH",
    "rackup": "`config.ru` when it is there",
    "server": "`puma`, `unicorn`, `falcon`, `thin`, `webrick`",
    "puma_config": "puma's configuration file (`config/puma.rb`)",
    "extra_packages": "gems that `start_command` needs and the Gemfile lacks, space-separated (`puma`)",
    "assets": "flag: Rails precompiles assets (already in `build_command`)",
    "bootsnap": "flag: bootsnap is among the gems",
    "migrate": "command that migrates the database, for the operator to choose as pre-deploy",
    "node_lock": "lock file of JavaScript packages that assets need, as in node's `lock`",
    "node_version": "Node version for that",
}

_JAVA: dict[str, str] = {
    "tool": "`maven` or `gradle`",
    "wrapper": "flag: mvnw or gradlew is there with its wrapper jar or properties",
    "jar": "glob of the jar that runs (`target/*.jar`, `build/libs/*.jar`); the image has it as app.jar",
    "layout": "`fat-jar` (all in one), `quarkus-fast-jar` (folder `target/quarkus-app`), `war`, or"
    " `distribution` (gradle installDist)",
    "module": "module of a multi-module build that holds the application (`-pl MODULE -am`, `:MODULE:`)",
    "kotlin_dsl": "flag: build.gradle.kts",
    "main_class": "class with main, where the build file names it",
}

_DOTNET: dict[str, str] = {
    "project": "project file (`src/Shop/Shop.csproj`)",
    "assembly": "name of the assembly without .dll",
    "framework": "target framework (`net8.0`)",
    "sdk": "`web`, `worker`, `razor` or `console`",
    "solution": "flag: shared files above the project (Directory.Build.props, Directory.Packages.props,"
    " nuget.config, global.json) lie at `context`",
    "references": "project files that it refers to, relative to the source's root, space-separated",
}

_RUST: dict[str, str] = {
    "binary": "path of the executable after the build (`target/release/api`); with `context` it lies there",
    "lock": "`Cargo.lock`; absent = none",
    "package": "package that holds it",
    "assets": "folders read at run time from the working directory, space-separated (`templates static`)",
    "toolchain_file": "`rust-toolchain.toml` or `rust-toolchain`",
}

_STATIC: dict[str, str] = {
    "generator": "`hugo`, `jekyll`, `eleventy`, `mkdocs`, or absent for plain files",
    "spa": "flag: unknown paths are answered with index.html",
    "lock": "lock file, for generators that are packages of Node, Python or Ruby",
    "requirements": "file of Python requirements (mkdocs)",
    "extra_packages": "packages to install when none are listed, space-separated (`mkdocs`)",
}

_DOCKER: dict[str, str] = {
    "dockerfile_for": "`production` or `development`: the judgement on the existing Dockerfile",
    "dockerfile_why": "its reason in one line",
    "target": "stage to build; absent = the last",
    "user": "USER of that stage; absent = root",
    "stages": "names of the stages in order, space-separated; a number for one without a name",
    "healthcheck": "flag: it has a HEALTHCHECK",
    "cmd": "its own command, for people",
}

COMPOSE: dict[str, str] = {
    "compose_service": "name of the service in the compose file",
    "image": "image reference when nothing is built",
    "compose_build": "flag: the compose file builds it",
    "profiles": "its compose profiles, space-separated; without one it always starts",
}
"""Keys of components that come from an existing compose file, whatever their stack."""

FACTS: dict[str, dict[str, str]] = {
    "node": _NODE,
    "python": _PYTHON,
    "php": _PHP,
    "go": _GO,
    "ruby": _RUBY,
    "java": _JAVA,
    "dotnet": _DOTNET,
    "rust": _RUST,
    "static": _STATIC,
    "docker": _DOCKER,
}
"""Stack -> key -> meaning."""


def known(stack: str) -> frozenset[str]:
    """Return every key that a component of ``stack`` may have."""
    return frozenset({*COMMON, *COMPOSE, *_DOCKER, *FACTS.get(stack, {})})
