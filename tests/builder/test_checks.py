"""What is refused, and how names are given to tmux."""

from typing import Any

import pytest

from ocprov.builder import checks, names
from ocprov.builder.failure import BuildError
from ocprov.builder.resolve import as_argument


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"window_index": "last"}, "window_index is no number: last"),
        ({"window_index": -1}, "window_index is no number: -1"),
        ({"window_name": "a\nb"}, "window_name has a line break: 'a.+b'"),
        ({"layout": "titled"}, "invalid layout: titled"),
        ({"layout": "main"}, "invalid layout: main"),
        ({"layout": "even-"}, "invalid layout: even-"),
        ({"layout": "main-vertical-mirrored"}, "needs tmux 3.5 or newer"),
    ],
)
def test_windows_that_cannot_be_are_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(BuildError, match=words):
        checks.windows({"windows": [{}, keys]}, lambda: False)


@pytest.mark.parametrize(
    "layout", [None, "", "tiled", "main-v", "t", "main-vertical-mirrored", "b25d,80x24,0,0,0"]
)
def test_layouts_that_tmux_knows_are_accepted(layout: str | None) -> None:
    checks.windows(
        {"windows": [{"layout": layout, "window_index": 3}, {"window_index": "4"}, {"window_index": None}]},
        lambda: True,
    )


@pytest.mark.parametrize(
    "name", ["a$b", "a\\b", "a\tb", "#{pid}", "a##b", "#S", "#(date)", "a#,b", "x;", "", "a.b", "a:b"]
)
def test_session_names_that_tmux_would_change_are_refused(name: str) -> None:
    with pytest.raises(Exception, match="Bad session name"):
        checks.session_name(name)


@pytest.mark.parametrize(
    "name", ["a b", "c#", "#1", "#[x]", "##[x]", "é☃", "-a", "=a", "'", '"', "~", "%H", "a;b", "{end}"]
)
def test_session_names_that_tmux_keeps_are_accepted(name: str) -> None:
    checks.session_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain #S #{pid}", "plain #S #{pid}"),
        ("a#(touch x)b", "ab"),
        ("a#(echo $(id))b", "ab"),
        ("##(kept)", "##(kept)"),
        ("###(gone)x", "##x"),
        ("#{?1,#(gone),}", "#{?1,,}"),
        ("#(never closed", "never closed"),
    ],
)
def test_no_name_runs_a_command(text: str, expected: str) -> None:
    assert names.without_jobs(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("a", "a"), ("a;", "a;"), ("a\\;", "a;"), ("a\\\\;", "a\\;"), ("\\;a", "\\;a"), (";", ";")],
)
def test_a_last_semicolon_may_be_escaped(word: str, expected: str) -> None:
    assert as_argument(word) == expected
