from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from machete_tui.core.cancel import Cancel
from machete_tui.core.engine import Engine
from machete_tui.core.errors import Cancelled, EngineUnavailable, InvalidInput, NotFound
from tests.engine.contract.lab import BASE, Lab, until

SMALL = f"""\
FROM {BASE}
COPY . /app
"""


def test_a_local_image_by_any_of_its_names(lab: Lab) -> None:
    image = lab.built(lab.request(SMALL, text="a"))

    (tag,) = image.tags
    assert image.id.startswith("sha256:")
    assert image.labels["io.machete.test"] == lab.name
    assert image.size > 0
    assert image.created > 0
    assert lab.engine.image(image.id) == image
    assert lab.engine.image(tag.removesuffix(":1")) is None
    assert image in lab.engine.images(prefix=f"machete/{lab.name}-")
    assert image.id in [i.id for i in lab.engine.images()]
    assert lab.engine.images(prefix="no-such-prefix/") == []


def test_an_image_that_is_not_there_is_none(engine: Engine) -> None:
    assert engine.image("machete/no-such-image:1") is None
    assert engine.image("sha256:" + "0" * 64) is None


def test_a_second_tag_and_the_removal_of_both(lab: Lab) -> None:
    image = lab.built(lab.request(SMALL, text="b"))
    first, second = image.tags[0], lab.tag("second")

    lab.engine.tag(first, second)
    both = lab.engine.image(first)
    assert both is not None
    assert set(both.tags) == {first, second}
    lab.engine.remove_image(first)
    left = lab.engine.image(second)
    assert left is not None
    assert left.id == image.id
    assert left.tags == (second,)
    lab.engine.remove_image(second)
    assert lab.engine.image(image.id) is None
    lab.engine.remove_image(second)


def test_tagging_what_is_not_there(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.tag("machete/no-such-image:1", "machete/other:1")


def test_an_image_in_use_is_left_alone(lab: Lab) -> None:
    request = lab.request(SMALL, text="c")
    lab.built(request)
    lab.up(lab.project(f"services: {{box: {{image: '{request.tag}', command: sleep 1000, init: true}}}}"))

    lab.engine.remove_image(request.tag)

    assert lab.engine.image(request.tag) is not None
    until(lambda: lab.one().state == "running")


def test_a_pull_without_a_registry_says_so(engine: Engine) -> None:
    with pytest.raises((EngineUnavailable, NotFound)) as caught:
        list(engine.pull("machete-no-such/image:1", Cancel()))

    assert "machete-no-such/image:1" in caught.value.what
    assert caught.value.mend


def test_a_cancelled_pull_does_not_begin(engine: Engine) -> None:
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(Cancelled):
        list(engine.pull("machete-no-such/image:1", cancel))


def test_whether_a_registry_answers_is_told_without_an_error(engine: Engine) -> None:
    assert engine.registry_answers() in (True, False)


def test_import_of_a_root_file_system(lab: Lab, tmp_path: Path) -> None:
    tar = tmp_path / "root.tar"
    with tarfile.open(tar, "w") as archive:
        data = b"hello"
        entry = tarfile.TarInfo("etc/hello")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    tag = lab.tag("root")

    lab.engine.import_root(str(tar), tag, {"io.machete.stand-in": 'a "quoted" $HOME \\ text'})

    image = lab.engine.image(tag)
    assert image is not None
    assert image.labels["io.machete.stand-in"] == 'a "quoted" $HOME \\ text'
    assert image.tags == (tag,)


def test_import_of_a_file_that_is_not_there(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        lab.engine.import_root(str(tmp_path / "none.tar"), lab.tag("root"), {})


def test_the_id_follows_the_source(lab: Lab) -> None:
    request = lab.request(SMALL, text="one")
    first = lab.built(request)
    assert lab.built(request).id == first.id

    lab.request(SMALL, text="two")
    other = lab.built(request)

    assert other.id != first.id
    labelled = lab.built(replace(request, labels={**request.labels, "more": "x"}))
    assert labelled.id != other.id
