"""Go, Java, .NET and Rust."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.detection.trees import Files, found, named, only

GIN = (
    'package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\n r := gin.Default()\n'
    ' r.GET("/healthz", h)\n r.Run()\n}\n'
)


def test_gin(tmp_path: Path) -> None:
    module = (
        "module example.test/team/shop\n\ngo 1.23.4\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n"
        "\tgithub.com/jackc/pgx/v5 v5.7.0\n\tgithub.com/go-sql-driver/mysql v1.8.0 // indirect\n)\n"
    )
    detection = found(tmp_path, {"go.mod": module, "go.sum": "", "main.go": GIN})
    (web,) = detection.components
    assert (web.framework, web.runtime_version, web.port) == ("gin", "1.23", 8080)
    assert web.build_command == 'go build -trimpath -ldflags="-s -w" -o bin/shop .'
    assert (web.start_command, web.health_path) == ("./shop", "/healthz")
    assert web.facts == {"module": "example.test/team/shop", "sum": "1", "main": ".", "binary": "bin/shop"}
    assert [s.kind for s in detection.backing_services] == ["postgres"]


def test_the_server_among_several_main_packages(tmp_path: Path) -> None:
    files: Files = {
        "go.mod": "module example.test/shop\ngo 1.22\n",
        "cmd/migrate/main.go": "package main\nfunc main() {}\n",
        "cmd/server/main.go": 'package main\nfunc main() { http.ListenAndServe(":9090", nil) }\n',
        "internal/x.go": "package internal\n",
    }
    web = only(tmp_path, files)
    assert (web.facts["main"], web.start_command, web.port) == ("./cmd/server", "./server", 9090)
    assert any("cmd/migrate" in e.shows for e in web.evidence)


def test_go_reads_its_port_and_needs_cgo(tmp_path: Path) -> None:
    files: Files = {
        "go.mod": "module m\ngo 1.24\nrequire github.com/mattn/go-sqlite3 v1.14.0\n",
        "main.go": 'package main\nfunc main() {\n port := os.Getenv("PORT")\n'
        ' if port == "" { port = "7000" }\n'
        ' http.ListenAndServe(":"+port, nil)\n}\n',
    }
    web = only(tmp_path, files)
    assert (web.port, web.facts["port_env"], web.facts["cgo"]) == (7000, "PORT", "1")


def test_a_go_library_is_no_component(tmp_path: Path) -> None:
    from machete_tui.core.errors import InvalidInput

    with pytest.raises(InvalidInput):
        found(tmp_path, {"go.mod": "module m\ngo 1.24\n", "m.go": "package m\n"})


POM = """<project>
  <parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId></parent>
  <artifactId>shop</artifactId>
  <properties><java.version>17</java.version></properties>
  <dependencies>
    <dependency><artifactId>spring-boot-starter-web</artifactId></dependency>
    <dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency>
    <dependency><artifactId>postgresql</artifactId></dependency>
  </dependencies>
</project>
"""
MAIN = "class App {\n  public static void main(String[] a) {}\n}\n"


def test_spring_boot_by_maven(tmp_path: Path) -> None:
    files: Files = {
        "pom.xml": POM,
        "mvnw": "#!/bin/sh",
        "src/main/java/App.java": MAIN,
        "src/main/resources/application.properties": "server.port=${PORT:5000}\napp.key=${APP_SECRET}\n",
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert (web.stack, web.framework, web.package_manager, web.runtime_version) == (
        "java",
        "spring-boot",
        "maven",
        "17",
    )
    assert (web.build_command, web.start_command) == (
        "./mvnw -B -DskipTests package",
        "java -jar app.jar",
    )
    assert (web.port, web.facts["port_env"], web.health_path) == (5000, "PORT", "/actuator/health")
    assert (web.facts["tool"], web.facts["jar"], web.facts["layout"]) == ("maven", "target/*.jar", "fat-jar")
    assert web.required_env == ("APP_SECRET",)
    (db,) = detection.backing_services
    assert db.variables[0] == "SPRING_DATASOURCE_URL"
    assert detection.name == "shop"


def test_gradle_with_kotlin_dsl_and_the_application_plugin(tmp_path: Path) -> None:
    files: Files = {
        "settings.gradle.kts": 'rootProject.name = "tool"',
        "build.gradle.kts": "plugins { java\n application }\n"
        "java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\n"
        'application { mainClass = "x.App" }',
        "src/main/java/x/App.java": MAIN,
    }
    cli = only(tmp_path, files)
    assert (cli.kind, cli.runtime_version, cli.facts["kotlin_dsl"]) == ("cli", "21", "1")
    assert (cli.facts["layout"], cli.start_command) == ("distribution", "bin/tool")
    assert cli.build_command == "gradle --no-daemon installDist -x test"
    assert cli.facts["main_class"] == "x.App"


def test_the_application_module_of_a_maven_build(tmp_path: Path) -> None:
    modules = "<modules><module>core</module><module>app</module></modules>"
    files: Files = {
        "pom.xml": f"<project><packaging>pom</packaging>{modules}</project>",
        "core/pom.xml": "<project><artifactId>core</artifactId></project>",
        "core/src/main/java/C.java": "class C {}",
        "app/pom.xml": POM,
        "app/src/main/java/App.java": MAIN,
    }
    detection = found(tmp_path, files)
    assert list(named(detection)) == ["app"]
    app = named(detection)["app"]
    assert (app.facts["context"], app.facts["module"]) == (".", "app")
    assert app.build_command == "mvn -B -DskipTests -f ../pom.xml -pl app -am package"


def test_aspnet(tmp_path: Path) -> None:
    files: Files = {
        "src/Shop/Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup>'
        "<TargetFramework>net8.0</TargetFramework></PropertyGroup><ItemGroup>"
        '<PackageReference Include="Npgsql" Version="8" />'
        '<ProjectReference Include="..\\Core\\Core.csproj" /></ItemGroup></Project>',
        "src/Shop/Program.cs": 'app.MapHealthChecks("/healthz");',
        "src/Core/Core.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
        "tests/Shop.Tests/Shop.Tests.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    }
    detection = found(tmp_path, files)
    assert list(named(detection)) == ["shop"]
    (web,) = detection.components
    assert (web.stack, web.framework, web.runtime_version) == ("dotnet", "aspnetcore", "8.0")
    assert (web.port, web.health_path, web.start_command) == (8080, "/healthz", "dotnet Shop.dll")
    assert web.build_command == "dotnet publish Shop.csproj -c Release -o publish"
    assert web.facts["context"] == "src"
    assert web.facts["references"] == "src/Core/Core.csproj"
    assert [s.kind for s in detection.backing_services] == ["postgres"]


def test_axum_and_its_toolchain(tmp_path: Path) -> None:
    files: Files = {
        "Cargo.toml": '[package]\nname = "shop-api"\n[dependencies]\naxum = "0.8"\n'
        'sqlx = { version = "0.8", features = ["postgres", "runtime-tokio"] }\nopenssl = "0.10"\n',
        "Cargo.lock": "",
        "rust-toolchain.toml": '[toolchain]\nchannel = "1.82.0"\n',
        "src/main.rs": 'let app = Router::new().route("/health", get(h));\n'
        'let l = TcpListener::bind("127.0.0.1:4000").await;\nlet k = env::var("API_KEY").unwrap();\n'
        'let o = env::var("LEVEL").unwrap_or_default();\n',
    }
    detection = found(tmp_path, files)
    (web,) = detection.components
    assert (web.framework, web.runtime_version, web.port, web.health_path) == (
        "axum",
        "1.82",
        4000,
        "/health",
    )
    assert web.build_command == "cargo build --release --locked --bin shop-api"
    assert (web.start_command, web.facts["binary"]) == ("./shop-api", "target/release/shop-api")
    assert web.facts["bind"] == "loopback"
    assert web.required_env == ("API_KEY",)
    assert web.system_packages == ("libssl3", "libssl-dev", "pkg-config")
    assert [s.kind for s in detection.backing_services] == ["postgres"]


def test_a_cargo_workspace(tmp_path: Path) -> None:
    files: Files = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
        "Cargo.lock": "",
        "crates/lib/Cargo.toml": '[package]\nname = "lib"\n',
        "crates/lib/src/lib.rs": "",
        "crates/web/Cargo.toml": '[package]\nname = "web"\n[dependencies]\nactix-web = "4"\n',
        "crates/web/src/main.rs": 'HttpServer::new(f).bind(("0.0.0.0", 8081))',
    }
    web = only(tmp_path, files)
    assert (web.path, web.facts["context"], web.port) == ("crates/web", ".", 8081)
    assert web.build_command == "cargo build --release --locked -p web --bin web"
