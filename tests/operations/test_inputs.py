"""What an operator changed of a detection, kept with the release and applied to a later detection."""

import dataclasses
from pathlib import Path

from machete_tui.core.source import Detection
from machete_tui.operations.inputs import Inputs, edits_between, switched_off, versions_between
from tests.unit.wizard.sample import CACHE, DB, SHOP, WEB


def changed() -> Detection:
    web = dataclasses.replace(
        WEB, start_command="node x.js", port=8080, volumes=("data:/data",), cpus=0.5, memory=0
    )
    backing = (dataclasses.replace(DB, version="16"), dataclasses.replace(CACHE, enabled=False))
    return dataclasses.replace(SHOP, components=(web,), backing_services=backing)


def kept(wanted: Detection, folder: Path) -> Inputs:
    """Return the inputs as the next deploy finds them."""
    inputs = Inputs(
        edits=edits_between(SHOP, wanted),
        without=switched_off(wanted.backing_services),
        versions=versions_between(SHOP, wanted),
    )
    inputs.save(folder / "inputs.json")
    return Inputs.load(folder / "inputs.json")


def test_every_edit_survives_being_kept(tmp_path: Path) -> None:
    wanted = changed()
    found = kept(wanted, tmp_path).edited(SHOP)
    assert found.components == wanted.components
    assert found.backing_services == wanted.backing_services


def test_a_limit_that_was_taken_away_stays_away(tmp_path: Path) -> None:
    worker = dataclasses.replace(SHOP.components[1], memory=0)
    wanted = dataclasses.replace(SHOP, components=(WEB, worker))
    inputs = kept(wanted, tmp_path)
    assert inputs.limits_of(inputs.edited(SHOP).components[1]).memory == 0


def test_nothing_changed_is_nothing_kept(tmp_path: Path) -> None:
    inputs = kept(SHOP, tmp_path)
    assert inputs == Inputs()
    assert inputs.edited(SHOP) == SHOP
