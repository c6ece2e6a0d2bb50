"""A release's files: what :func:`render` gives for an order."""

from __future__ import annotations

from pathlib import Path

from machete_tui.core.errors import InvalidInput
from machete_tui.core.plan import PlannedFile, PlannedImage
from machete_tui.core.source import Component, Detection
from machete_tui.generation import compose, composefile, dotenv, existing, yamlout
from machete_tui.generation.dockerfiles import dockerfile, image_port
from machete_tui.generation.order import Order, Rendered
from machete_tui.generation.references import base_images, substitute


def render(order: Order) -> Rendered:
    """Generate all files of a release; reads the source, writes nothing.

    Raises:
        InvalidInput: a component has no recipe, or a value of the source, the manifest or the operator is
            not acceptable.
    """
    if order.detection.strategy == "existing-compose":
        return _existing(order)
    draft = compose.Draft(order)
    files: list[PlannedFile] = []
    images: list[PlannedImage] = []
    own: dict[str, str] = {}
    for component in order.detection.components:
        if image_owner(order.detection, component) != component.name:
            continue
        if component.dockerfile:
            own[component.name] = _own(order, component, files, images, draft.bases)
        else:
            _generated(order, component, files, images, draft.bases)
    for component in order.detection.components:
        owner = image_owner(order.detection, component)
        if owner in own:
            own[component.name] = own[owner]
    draft.dockerfiles = own
    sources = {
        c.name: {
            "image": compose.image_tag(order, image_owner(order.detection, c)),
            "pull_policy": "never",
        }
        for c in order.detection.components
    }
    document = compose.document(draft, sources)
    return _rendered(draft, document, files, images, draft.bases)


def published(detection: Detection, root: str) -> dict[str, int]:
    """Return who needs host ports: component or compose service -> number of its published container ports.

    A replica of a component needs as many again.
    """
    if detection.strategy == "existing-compose":
        return existing.published(detection, root)
    return {c.name: 1 for c in detection.components if image_port(c)}


def image_owner(detection: Detection, component: Component) -> str:
    """Return the component whose image this one runs: itself, or the one that its facts name."""
    wanted = component.facts.get("image_of", "")
    return wanted if wanted in {c.name for c in detection.components} else component.name


def read_dockerfile(order: Order, component: Component) -> str:
    """Return the text of a component's own Dockerfile.

    Raises:
        InvalidInput: when it is not there or leaves the source.
    """
    path = composefile.inside(order.root, component.dockerfile, f"{component.name}'s Dockerfile")
    try:
        return Path(order.root, path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidInput(
            f"{component.name}: its Dockerfile {path} cannot be read: {error.strerror}",
            "Correct dockerfile in machete.yml.",
            field="dockerfile",
        ) from error


def build_values(order: Order, component: Component, names: tuple[str, ...]) -> dict[str, str]:
    """Return the values of build arguments that browsers will see anyway; unset ones are left out."""
    given = component.environment | order.environment | order.component_environment.get(component.name, {})
    return {name: given[name] for name in names if name in given}


def given_names(order: Order, component: Component) -> frozenset[str]:
    """Return the names that will be set at run time."""
    more = order.component_environment.get(component.name, {})
    return frozenset({*component.environment, *order.environment, *more})


def _generated(
    order: Order,
    component: Component,
    files: list[PlannedFile],
    images: list[PlannedImage],
    bases: dict[str, list[str]],
) -> None:
    made = dockerfile(
        component,
        order.root,
        order.service,
        source=order.source,
        commit=order.commit,
        environment=given_names(order, component),
    )
    for ref in base_images(made.text):
        bases.setdefault(ref, []).append(component.name)
    name = f"{component.name}.Dockerfile"
    files.append(PlannedFile(name, substitute(made.text, order.stand_ins)))
    files.append(PlannedFile(f"{name}.dockerignore", made.ignore))
    images.append(
        PlannedImage(
            component.name,
            compose.image_tag(order, component.name),
            str(Path(order.root, made.context).absolute()),
            name,
            args=build_values(order, component, made.args),
        )
    )


def _own(
    order: Order,
    component: Component,
    files: list[PlannedFile],
    images: list[PlannedImage],
    bases: dict[str, list[str]],
) -> str:
    text = read_dockerfile(order, component)
    for ref in base_images(text):
        bases.setdefault(ref, []).append(component.name)
    name = f"{component.name}.Dockerfile"
    folder = composefile.inside(
        order.root, component.facts.get("context") or component.path, f"{component.name}'s context"
    )
    files += existing.dockerfile_files(order, name, text, component.dockerfile, folder)
    images.append(
        PlannedImage(
            component.name,
            compose.image_tag(order, component.name),
            str(Path(order.root, folder).absolute()),
            name,
            component.facts.get("target", ""),
        )
    )
    return text


def _existing(order: Order) -> Rendered:
    draft = compose.Draft(order)
    made = existing.transform(draft)
    return _rendered(draft, made.document, made.files, made.images, made.bases)


def _rendered(
    draft: compose.Draft,
    document: dict[str, object],
    files: list[PlannedFile],
    images: list[PlannedImage],
    bases: dict[str, list[str]],
) -> Rendered:
    order = draft.order
    text = yamlout.dump(
        document,
        (
            f"Release {order.release} of {order.service}, made by machete-tui.",
            "What stands in ${…} comes from the file .env beside this one.",
        ),
    )
    return Rendered(
        files=(
            PlannedFile("compose.yml", text),
            PlannedFile(".env", dotenv.dump(draft.variables.values), 0o600),
            *files,
        ),
        compose=text,
        images=tuple(images),
        mounts=tuple(draft.mounts),
        bases={ref: tuple(dict.fromkeys(users)) for ref, users in bases.items()},
        warnings=tuple(dict.fromkeys(draft.warnings)),
    )
