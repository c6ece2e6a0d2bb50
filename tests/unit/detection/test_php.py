from __future__ import annotations

from pathlib import Path

from tests.unit.detection.trees import Files, found, only

LARAVEL: Files = {
    "composer.json": {
        "name": "acme/shop",
        "require": {"php": "^8.2", "laravel/framework": "^12", "ext-gd": "*", "ext-json": "*"},
    },
    "composer.lock": "{}",
    "artisan": "<?php",
    "public/index.php": "<?php",
    "bootstrap/app.php": "<?php return Application::configure()->withRouting(health: '/up')->create();",
    ".env.example": "APP_KEY=\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nQUEUE_CONNECTION=redis\n",
    "package.json": {
        "scripts": {"build": "vite build"},
        "devDependencies": {"vite": "6", "laravel-vite-plugin": "1"},
    },
    "package-lock.json": "{}",
}


def test_laravel(tmp_path: Path) -> None:
    detection = found(tmp_path, LARAVEL)
    (web,) = detection.components
    assert (web.stack, web.framework, web.runtime_version) == ("php", "laravel", "8.4")
    assert (web.port, web.health_path, web.start_command) == (8080, "/up", "")
    assert web.facts == {
        "composer": "1",
        "lock": "composer.lock",
        "docroot": "public",
        "writable": "storage bootstrap/cache",
        "front_controller": "1",
        "extensions": "gd pdo_mysql redis",
        "migrate": "php artisan migrate --force",
        "node_build": "npm run build",
        "node_lock": "package-lock.json",
        "node_version": "22",
    }
    assert "APP_KEY" in web.required_env
    assert [s.kind for s in detection.backing_services] == ["mysql", "redis"]
    assert "DB_HOST" in detection.backing_services[0].variables
    assert detection.name == "shop"


def test_plain_pages(tmp_path: Path) -> None:
    web = only(tmp_path, {"index.php": "<?php new mysqli('h');", "health.php": "ok", "index.html": "<p>"})
    assert (web.stack, web.kind, web.package_manager) == ("php", "web", "")
    assert (web.facts["docroot"], web.health_path) == (".", "/health.php")
    assert web.facts["extensions"] == "mysqli pdo_mysql"


def test_slim_routes_by_its_front_controller(tmp_path: Path) -> None:
    files: Files = {
        "composer.json": {"require": {"slim/slim": "4", "php": "~8.1.0"}},
        "public/index.php": "<?php $app->get('/ping', fn () => 1);",
    }
    web = only(tmp_path, files)
    assert (web.framework, web.runtime_version, web.health_path) == ("slim", "8.1", "/ping")
    assert web.facts["front_controller"] == "1"
