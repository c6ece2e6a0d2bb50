"""The compose file that a service runs by: variables put in, secrets masked."""

from __future__ import annotations

import pytest

from machete_tui.core.errors import NotFound
from machete_tui.core.secrets import MASK
from machete_tui.operations.effective import effective
from tests.operations.field import Field

TEXT = """\
services:
  web:
    image: shop:${TAG:-latest}
    environment:
      MODE: ${MODE}
      API_TOKEN: ${API_TOKEN}
      SECRET_KEY: "plain text"
      DATABASE_URL: postgres://shop:${DB_PASSWORD}@db/shop
      NOT_SET: ${NOBODY}
    command: ["sh", "-c", "echo $$HOME"]
  worker:
    environment:
      - PASSWORD=hunter22
      - LEVEL=info
"""
VALUES = {"MODE": "fast", "API_TOKEN": "hunter22", "DB_PASSWORD": "hunter22"}


def test_variables_are_put_in_and_secrets_are_not_seen() -> None:
    text = effective(TEXT, VALUES)
    assert "hunter22" not in text
    assert "plain text" not in text
    assert "image: shop:latest" in text
    assert "MODE: fast" in text
    assert f"API_TOKEN: {MASK}" in text
    assert f"DATABASE_URL: {MASK}" in text
    assert f"PASSWORD={MASK}" in text
    assert "LEVEL=info" in text
    assert "NOT_SET: ${NOBODY}" in text
    assert "echo $$HOME" in text
    assert len(text.splitlines()) == len(TEXT.splitlines())


def test_it_is_that_of_the_live_release_or_of_the_one_named(field: Field) -> None:
    service = field.service(
        "shop", live=2, compose=TEXT, r1=field.release_image("shop", 1), r2=field.release_image("shop", 2)
    )
    (field.ctx.settings.release_dir(service.name, 2) / ".env").write_text("MODE=slow\nAPI_TOKEN=hunter22\n")
    live = field.do("service.compose", name="shop")
    assert live.data["release"] == 2
    assert "MODE: slow" in live.text
    assert "hunter22" not in live.text
    assert "MODE: ${MODE}" in field.do("service.compose", name="shop", release=1).text
    with pytest.raises(NotFound, match="#9"):
        field.do("service.compose", name="shop", release=9)
    with pytest.raises(NotFound):
        field.do("service.compose", name="nobody")
