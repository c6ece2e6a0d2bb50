from __future__ import annotations

import pytest

from machete_tui.engines.sanitize import clean, clean_bytes


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text, çà et là, 日本語, 🦀", "plain text, çà et là, 日本語, 🦀"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x1b[38;2;1;2;3mtrue colour\x1b[m", "true colour"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;ZXZpbA==\x1b\\after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$r0m\x1b\\after", "after"),
        ("\x1b_apc\x1b\\after", "after"),
        ("\x1b(Bset", "set"),
        ("\x1b7saved\x1b8", "saved"),
        ("\x1b[?1049h\x1b[?25lhidden", "hidden"),
        ("\x9b31mc1 csi", "c1 csi"),
        ("\x9dtitle\x9cafter", "after"),
        ("cut\x1b[3", "cut"),
        ("cut\x1b", "cut"),
        ("cut\x1b]0;never ended", "cut"),
        ("a\tb", "a       b"),
        ("1234567\tb", "1234567 b"),
        ("dos line\r", "dos line"),
        ("shown\rhidden", "shown␍hidden"),
        ("bell\x07back\x08nul\x00del\x7f", "bell␇back␈nul␀del␡"),
        ("\u202egnirts\u202c \u2066x\u2069", "gnirts x"),
        ("two\u2028lines\x85here", "two lines here"),
        ("lone \udc80 surrogate", "lone � surrogate"),
        ("non-breaking\u00a0space", "non-breaking\u00a0space"),
        ("\x1b\x1b[31mdouble", "double"),
        ("", ""),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_what_is_not_utf8_is_replaced() -> None:
    assert clean_bytes(b"caf\xe9 \xff\xfe ok") == "caf� �� ok"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F)])
def test_no_control_character_survives_alone_or_in_a_text(code: int) -> None:
    kept = clean(f"a{chr(code)}b") + clean(chr(code) * 3)

    assert chr(code) not in kept


def test_removing_a_sequence_cannot_make_another() -> None:
    # The inner sequence goes; what is left around it must not become one.
    assert "\x1b" not in clean("\x1b\x1b[m[31mx")
    assert "\x1b" not in clean("\x1b[\x1b[31m31mx")
