from __future__ import annotations

import pytest

from machete_tui.generation import base_images, substitute
from machete_tui.generation.references import instructions, stages, without_frontend

MANY = """\
# syntax=docker/dockerfile:1.7
# check=skip=all
ARG PY=3.13
ARG BASE="python:${PY}-slim" OTHER
FROM --platform=$BUILDPLATFORM ${BASE} AS Build
ARG PY=2.7
RUN --mount=type=bind,from=node:22-slim,source=/x,target=/y \\
    --mount=type=cache,target=/c echo \\
  # a comment in between
  FROM nothing
RUN <<EOF
FROM heredoc
COPY --from=heredoc a b
EOF
RUN --mount=from=build,target=/b true
from build AS second
COPY --chown=1 --from=caddy:2-alpine /a /b
COPY --from=build /a /b
COPY --from=0 a b
COPY --from=${BASE} a b
ADD --checksum=sha256:1 https://x /y
FROM scratch
FROM $OTHER
FROM registry.example:5000/team/app@sha256:0000000000000000000000000000000000000000000000000000000000000000
"""


def test_images_are_told_from_stages() -> None:
    assert base_images(MANY) == (
        "python:3.13-slim",
        "node:22-slim",
        "caddy:2-alpine",
        "$OTHER",
        "registry.example:5000/team/app@sha256:" + "0" * 64,
    )


def test_stages_in_order() -> None:
    assert stages(MANY) == ("Build", "second", "2", "3", "4")


def test_substitution_changes_the_references_and_nothing_else() -> None:
    python, node = "machete.local/python:3.13-slim", "machete.local/node:22-slim"
    changed = substitute(MANY, {"python:3.13-slim": python, "node:22-slim": node})
    assert base_images(changed)[:2] == (python, node)
    assert f"FROM --platform=$BUILDPLATFORM {python} AS Build" in changed
    assert f"from={node},source=/x" in changed
    assert f"COPY --from={python} a b" in changed
    assert "COPY --from=build /a /b" in changed
    assert len(changed.splitlines()) == len(MANY.splitlines())
    assert substitute(MANY, {}) == MANY
    assert substitute(MANY, {"build": "x", "heredoc": "x", "scratch": "x"}) == MANY


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("FROM busybox", ("busybox",)),
        ("\n# escape=`\nFROM busybox\nRUN a `\nFROM b\n", ("busybox", "b")),
        ("# escape=`\nFROM busybox\nRUN a `\n  FROM b\nFROM c\n", ("busybox", "c")),
        ("ARG V\nFROM a:${V:-1}\n", ("a:1",)),
        ("ARG V=\nFROM a:${V:-1}\n", ("a:1",)),
        ("ARG V=2\nFROM a:${V:+x}${V}\n", ("a:x2",)),
        ("FROM a AS x\nFROM a AS y\nCOPY --from=X . .\n", ("a",)),
        ("FROM \\\n  a:1 AS b\nCOPY \\\n  --from=c:2 \\\n  x y\n", ("a:1", "c:2")),
        ("FROM a\r\nCOPY --from=b x y\r\n", ("a", "b")),
        ("RUN x", ()),
        ("", ()),
        ("FROM a\nRUN cat <<'E' && cat <<-F\nFROM x\nE\n\tFROM y\n\tF\nFROM b\n", ("a", "b")),
        ("FROM a\nRUN echo '<<EOF'\nFROM b\n", ("a", "b")),
        ('FROM a\nENV X="--from=b"\nFROM c\n', ("a", "c")),
    ],
)
def test_images(text: str, images: tuple[str, ...]) -> None:
    assert base_images(text) == images


def test_an_unfinished_heredoc_hides_nothing() -> None:
    found = instructions("FROM a\nRUN <<EOF\nFROM b\n")
    assert [i.word for i in found] == ["FROM", "RUN", "FROM"]


def test_the_frontend_line_goes_where_the_engine_knows_enough_itself() -> None:
    assert without_frontend(MANY, offline=True).startswith("# check=skip=all\nARG")
    assert without_frontend(MANY, offline=False) == MANY
    plain = "# syntax=docker/dockerfile:1\nFROM a\nRUN b\n"
    assert without_frontend(plain, offline=False) == "FROM a\nRUN b\n"
    late = "FROM a\n# syntax=docker/dockerfile:1\n"
    assert without_frontend(late, offline=True) == late
