"""Java: Maven or Gradle on a JDK, the result on a JRE."""

from __future__ import annotations

import posixpath

from machete_tui.generation import bases
from machete_tui.generation.recipes.ground import Ground, Recipe

IGNORE = ("**/target", "**/build", "**/.gradle")
_OTHERS = ("*-plain.jar", "*-sources.jar", "*-javadoc.jar", "*-tests.jar", "original-*.jar")


def recipe(ground: Ground) -> Recipe:
    """Return the recipe of a Java component."""
    component = ground.component
    gradle = (ground.fact("tool") or component.package_manager) == "gradle"
    version = component.runtime_version
    wrapper = bool(ground.fact("wrapper"))
    image = bases.image("java" if wrapper and gradle else "gradle" if gradle else "maven", version)
    command = ("./gradlew" if wrapper else "gradle") if gradle else "mvn"
    build = ground.run()
    if wrapper and (script := ground.first_build_word()).endswith(("mvnw", "gradlew")):
        # Sources that were last touched on Windows have lost the permission to run it.
        build = f"chmod +x {script} && {build}"
    default = f"{command} --no-daemon assemble" if gradle else "mvn --batch-mode -DskipTests package"
    jar = ground.fact("jar") or ("build/libs/*.jar" if gradle else "target/*.jar")
    layout = ground.fact("layout") or "fat-jar"
    values: dict[str, object] = {
        "image": image,
        "run_image": bases.image("java-run", version),
        "caches": ("/root/.gradle",) if gradle else ("/root/.m2",),
        "build": build or default,
        "layout": layout,
        "folder": posixpath.dirname(jar) or ".",
        "pattern": posixpath.basename(jar),
        "others": " ".join(f"! -name '{name}'" for name in _OTHERS),
        "quarkus": "build/quarkus-app" if gradle else "target/quarkus-app",
    }
    runs = "quarkus-run.jar" if layout == "quarkus-fast-jar" else "app.jar"
    return Recipe("java.j2", values, IGNORE, start=f"java -jar {runs}" if layout != "distribution" else "")
