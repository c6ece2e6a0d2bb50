"""The manifest's shape, as pydantic checks it and as its JSON Schema tells it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from machete_tui.core.source import ComponentKind
from machete_tui.detection.manifest import values

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Label = Annotated[str, Field(pattern=values.LABEL)]
Volume = Annotated[str, Field(pattern=values.VOLUME)]
Memory = Annotated[
    int,
    BeforeValidator(values.size),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": values.SIZE}]}),
]
Environment = Annotated[
    dict[str, str | None],
    BeforeValidator(values.variables),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "propertyNames": {"pattern": values.ENV_NAME},
                    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
                },
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]
Stack = Literal[
    "node",
    "bun",
    "deno",
    "python",
    "php",
    "go",
    "ruby",
    "java",
    "kotlin",
    "scala",
    "dotnet",
    "rust",
    "elixir",
    "static",
    "docker",
]


def _relative(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError("not a path inside the source")
    return path


Path = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_relative)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ComponentModel(_Model):
    """One deployable part; what is not said here is detected from its folder."""

    path: Path = Field(".", description="Folder of the component, relative to the source's root.")
    kind: ComponentKind | None = Field(None, description="What it is; web and static have a port.")
    stack: Stack | None = Field(None, description="Its technology.")
    version: Text | None = Field(None, description="Version of its runtime, such as 22 or 3.13.")
    build: Text | None = Field(None, description="Command that builds it, after dependencies are installed.")
    start: Text | None = Field(None, description="Command that runs it in production.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="TCP port that it listens on inside its container."
    )
    health: Annotated[str, Field(pattern=r"^/\S*$")] | None = Field(
        None, description="HTTP path that answers when it is healthy."
    )
    output: Path | None = Field(None, description="Folder of the built site, for kind static.")
    env: Environment = Field(
        default_factory=dict,
        description="Environment; a name without a value must be given at deploy. No secrets here.",
    )
    volumes: list[Volume] = Field(
        default_factory=list, description="NAME:/path (named volume) or /host/path:/path, :ro for read-only."
    )
    cpus: Annotated[float, Field(gt=0, le=1024)] | None = Field(None, description="Limit in cores.")
    memory: Memory | None = Field(None, description="Limit, such as 256m or 1g.")
    replicas: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="How many containers.")
    pre_deploy: Text | None = Field(None, description="Command run in a one-off container before traffic.")
    post_deploy: Text | None = Field(None, description="Command run likewise after the cutover.")
    dockerfile: Path | None = Field(
        None, description="Dockerfile to use, relative to the component's folder."
    )


class ServiceModel(_Model):
    """A backing service's settings."""

    version: Text | None = Field(None, description="Major version, such as 17.")
    env: list[Annotated[str, Field(pattern=values.ENV_NAME)]] = Field(
        default_factory=list, description="Variables that the components read for it."
    )


class ServicesModel(_Model):
    """All backing services by their names; see :data:`machete_tui.detection.manifest.values.KINDS`."""

    postgres: ServiceModel | None = None
    postgresql: ServiceModel | None = None
    mysql: ServiceModel | None = None
    mariadb: ServiceModel | None = None
    mongodb: ServiceModel | None = None
    mongo: ServiceModel | None = None
    redis: ServiceModel | None = None
    valkey: ServiceModel | None = None

    @model_validator(mode="after")
    def _each_once(self) -> ServicesModel:
        seen: dict[str, str] = {}
        for name in self.model_fields_set:
            kind = values.KINDS[name]
            if kind in seen:
                raise ValueError(f"{seen[kind]} and {name} are the same service")
            seen[kind] = name
        return self


class Manifest(_Model):
    """What a source says of itself, so that detection need not guess."""

    name: Label | None = Field(None, description="Name of the service: a DNS label of at most 40 characters.")
    components: Annotated[dict[Label, ComponentModel], BeforeValidator(values.filled)] | None = Field(
        None, description="Deployable parts by name; when given, no others are looked for."
    )
    services: Annotated[ServicesModel, BeforeValidator(values.services)] | None = Field(
        None,
        description="Backing services to run beside them: a list of names, or a mapping with settings.",
    )
    volumes: list[Volume] = Field(default_factory=list, description="Volumes of the main component.")
    pre_deploy: Text | None = Field(None, description="Command of the main component before traffic.")
    post_deploy: Text | None = Field(None, description="Command of the main component after the cutover.")
