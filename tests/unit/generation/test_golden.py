"""Every generated file is pinned, clean to hadolint, and read by compose itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from machete_tui.generation import render, render_folder
from tests.unit.generation.cases import CASES, Case
from tests.unit.generation.conftest import Config, hadolint, write
from tests.unit.generation.golden import GOLDEN, texts

REGENERATE = "python -m tests.unit.generation.golden"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_files_are_as_pinned(case: Case, tmp_path: Path) -> None:
    pinned = {
        str(p.relative_to(GOLDEN / case.name)): p.read_text()
        for p in (GOLDEN / case.name).rglob("*")
        if p.is_file()
    }
    assert texts(case, tmp_path) == pinned, f"if this is meant: {REGENERATE}"


def test_nothing_is_pinned_that_no_case_makes() -> None:
    assert {p.name for p in GOLDEN.iterdir()} == {case.name for case in CASES}


def test_hadolint_finds_nothing() -> None:
    program = hadolint()
    assert program, "hadolint is needed: it comes with the test extra"
    files = sorted(str(p) for p in GOLDEN.rglob("*Dockerfile"))
    assert len(files) > len(CASES)
    done = subprocess.run([program, "--no-color", *files], capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode == 0


def test_dockerfiles_need_nothing_that_engine_20_lacks() -> None:
    for path in GOLDEN.rglob("*Dockerfile"):
        text = path.read_text()
        assert not re.search(r"(?im)^#\s*syntax\s*=", text), path
        assert "<<" not in text, path
        assert "--link" not in text, path
        assert not re.search(r"RUN [^\n]*--network", text), path


def test_generated_images_run_as_an_ordinary_user_in_exec_form() -> None:
    for case in CASES:
        if case.strategy.startswith("existing"):
            continue
        for path in (GOLDEN / case.name / "release").glob("*.Dockerfile"):
            last = path.read_text().rpartition("\nFROM ")[2]
            assert "\nUSER 10001:10001\n" in last, path
            assert re.search(r'(?m)^CMD \["', last), path
            assert "org.opencontainers.image.revision" in last, path


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_compose_reads_the_release(case: Case, tmp_path: Path, compose_config: Config) -> None:
    rendered = render(case.order_of(tmp_path))
    found = compose_config(write(tmp_path / "release", rendered.files))
    built = {image.tag for image in rendered.images}
    assert found["name"] == case.name
    for name, service in found["services"].items():
        assert service["labels"]["io.machete.service"] == case.name
        assert service["logging"]["options"]["max-size"] == "10m"
        assert ("io.machete.release" in service["labels"]) == (service["image"] in built), name
        assert "build" not in service


@pytest.mark.parametrize("case", [c for c in CASES if c.folder], ids=lambda c: c.name)
def test_compose_reads_the_folder(case: Case, tmp_path: Path, compose_config: Config) -> None:
    order = case.order_of(tmp_path)
    folder = tmp_path / "folder"
    shutil.copytree(order.root, folder)
    found = compose_config(write(folder, render_folder(order)))
    for service in found["services"].values():
        if build := service.get("build"):
            dockerfile = Path(build["context"], build.get("dockerfile", "Dockerfile"))
            assert dockerfile.is_file()
            assert Path(build["context"]).is_relative_to(folder)
