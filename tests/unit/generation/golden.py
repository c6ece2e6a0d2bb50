"""Pinned texts of generated files. ``python -m tests.unit.generation.golden`` writes them anew."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from machete_tui.generation import render, render_folder
from machete_tui.generation.order import Rendered
from tests.unit.generation.cases import CASES, Case

GOLDEN = Path(__file__).parents[2] / "golden"


def texts(case: Case, tmp: Path) -> dict[str, str]:
    """Return path below the case's golden folder -> text, host paths written as ``/source``."""
    order = case.order_of(tmp)
    rendered = render(order)
    found = {f"release/{f.path}": f.text for f in rendered.files}
    found["release/plan.txt"] = _plan(rendered)
    if case.folder:
        found |= {f"folder/{f.path}": f.text for f in render_folder(order)}
    return {path: text.replace(order.root, "/source") for path, text in found.items()}


def _plan(rendered: Rendered) -> str:
    lines = [
        f"image {i.tag} from {i.context} by {i.dockerfile}"
        + (f" target {i.target}" if i.target else "")
        + "".join(f" {k}={v}" for k, v in i.args.items())
        for i in rendered.images
    ]
    lines += [f"base {ref} of {', '.join(users)}" for ref, users in rendered.bases.items()]
    lines += [
        f"mount {m.component} {m.source}:{m.target}"
        f"{' named' if m.named else ''}{' read-only' if m.read_only else ''}"
        for m in rendered.mounts
    ]
    lines += [f"warning {w}" for w in rendered.warnings]
    lines += [f"mode {f.path} {f.mode:o}" for f in rendered.files if f.mode != 0o644]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write all golden files."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    with tempfile.TemporaryDirectory() as tmp:
        for case in CASES:
            for path, text in texts(case, Path(tmp)).items():
                target = GOLDEN / case.name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)


if __name__ == "__main__":
    main()
