"""What is typed picks out entries, best first."""

import pytest

from ocprov.picker.entry import columns, label
from ocprov.picker.match import matching
from ocprov.picker.panel import Panel
from tests.picker.values import PLAIN, entry

ENTRIES = [
    entry("demo"),
    entry("monitoring", note="a live dashboard"),
    entry("development api-1a2b3c"),
    entry("Mine", kind="other"),
]

TYPED = {
    "nothing: all, in order": ("", ["demo", "monitoring", "development api-1a2b3c", "Mine"]),
    "a beginning comes first": ("mo", ["monitoring", "demo"]),
    "letters in order": ("mtr", ["monitoring"]),
    "several words": ("dev api", ["development api-1a2b3c"]),
    "words in any order": ("api dev", ["development api-1a2b3c"]),
    "the description": ("dashb", ["monitoring"]),
    "a small letter means both": ("mine", ["Mine"]),
    "a capital means itself": ("MO", []),
    "letters scattered over a description": ("avdb", []),
    "what is special elsewhere": ("(.*[", []),
}


@pytest.mark.parametrize(("typed", "expected"), TYPED.values(), ids=TYPED)
def test_matching(typed: str, expected: list[str]) -> None:
    assert [found.label for found in matching(ENTRIES, typed)] == expected


@pytest.mark.parametrize(
    ("name", "alias", "expected"),
    [
        ("opencode-observability-monitoring", "monitoring", "monitoring"),
        ("opencode-development-api-1a2b3c", "development", "development api-1a2b3c"),
        ("opencode-observability-lost", "", "lost"),
        ("renamed by somebody", "monitoring", "renamed by somebody"),
        ("a\033[31mb", "", "a\\x1b[31mb"),
    ],
)
def test_the_label_of_a_session(name: str, alias: str, expected: str) -> None:
    assert label(name, alias) == expected


def test_columns_are_aligned_and_no_wider_than_a_screen_bears() -> None:
    found = columns([entry("日本"), entry("x" * 60)])
    assert {len(found[1][0]), len(found[0][0]) + 2} == {40}


def test_the_panel_keeps_the_selection_within_what_matches() -> None:
    panel = Panel(ENTRIES, PLAIN)
    panel.move(-1)
    assert panel.selected is ENTRIES[0]
    panel.move(100)
    assert panel.selected is ENTRIES[-1]
    panel.filter("mo")
    assert (panel.selected, panel.counted) == (ENTRIES[1], "2/4")
    panel.filter("nonsense")
    panel.move(1)
    assert panel.selected is None
    assert "nothing matches" in panel.rows()[0][1]
