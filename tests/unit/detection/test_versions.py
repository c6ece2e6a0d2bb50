from __future__ import annotations

import pytest

from machete_tui.detection.versions import choose


@pytest.mark.parametrize(
    ("stack", "asked", "chosen"),
    [
        ("node", "22.1.0", "22"),
        ("node", ">=18", "22"),
        ("node", "^20.9.0", "20"),
        ("node", "18.x || 20.x", "20"),
        ("node", ">=18 <21", "20"),
        ("node", "18 - 20", "20"),
        ("node", "~18.17", "18"),
        ("node", ">22", "24"),
        ("node", "latest", ""),
        ("python", "3.12.4", "3.12"),
        ("python", ">=3.9", "3.13"),
        ("python", ">=3.9,<3.12", "3.11"),
        ("python", "^3.10", "3.13"),
        ("python", "~3.10", "3.10"),
        ("python", "~=3.9", "3.13"),
        ("python", "==3.11.*", "3.11"),
        ("php", "^8.1", "8.4"),
        ("php", "^7.4|^8.0", "8.4"),
        ("php", "~8.1.0", "8.1"),
        ("php", "8.1.*", "8.1"),
        ("ruby", "~> 3.1", "3.3"),
        ("ruby", "~> 3.1.0", "3.1"),
        ("ruby", "3.4.1", "3.4"),
        ("go", "1.23.4", "1.23"),
        ("java", "17", "17"),
    ],
)
def test_choose(stack: str, asked: str, chosen: str) -> None:
    assert choose(stack, asked) == chosen
