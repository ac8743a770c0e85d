"""What a pane shows reaches the terminal as text and colours alone."""

import pytest

from ocprov.picker.text import cut, tame, width

SCREENS = {
    "text": ("one\ntwo", "one\ntwo"),
    "colours": ("\033[1;38;5;208mx\033[0m", "\033[1;38;5;208mx\033[0m"),
    "true colour": ("\033[48;2;1;2;3mx", "\033[48;2;1;2;3mx"),
    "a curly underline is one": ("\033[4:3mx", "\033[4mx"),
    "an underline's colour is left out": ("\033[4;58;5;9;1mx", "\033[4;1mx"),
    "a title": ("a\033]0;owned\007b", "ab"),
    "a hyperlink": ("\033]8;;http://x\033\\text\033]8;;\033\\", "text"),
    "a cursor's move and a clear": ("a\033[2J\033[1;1Hb", "ab"),
    "a question to the terminal": ("a\033[6n\033[?1049hb\033c", "ab"),
    "an unfinished escape": ("a\033", "a"),
    "control characters": ("a\tb\r\x08\x7f\x9bc", "abc"),
    "what reorders a line": ("a\u202eb\u200f", "ab"),
    "glyphs of a prompt's own font": ("\ue0b0", "\ue0b0"),
    "line drawing": ("\016lqk\017 lqk", "┌─┐ lqk"),
    "line drawing to the end": ("\016x", "│"),
}


@pytest.mark.parametrize(("screen", "expected"), SCREENS.values(), ids=SCREENS)
def test_a_screen_is_tamed(screen: str, expected: str) -> None:
    assert tame(screen) == expected


def test_without_colour_no_escape_is_left() -> None:
    assert tame("\033[31mred\033[0m \033]0;x\007plain", plain=True) == "red plain"


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 4, "abc…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),
    ],
)
def test_a_line_is_cut_to_cells(text: str, cells: int, expected: str) -> None:
    assert cut(text, cells) == expected
    assert width(expected) == cells
