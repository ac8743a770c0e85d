"""What tmux answers is read whole, whatever others have called their things."""

import pytest

from ocprov.core.observed import FORMAT, State, parse, state

FIELDS = FORMAT.count("|")


def row(
    names: str, *, session: str = "$1", window: str = "@1", pane: str = "%1", tag: str = "", told: str = ""
) -> str:
    return f"{session}|0|1700000000|1|{window}|2|1|{pane}|0|4242|0|1|3.4|{tag}||{'a' if told else ''}||{told}|{names}"


def test_a_pane_of_ours() -> None:
    (session,) = parse([row("opencode-observability-x:a", tag="x 123 a b", told="running 1700000001 - 4243")])
    assert (session.id, session.name, session.base_index) == ("$1", "opencode-observability-x", 1)
    assert session.tag is not None
    assert (session.tag.layout, session.tag.digest, session.tag.windows) == ("x", "123", ("a", "b"))
    assert session.panes[0].state == State("running", 1700000001, None, 4243)
    assert session.ours


ODD_NAMES = ["a|b|c", "a:b", "␞", "", " ", "%1|@1|$1", "a\\nb", "ünï"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_foreign_window_may_be_called_anything(name: str) -> None:
    (session,) = parse([row(f"work:{name}")])
    assert session.windows[0].name == name
    assert not session.ours


def test_panes_are_put_together_by_window_and_session() -> None:
    lines = [
        row("one:a", session="$1", window="@1", pane="%1"),
        row("one:a", session="$1", window="@1", pane="%2"),
        row("one:b", session="$1", window="@2", pane="%3"),
        row("two:a", session="$2", window="@3", pane="%4"),
    ]
    assert [[len(window.panes) for window in session.windows] for session in parse(lines)] == [[2, 1], [1]]


@pytest.mark.parametrize("line", ["hello", "$1|0", row("no colon")])
def test_a_line_that_makes_no_sense_is_an_error_and_never_nothing(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse([line])


def test_no_line_is_no_session() -> None:
    assert parse([]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exited 17 143 99", State("exited", 17, 143, 99)),
        ("waiting 17 - 99", State("waiting", 17, None, 99)),
        ("", None),
        ("dancing 17 1 99", None),
        ("running", None),
        ("running x y z", None),
    ],
)
def test_what_a_launcher_tells(text: str, expected: State | None) -> None:
    assert state(text) == expected
