"""PHP, Go, Ruby, Java, .NET and Rust."""

from __future__ import annotations

from machete_tui.core.source import BackingService
from tests.unit.generation.case import APPS, NODE_LOCK, POSTGRES, REDIS, Case, web

LANGUAGES: tuple[Case, ...] = (
    Case(
        "php-plain",
        (
            web(
                "php",
                runtime_version="8.4",
                facts={"composer": "1", "docroot": "public", "front_controller": "1"},
            ),
        ),
        APPS / "php-plain",
        folder=True,
    ),
    Case(
        "laravel",
        (
            web(
                "php",
                framework="laravel",
                runtime_version="8.3",
                facts={
                    "composer": "1",
                    "lock": "composer.lock",
                    "docroot": "public",
                    "front_controller": "1",
                    "extensions": "pdo_mysql gd intl redis",
                    "writable": "storage bootstrap/cache",
                    "node_build": "npm run build",
                    "node_lock": "package-lock.json",
                    "node_version": "22",
                },
                env=("APP_KEY", "DB_HOST"),
            ),
        ),
        files=NODE_LOCK | {"composer.json": "{}\n", "composer.lock": "{}\n", "public/index.php": "\n"},
        backing=(
            BackingService(
                "mysql",
                "db",
                variables=(
                    "DB_CONNECTION",
                    "DB_HOST",
                    "DB_PORT",
                    "DB_DATABASE",
                    "DB_USERNAME",
                    "DB_PASSWORD",
                ),
            ),
        ),
        strategy="compose",
        order={"passwords": {"MYSQL_PASSWORD": "p@ss/word", "MYSQL_ROOT_PASSWORD": "root"}},
    ),
    Case(
        "php-root",
        (web("php", facts={"docroot": "."}),),
        files={"index.php": "<?php\n"},
    ),
    Case(
        "go-http",
        (
            web(
                "go",
                "./go-http",
                runtime_version="1.22",
                build_command='go build -trimpath -ldflags="-s -w" -o bin/go-http .',
                facts={"main": ".", "binary": "bin/go-http", "port_env": "PORT"},
            ),
        ),
        APPS / "go-http",
        folder=True,
    ),
    Case(
        "go-workspace",
        (
            web(
                "go",
                "./api",
                name="api",
                path="services/api",
                build_command="go build -o bin/api ./cmd/api",
                facts={
                    "context": ".",
                    "work": "1",
                    "sum": "1",
                    "cgo": "1",
                    "binary": "bin/api",
                    "assets": "templates",
                },
                env=("DATABASE_URL",),
            ),
        ),
        files={
            "go.work": "go 1.24\n",
            "services/api/go.mod": "module api\n",
            "services/api/go.sum": "\n",
            "services/api/templates/x.html": "\n",
            "lib/go.mod": "module lib\n",
        },
        backing=(POSTGRES,),
        strategy="compose",
    ),
    Case(
        "ruby-sinatra",
        (
            web(
                "ruby",
                "bundle exec puma -b tcp://0.0.0.0:4567",
                4567,
                facts={"server": "puma", "rackup": "config.ru"},
            ),
        ),
        APPS / "ruby-sinatra",
        folder=True,
    ),
    Case(
        "rails",
        (
            web(
                "ruby",
                "bundle exec puma -C config/puma.rb",
                3000,
                framework="rails",
                build_command="SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile",
                system_packages=("libpq5", "libpq-dev", "gcc", "make"),
                facts={
                    "lock": "Gemfile.lock",
                    "port_env": "PORT",
                    "node_lock": "yarn.lock",
                    "node_version": "22",
                },
            ),
        ),
        files={
            "Gemfile": "\n",
            "Gemfile.lock": "PLATFORMS\n  x86_64-linux\n",
            "package.json": "{}\n",
            "yarn.lock": "\n",
        },
        backing=(POSTGRES, REDIS),
        strategy="compose",
    ),
    Case(
        "java-maven",
        (
            web(
                "java",
                "java -jar app.jar",
                build_command="mvn -B -DskipTests package",
                runtime_version="21",
                facts={"tool": "maven", "jar": "target/*.jar", "layout": "fat-jar"},
            ),
        ),
        APPS / "java-maven",
        folder=True,
    ),
    Case(
        "spring-gradle",
        (
            web(
                "java",
                "java -jar app.jar",
                framework="spring-boot",
                build_command="./gradlew --no-daemon bootJar -x test",
                runtime_version="17",
                facts={"tool": "gradle", "wrapper": "1", "jar": "build/libs/*.jar"},
            ),
        ),
        files={"build.gradle": "\n", "gradlew": "\n"},
        backing=(
            BackingService(
                "mysql",
                "db",
                variables=(
                    "SPRING_DATASOURCE_URL",
                    "SPRING_DATASOURCE_USERNAME",
                    "SPRING_DATASOURCE_PASSWORD",
                ),
                version="8",
            ),
            BackingService("mongodb", "mongo", variables=("SPRING_DATA_MONGODB_URI",)),
        ),
        strategy="compose",
    ),
    Case(
        "quarkus",
        (
            web(
                "java",
                "java -jar quarkus-run.jar",
                framework="quarkus",
                build_command="mvn -B -DskipTests package",
                facts={"tool": "maven", "layout": "quarkus-fast-jar", "jar": "target/*.jar"},
            ),
        ),
        files={"pom.xml": "\n"},
    ),
    Case(
        "dotnet-web",
        (
            web(
                "dotnet",
                "dotnet DotnetWeb.dll",
                framework="aspnetcore",
                runtime_version="8.0",
                build_command="dotnet publish DotnetWeb.csproj -c Release -o publish",
                facts={"project": "DotnetWeb.csproj", "assembly": "DotnetWeb", "sdk": "web"},
            ),
        ),
        APPS / "dotnet-web",
        folder=True,
    ),
    Case(
        "dotnet-solution",
        (
            web(
                "dotnet",
                "dotnet Api.dll",
                name="api",
                path="src/Api",
                facts={
                    "project": "Api.csproj",
                    "sdk": "web",
                    "context": ".",
                    "solution": "1",
                    "references": "src/Lib/Lib.csproj",
                },
                env=("ConnectionStrings__Default",),
            ),
        ),
        files={
            "Directory.Build.props": "\n",
            "src/Api/Api.csproj": "\n",
            "src/Lib/Lib.csproj": "\n",
        },
        backing=(BackingService("postgres", "db", variables=("ConnectionStrings__Default",), version="18"),),
        strategy="compose",
    ),
    Case(
        "rust-http",
        (
            web(
                "rust",
                "./rust-http",
                build_command="cargo build --release --locked --bin rust-http",
                facts={"binary": "target/release/rust-http", "lock": "Cargo.lock", "package": "rust-http"},
            ),
        ),
        APPS / "rust-http",
        folder=True,
    ),
)
