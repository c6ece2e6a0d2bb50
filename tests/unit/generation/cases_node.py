"""Node's package managers and frameworks."""

from __future__ import annotations

from tests.unit.generation.case import APPS, NODE_LOCK, Case, site, web

NODE: tuple[Case, ...] = (
    Case(
        "node-plain",
        (
            web(
                "node",
                "node server.js",
                3000,
                runtime_version="22",
                facts={"lock": "package-lock.json", "port_env": "PORT"},
            ),
        ),
        APPS / "node-express-less",
        folder=True,
    ),
    Case(
        "node-built",
        (
            web(
                "node",
                "node dist/main.js",
                3000,
                build_command="npm run build",
                package_manager="pnpm",
                runtime_version="24",
                system_packages=("openssl", "libvips-dev"),
                volumes=("uploads:/app/uploads",),
                facts={"lock": "pnpm-lock.yaml", "package_manager_version": "9.5.0", "has_build": "1"},
            ),
        ),
        files={"package.json": "{}\n", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "src/main.ts": "\n"},
    ),
    Case(
        "node-prepare",
        (web("node", "node index.js", 3000, facts={"lock": "package-lock.json"}),),
        files=NODE_LOCK,
    ),
    Case(
        "next-standalone",
        (
            web(
                "node",
                "node server.js",
                3000,
                framework="next",
                build_command="npm run build",
                env=("NEXT_PUBLIC_API", "SESSION_KEY"),
                facts={"lock": "package-lock.json", "next_output": "standalone", "has_build": "1"},
            ),
        ),
        files=NODE_LOCK | {"public/robots.txt": "\n", ".dockerignore": "docs\n"},
        order={"environment": {"NEXT_PUBLIC_API": "https://api.example", "SESSION_KEY": "s3cr3t"}},
    ),
    Case(
        "nuxt",
        (
            web(
                "node",
                "node .output/server/index.mjs",
                3000,
                framework="nuxt",
                build_command="yarn run build",
                package_manager="yarn",
                facts={"lock": "yarn.lock", "yarn_berry": "1", "output": ".output", "has_build": "1"},
            ),
        ),
        files={"package.json": "{}\n", "yarn.lock": "__metadata:\n  version: 8\n", ".yarnrc.yml": "\n"},
    ),
    Case(
        "node-workspace",
        (
            web(
                "node",
                "next start",
                3000,
                name="shop",
                path="apps/shop",
                framework="next",
                build_command="npm run build",
                facts={"lock": "package-lock.json", "context": ".", "workspace": "shop", "has_build": "1"},
            ),
        ),
        files={
            "package.json": '{"workspaces": ["apps/*", "packages/*"]}\n',
            "package-lock.json": "{}\n",
            "apps/shop/package.json": "{}\n",
            "packages/ui/package.json": "{}\n",
            "node_modules/x/package.json": "{}\n",
        },
        folder=True,
    ),
    Case(
        "vite-spa",
        (
            site(
                "node",
                "npm run build",
                "dist",
                framework="react",
                env=("VITE_API_URL",),
                facts={"lock": "package-lock.json", "spa": "1", "has_build": "1"},
            ),
        ),
        files=NODE_LOCK | {"index.html": "<!doctype html>\n"},
        order={"environment": {"VITE_API_URL": "https://api.example/v1?a=$b"}},
    ),
)
