"""Node: its frameworks, development commands and native modules, as tables."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import ComponentKind


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of Node.

    Attributes:
        name: as shown.
        packages: any of these among the dependencies means it.
        kind: what it makes.
        port: its default.
        build: its build command when package.json has no ``build`` script.
        start: its production command when no script has one; ``{main}`` is the entry file.
        output: folder of the built site, kind static.
        weight: how surely the dependency means it.
    """

    name: str
    packages: tuple[str, ...]
    kind: ComponentKind = "web"
    port: int = 3000
    build: str = ""
    start: str = ""
    output: str = ""
    weight: float = 0.6


META: tuple[Framework, ...] = (
    Framework("next", ("next",), build="next build", start="next start"),
    Framework("nuxt", ("nuxt", "nuxt3"), build="nuxt build", start="node .output/server/index.mjs"),
    Framework(
        "remix",
        ("@remix-run/serve", "@remix-run/node", "@remix-run/dev"),
        build="remix vite:build",
        start="remix-serve ./build/server/index.js",
    ),
    Framework(
        "react-router",
        ("@react-router/serve", "@react-router/node"),
        build="react-router build",
        start="react-router-serve ./build/server/index.js",
    ),
    Framework("sveltekit", ("@sveltejs/kit",), build="vite build", start="node build"),
    Framework("astro", ("astro",), "static", 4321, "astro build", "node ./dist/server/entry.mjs", "dist"),
    Framework("solidstart", ("@solidjs/start",), build="vinxi build", start="node .output/server/index.mjs"),
    Framework(
        "tanstack-start",
        ("@tanstack/react-start", "@tanstack/solid-start", "@tanstack/start"),
        build="vite build",
        start="node .output/server/index.mjs",
    ),
    Framework("gatsby", ("gatsby",), "static", 9000, "gatsby build", "", "public"),
    Framework("docusaurus", ("@docusaurus/core",), "static", 3000, "docusaurus build", "", "build"),
    Framework("vitepress", ("vitepress",), "static", 3000, "vitepress build", "", ".vitepress/dist"),
    Framework("angular", ("@angular/core",), "static", 4200, "ng build", "", "dist"),
)
"""Frameworks that bring their own build and server; they win over the libraries that they stand on."""

SERVERS: tuple[Framework, ...] = (
    Framework("nestjs", ("@nestjs/core",), build="nest build", start="node dist/main"),
    Framework(
        "adonisjs", ("@adonisjs/core",), port=3333, build="node ace build", start="node build/bin/server.js"
    ),
    Framework("strapi", ("@strapi/strapi",), port=1337, build="strapi build", start="strapi start"),
    Framework("fastify", ("fastify",)),
    Framework("hono", ("hono",)),
    Framework("koa", ("koa",)),
    Framework("hapi", ("@hapi/hapi",)),
    Framework("express", ("express",)),
    Framework("polka", ("polka",)),
    Framework("restify", ("restify",)),
    Framework("elysia", ("elysia",)),
    Framework("apollo", ("@apollo/server", "apollo-server"), port=4000),
    Framework("socket.io", ("socket.io",)),
)
"""Servers that an application of its own makes use of."""

BUNDLERS: tuple[Framework, ...] = (
    Framework("vue-cli", ("@vue/cli-service",), "static", 8080, "vue-cli-service build", "", "dist"),
    Framework("create-react-app", ("react-scripts",), "static", 3000, "react-scripts build", "", "build"),
    Framework("vite", ("vite",), "static", 5173, "vite build", "", "dist"),
    Framework("parcel", ("parcel",), "static", 1234, "parcel build", "", "dist", 0.5),
    Framework("webpack", ("webpack",), "static", 8080, "webpack --mode production", "", "dist", 0.3),
)
"""Builders of sites that a static server shows."""

LIBRARIES = ("preact", "react", "vue", "svelte", "solid-js", "lit", "@builder.io/qwik")
"""Front-end libraries; a bundled site is called by the one it uses."""

ELSEWHERE = (
    "expo",
    "react-native",
    "electron",
    "@nativescript/core",
    "@capacitor/core",
    "wrangler",
    "vscode",
)
"""Packages of what does not run in a container of its own: phones, desktops, editors, edge platforms."""

WORKERS = ("bullmq", "bull", "amqplib", "kafkajs", "agenda", "node-cron", "bee-queue", "nats", "mqtt")
"""Packages of background work."""

DEVELOPMENT = re.compile(
    r"\b(nodemon|ts-node-dev|tsnd|node-dev|webpack-dev-server|webpack serve|ng serve|ng start|next dev"
    r"|nuxt dev|nuxi dev|react-scripts start|vue-cli-service serve|gatsby develop|gatsby serve|astro dev"
    r"|astro preview|remix dev|react-router dev|vite dev|vite serve|vite preview|svelte-kit dev|parcel serve"
    r"|ember serve|docusaurus start|vitepress dev|live-server|browser-sync|turbo dev|tsx watch|nest start"
    r"|strapi develop|expo start|electron|storybook|concurrently|lite-server|wrangler dev|serverless offline"
    r"|docker|eleventy --serve)\b"
    r"|--watch\b|--hot\b|--inspect\b|(?:^|&&\s*)vite\s*(?:--|$|&&)|(?:^|&&\s*)(?:parcel|nuxt)\s+(?!build)\S*\.html"
    r"|\becho\b.*\bexit 1"
)
"""Commands that watch, reload or serve for development: never what runs in production."""

SCRIPTS = ("start:prod", "start:production", "prod", "production", "serve:prod", "start", "serve", "server")
"""Scripts of package.json that may start it in production, in order."""

ENTRIES = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "src/", "server/", "bin/", "lib/", "app/")
    for name in ("server", "index", "app", "main", "www", "worker", "bot")
    for ending in ("js", "mjs", "cjs", "ts", "mts")
)
"""Usual names of the main file, in order."""

SYSTEM_PACKAGES: dict[str, tuple[str, ...]] = {
    "@prisma/client": ("openssl",),
    "prisma": ("openssl",),
    "puppeteer": ("chromium", "fonts-liberation"),
    "puppeteer-core": ("chromium",),
    "canvas": (
        *("libcairo2", "libpango-1.0-0", "libpangocairo-1.0-0", "libgif7", "librsvg2-2", "libjpeg62-turbo"),
        *("libcairo2-dev", "libpango1.0-dev", "libgif-dev", "librsvg2-dev", "libjpeg-dev", "g++", "make"),
    ),
    "bcrypt": ("g++", "make"),
    "argon2": ("g++", "make"),
    "sqlite3": ("g++", "make"),
    "better-sqlite3": ("g++", "make"),
    "fluent-ffmpeg": ("ffmpeg",),
    "gm": ("graphicsmagick",),
}
"""Dependency -> Debian packages; those of modules that may have to be compiled among them."""

FRONT_END = re.compile(
    r"\b(laravel-vite-plugin|laravel-mix|@rails/|@symfony/webpack-encore|vite-plugin-ruby|esbuild-rails)"
)
"""Packages that only build assets for a server of another language."""
