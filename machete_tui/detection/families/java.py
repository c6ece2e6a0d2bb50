"""Java: Maven and Gradle; Spring Boot, Quarkus, Micronaut, plain programs."""

from __future__ import annotations

import re

from machete_tui.core.frozen import dataclass
from machete_tui.core.source import Evidence
from machete_tui.detection import backing, versions
from machete_tui.detection.code import Code
from machete_tui.detection.draft import Draft
from machete_tui.detection.families.base import Family, finish, version
from machete_tui.detection.folder import Folder

GRADLE = ("build.gradle", "build.gradle.kts")
CONFIGS = tuple(
    f"src/main/resources/application{profile}.{ending}"
    for profile in ("", "-prod", "-production")
    for ending in ("properties", "yml", "yaml")
)
"""Where frameworks keep settings."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework of Java: text of the build file that means it, how it is laid out, where health is."""

    name: str
    marks: tuple[str, ...]
    layout: str = "fat-jar"
    health: tuple[tuple[str, str], ...] = ()
    kind_marks: tuple[str, ...] = ()


FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        "quarkus",
        ("io.quarkus",),
        "quarkus-fast-jar",
        (("quarkus-smallrye-health", "/q/health"),),
        (
            "quarkus-rest",
            "quarkus-resteasy",
            "quarkus-vertx-http",
            "quarkus-reactive-routes",
            "quarkus-undertow",
        ),
    ),
    Framework(
        "micronaut",
        ("io.micronaut",),
        health=(("micronaut-management", "/health"),),
        kind_marks=("micronaut-http-server",),
    ),
    Framework(
        "spring-boot",
        ("org.springframework.boot",),
        health=(("spring-boot-starter-actuator", "/actuator/health"),),
        kind_marks=(
            "starter-web",
            "starter-webflux",
            "starter-jersey",
            "starter-webmvc",
            "starter-thymeleaf",
        ),
    ),
    Framework("helidon", ("io.helidon",)),
    Framework("javalin", ("io.javalin",)),
    Framework("vertx", ("io.vertx",)),
    Framework("dropwizard", ("io.dropwizard",)),
)
"""In order: the first that the build file names is it."""

_ARTIFACT = re.compile(r"<artifactId>\s*([\w.-]+)\s*</artifactId>|[\"'][\w.-]+:([\w.-]+)(?::[^\"']*)?[\"']")
_MAVEN_VERSION = re.compile(
    r"<(?:java\.version|maven\.compiler\.release|maven\.compiler\.source|maven\.compiler\.target|release|jdk\.version)>"
    r"\s*(?:1\.)?(\d+)"
)
_GRADLE_VERSION = re.compile(
    r"JavaLanguageVersion\.of\(\s*(\d+)|JavaVersion\.VERSION_(?:1_)?(\d+)"
    r"|(?:source|target)Compatibility\s*=\s*[\"']?(?:1\.)?(\d+)|jvmToolchain\(\s*(\d+)"
)
_PARENT = re.compile(r"<parent>.*?</parent>", re.DOTALL)
_SECTIONS = re.compile(
    r"<(parent|dependencies|build|profiles|dependencyManagement|properties|modules)>.*?</\1>", re.DOTALL
)
_NAME = re.compile(r"<artifactId>\s*([\w.-]+)")
_MODULE = re.compile(r"<module>\s*([\w./-]+)\s*</module>")
_PACKAGING = re.compile(r"<packaging>\s*(\w+)\s*</packaging>")
_MAIN_CLASS = re.compile(
    r"<(?:mainClass|exec\.mainClass|start-class)>\s*([\w.]+)|mainClass(?:Name)?\s*(?:=|\.set\()\s*[\"']([\w.]+)"
)
_MAIN = re.compile(r"\bpublic\s+static\s+void\s+main\s*\(|^fun\s+main\s*\(", re.MULTILINE)
_SERVES = re.compile(
    r"HttpServer\.create\(|Javalin\.create|ServerSocket\(|\.createHttpServer\(|Undertow\.builder"
)
_STAYS = re.compile(r"\bwhile\s*\(\s*true|@Scheduled|@KafkaListener|@RabbitListener|\.subscribe\(")
_PLUGIN = re.compile(
    r"maven-(?:shade|assembly)-plugin|com\.github\.johnrengelman\.shadow|com\.gradleup\.shadow"
)


def describe(folder: Folder, root: Folder | None) -> Draft | None:
    """Draft the component of a folder with pom.xml or build.gradle."""
    build = folder.first("pom.xml", *GRADLE)
    if not build:
        return None
    text = folder.text(build)
    tool = "maven" if build == "pom.xml" else "gradle"
    draft = Draft("java", folder.shown, package_manager=tool)
    draft.fact("tool", tool)
    draft.fact("kotlin_dsl", build.endswith(".kts"))
    draft.shows(folder.evidence(build, f"manifest of Java, built by {tool}"), 0.7)
    home = root or folder
    wrapper = "mvnw" if tool == "maven" else "gradlew"
    draft.fact("wrapper", home.has(wrapper))
    if tool == "maven" and folder.first(*GRADLE):
        draft.doubt(folder.evidence(folder.first(*GRADLE), "Gradle's build file beside Maven's"), 0.9)
        draft.recommendations.append("pom.xml and a Gradle build file are both there: Maven is used")
    code = Code(folder, (".java", ".kt", *(c.rpartition("/")[2] for c in CONFIGS)))
    _named(draft, folder, build, text)
    _versions(draft, folder, home, build, text)
    _framework(draft, folder, root, build, text)
    _commands(draft, folder, root, text, wrapper)
    _kind(draft, folder, build, text, code)
    artifacts = _artifacts(folder, build, text)
    backing.need_drivers(draft, artifacts)
    finish(draft, code, 8080)
    _settings(draft, folder)
    return draft


def _named(draft: Draft, folder: Folder, build: str, text: str) -> None:
    if build == "pom.xml":
        own = _NAME.search(_SECTIONS.sub("", text))
        draft.suggested = own[1] if own else ""
        if _MODULE.search(text) and not folder.has_folder("src/main"):
            draft.deployable = False
        packaging = _PACKAGING.search(text)
        if packaging and packaging[1] == "pom":
            draft.deployable = False
        draft.fact("layout", "war" if packaging and packaging[1] == "war" else "")
        return
    settings = folder.first("settings.gradle", "settings.gradle.kts")
    found = re.search(r"rootProject\.name\s*=\s*[\"']([\w.-]+)", folder.text(settings)) if settings else None
    draft.suggested = found[1] if found else ""
    if not folder.has_folder("src/main"):
        draft.deployable = False


def _artifacts(folder: Folder, build: str, text: str) -> list[tuple[str, Evidence]]:
    found: dict[str, Evidence] = {}
    for match in _ARTIFACT.finditer(text):
        name = match[1] or match[2]
        line = text.count("\n", 0, match.start()) + 1
        found.setdefault(name, Evidence(folder.where(build), line, f"depends on {name}"))
    return list(found.items())


def _versions(draft: Draft, folder: Folder, home: Folder, build: str, text: str) -> None:
    asked: list[tuple[str, str, str]] = []
    pattern = _MAVEN_VERSION if build == "pom.xml" else _GRADLE_VERSION
    if found := pattern.search(text):
        asked.append((build, next(g for g in found.groups() if g), found[0]))
    for place in (folder, home):
        if place.has("system.properties"):
            line = re.search(r"java\.runtime\.version\s*=\s*(\d+)", place.text("system.properties"))
            asked.append(("system.properties", line[1] if line else "", "java.runtime"))
        if place.has(".java-version"):
            asked.append((".java-version", place.text(".java-version").strip(), ""))
        if place.has(".tool-versions"):
            tool = versions.tool_version(place.text(".tool-versions"), "java")
            number = re.search(r"\d+", tool)
            asked.append((".tool-versions", number[0] if number else "", "java"))
        shared = place.first("pom.xml", *GRADLE)
        if place is not folder and shared:
            own = _MAVEN_VERSION if shared == "pom.xml" else _GRADLE_VERSION
            if found := own.search(place.text(shared)):
                asked.append((shared, next(g for g in found.groups() if g), found[0]))
    usable = [(f, v, n) for f, v, n in asked if v]
    version(draft, folder if usable and folder.has(usable[0][0]) else home, usable)
    if draft.runtime_version.isdecimal() and int(draft.runtime_version) < 8:
        draft.runtime_version = "8"


def _framework(draft: Draft, folder: Folder, root: Folder | None, build: str, text: str) -> None:
    texts = [(folder, build, text)]
    if root is not None and (shared := root.first("pom.xml", *GRADLE)):
        texts.append((root, shared, root.text(shared)))
    for place, name, content in texts:
        for framework in FRAMEWORKS:
            mark = next((m for m in framework.marks if m in content), "")
            if mark and (place is folder or "plugin" in content):
                draft.framework = framework.name
                draft.shows(place.evidence(name, f"names {mark}", mark), 0.6)
                for artifact, path in framework.health:
                    if artifact in text:
                        draft.health_path = path
                        draft.shows(folder.evidence(build, f"{artifact} answers {path}", artifact), 0.1)
                if "layout" not in draft.facts:
                    draft.fact("layout", framework.layout)
                return


def _commands(draft: Draft, folder: Folder, root: Folder | None, text: str, wrapper: str) -> None:
    tool = draft.facts["tool"]
    named = _MAIN_CLASS.search(text)
    draft.fact("main_class", next((g for g in named.groups() if g), "") if named else "")
    if (
        tool == "gradle"
        and not draft.framework
        and not _PLUGIN.search(text)
        and re.search(r"[\"'`\s(]application[\"'`\s)]", text)
    ):
        draft.facts["layout"] = "distribution"
    draft.facts.setdefault("layout", "fat-jar")
    layout = draft.facts["layout"]
    draft.fact("jar", "target/*.jar" if tool == "maven" else "build/libs/*.jar")
    if layout == "war":
        draft.fact("jar", "target/*.war" if tool == "maven" else "build/libs/*.war")
    module = ""
    if root is not None:
        draft.fact("context", root.shown)
        module = folder.path.removeprefix(root.path).strip("/")
        draft.fact("module", module)
    up = "../" * len(module.split("/")) if module else "./"
    run = f"{up}{wrapper}" if "wrapper" in draft.facts else {"maven": "mvn", "gradle": "gradle"}[tool]
    if tool == "maven":
        draft.build_command = f"{run} -B -DskipTests package"
        if module:
            draft.build_command = f"{run} -B -DskipTests -f {up}pom.xml -pl {module} -am package"
    else:
        task = {"spring-boot": "bootJar", "quarkus": "build"}.get(draft.framework, "build")
        task = "installDist" if layout == "distribution" else "shadowJar" if _PLUGIN.search(text) else task
        draft.build_command = f"{run} --no-daemon {task} -x test"
    draft.start_command = "java -jar app.jar"
    if layout == "quarkus-fast-jar":
        draft.start_command = "java -jar quarkus-run.jar"
    elif layout == "distribution":
        draft.start_command = f"bin/{draft.suggested or folder.path.rpartition('/')[2] or 'app'}"


def _kind(draft: Draft, folder: Folder, build: str, text: str, code: Code) -> None:
    framework = next((f for f in FRAMEWORKS if f.name == draft.framework), None)
    main = code.find(_MAIN)
    if main is not None:
        draft.entry = main.file
        draft.shows(code.evidence(main, "main method"), 0.4)
    elif draft.framework != "quarkus":
        draft.deployable = draft.deployable and draft.facts["layout"] == "war"
    serves = code.find(_SERVES)
    if framework is not None and framework.kind_marks:
        web = any(m in text for m in framework.kind_marks) or serves is not None
    else:
        web = framework is not None or serves is not None or draft.facts["layout"] == "war"
    if web:
        draft.kind = "web"
        if serves is not None:
            draft.shows(code.evidence(serves, "serves HTTP"), 0.3)
    else:
        draft.kind = "worker" if code.find(_STAYS) else "cli"


def _settings(draft: Draft, folder: Folder) -> None:
    for name in CONFIGS:
        if not folder.has(name):
            continue
        text = folder.text(name)
        for found in re.finditer(r"jdbc:(\w+):|mongodb(?:\+srv)?://|rediss?://", text):
            kind = backing.SCHEMES.get(found[1] or found[0].split(":")[0])
            if kind:
                draft.needs(kind, folder.evidence(name, f"connects to {kind}", found[0]))
        base = re.search(
            r"^(?:server\.servlet\.context-path|spring\.webflux\.base-path)\s*[=:]\s*(/\S+)", text, re.M
        )
        if base and draft.health_path and not draft.health_path.startswith(base[1]):
            draft.health_path = f"{base[1].rstrip('/')}{draft.health_path}"


FAMILY = Family("java", ("pom.xml", *GRADLE), (), describe)
