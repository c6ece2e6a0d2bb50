"""The walk and its bounds; files that are malformed, binary, too large, links, odd names."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from machete_tui.core.errors import InvalidInput
from machete_tui.detection import detect, scan
from machete_tui.detection.ignore import Ignore
from machete_tui.detection.scan import Tree, decode
from tests.unit.detection.trees import Files, found, write

EXPRESS: Files = {
    "package.json": {"scripts": {"start": "node s.js"}, "dependencies": {"express": "4"}},
    "s.js": "app.listen(3000)",
}


def refused(root: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        detect(root, source=str(root))
    return caught.value


def test_a_folder_that_is_not_there_or_a_file_or_empty(tmp_path: Path) -> None:
    assert "there is no folder" in refused(tmp_path / "nowhere").what
    (tmp_path / "file").write_text("x")
    assert "is a file, not a folder" in refused(tmp_path / "file").what
    empty = tmp_path / "empty"
    (empty / ".git").mkdir(parents=True)
    assert refused(empty).what == f"the folder {empty} is empty"
    assert refused(empty).field == "SOURCE"


def test_no_stack_says_what_was_looked_for_and_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "x", "data/a.csv": "1"})
    error = refused(tmp_path)
    assert "package.json" in error.what
    assert "Dockerfile" in error.mend
    assert "machete.yml" in error.mend
    example = error.mend.split("\n", 1)[1]
    assert len(example.splitlines()) == 2
    write(tmp_path, {"machete.yml": example})
    assert detect(tmp_path, source="x").components[0].start_command == "python main.py"


def test_a_binary_manifest_is_named_and_lowers_the_confidence(tmp_path: Path) -> None:
    good = found(tmp_path, EXPRESS).components[0]
    detection = found(
        tmp_path, {"package.json": b"\x7fELF\0\1\2", "server.js": "http.createServer(f).listen(1)"}
    )
    assert "package.json: binary, not text" in detection.warnings
    assert detection.components[0].confidence < good.confidence - 30


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ('{"name": ', "package.json: malformed"),
        ("[" * 100_000, "package.json: malformed"),
        (b" " * (scan.MAX_BYTES + 1), "package.json: larger than 1024 kB, not read"),
    ],
)
def test_a_malformed_manifest_never_stops_it(tmp_path: Path, content: str | bytes, warning: str) -> None:
    detection = found(tmp_path, {**EXPRESS, "package.json": content, "server.js": "x.listen(80)"})
    assert any(line.startswith(warning) for line in detection.warnings)
    assert detection.components[0].stack == "node"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_read(tmp_path: Path, encoding: str) -> None:
    text = '{"dependencies": {"express": "4"}, "scripts": {"start": "node s.js"}}'
    detection = found(tmp_path, {**EXPRESS, "package.json": text.encode(encoding)})
    assert (detection.components[0].framework, detection.warnings) == ("express", ())


def test_other_encodings_are_read_as_latin_1() -> None:
    assert decode("größe".encode("latin-1")) == ("größe", "not UTF-8; read as Latin-1")
    assert decode(b"\xff\xfe\x00") == (None, "not valid UTF-16-LE text")


def test_links_are_not_followed_out_of_the_tree(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside", {"package.json": {"name": "stolen", "dependencies": {"next": "1"}}})
    root = write(tmp_path / "shop", {"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n"})
    (root / "package.json").symlink_to(secret / "package.json")
    (root / "more").symlink_to(secret)
    (root / "loop").symlink_to(root)
    (root / "gone.py").symlink_to(root / "nowhere")
    detection = detect(root, source="x")
    assert [c.stack for c in detection.components] == ["python"]
    assert detection.components[0].runner_up is None
    assert detection.warnings == (
        "more: a link that leaves the source; not followed",
        "package.json: a link that leaves the source; not followed",
    )


def test_a_link_inside_the_tree_is_read(tmp_path: Path) -> None:
    root = write(tmp_path, {"deps/web.txt": "flask\n", "app.py": "app = Flask(__name__)\n"})
    (root / "requirements.txt").symlink_to("deps/web.txt")
    assert detect(root, source="x").components[0].framework == "flask"


def test_pipes_and_unreadable_files_do_not_hang_it(tmp_path: Path) -> None:
    root = write(tmp_path, {"app.py": "app = Flask(__name__)\n", "requirements.txt": "flask\n"})
    os.mkfifo(root / "package.json")
    os.mkfifo(root / "Dockerfile")
    assert [c.stack for c in detect(root, source="x").components] == ["python"]


def test_names_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    root = write(tmp_path, EXPRESS)
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe.js")).write_text("x")
    (root / "two\nlines.js").write_text("x")
    detection = detect(root, source="x")
    assert detection.components[0].framework == "express"
    assert any("not printable" in line for line in detection.warnings)
    "\n".join(detection.warnings).encode()


def test_tools_output_and_ignored_folders_are_not_entered(tmp_path: Path) -> None:
    files: Files = {
        **EXPRESS,
        ".gitignore": "/private/\n*.log\nsecret-*\n",
        "node_modules/x/package.json": {},
        "dist/index.html": "<p>",
        "private/requirements.txt": "flask",
        "a/private/x.txt": "kept",
        "secret-1/go.mod": "module x",
        "a/b.log": "x",
        "a/.gitignore": "*.txt\n!keep.txt\n",
        "a/drop.txt": "",
        "a/keep.txt": "",
    }
    tree = Tree(write(tmp_path, files))
    assert set(tree.folders) == {"", "a", "a/private"}
    assert tree.skipped == {"node_modules", "dist", "private", "secret-1"}
    assert tree.folders["a"] == {".gitignore", "keep.txt"}


@pytest.mark.parametrize(
    ("pattern", "path", "folder", "ignored"),
    [
        ("build", "x/build", True, True),
        ("build/", "build", False, None),
        ("/a/*.py", "a/x.py", False, True),
        ("/a/*.py", "b/a/x.py", False, None),
        ("**/tmp", "a/b/tmp", True, True),
        ("a/**/z", "a/b/c/z", False, True),
        ("file[0-9]?", "file12", False, True),
        ("file[!0-9]", "file1", False, None),
        ("[[a]x", "[x", False, True),
        ("[a&&b]x", "&x", False, True),
        ("# comment", "# comment", False, None),
        ("[broken", "[broken", False, True),
        ("*.log\n!keep.log", "keep.log", False, False),
    ],
)
@pytest.mark.filterwarnings("error")
def test_gitignore_patterns(pattern: str, path: str, folder: bool, ignored: bool | None) -> None:
    assert Ignore(pattern, "")(path, path.rpartition("/")[2], folder) is ignored


def test_the_walk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_FILES", 20)
    tree = Tree(write(tmp_path, {f"d{n}/f{m}.txt": "" for n in range(10) for m in range(5)}))
    assert tree.count <= 25
    assert tree.warnings == ["more than 20 files: the rest was not looked at"]


def test_a_deep_tree_ends(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(40):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (tmp_path / "index.html").write_text("<p>")
    assert len(Tree(tmp_path).folders) == scan.MAX_DEPTH + 1


def test_a_small_application_takes_milliseconds(tmp_path: Path) -> None:
    write(tmp_path, EXPRESS)
    detect(tmp_path, source="x")
    times = []
    for _ in range(5):
        start = time.process_time()
        detect(tmp_path, source="x")
        times.append(time.process_time() - start)
    assert min(times) < 0.05


def test_detecting_without_a_manifest_imports_no_heavy_library(tmp_path: Path) -> None:
    import subprocess

    write(tmp_path, {**EXPRESS, "pnpm-workspace.yaml": "packages: [a]\n"})
    code = (
        "import sys; from machete_tui.detection import detect\n"
        f"detect({str(tmp_path)!r}, source='x')\n"
        "print([m for m in ('pydantic', 'docker', 'git', 'textual', 'sqlite_utils') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_detection_writes_and_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    root = write(
        tmp_path / "shop",
        {
            "setup.py": f"open({str(mark)!r}, 'w')\n",
            "app.py": f"open({str(mark)!r}, 'w')\nfrom flask import Flask\napp = Flask(__name__)\n",
            "requirements.txt": "flask\n",
            "package.json": {"scripts": {"preinstall": f"touch {mark}"}},
        },
    )
    before = sorted(p.name for p in root.rglob("*"))
    detect(root, source="x")
    assert not mark.exists()
    assert sorted(p.name for p in root.rglob("*")) == before
