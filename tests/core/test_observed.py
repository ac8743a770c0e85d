"""What tmux answers is read whole, whatever others have called their things."""

import pytest

from ocprov.core.observed import State, state
from ocprov.core.rows import parse


def row(
    window_name: str,
    *,
    name: str = "opencode-observability-x",
    session: str = "$1",
    window: str = "@1",
    pane: str = "%1",
    tag: str = "",
    key: str = "",
    told: str = "",
    of: str = "",
) -> str:
    return f"{session}:{name}:0|1700000000|1|{window}|2|1|{pane}|0|4242|0|1|3.4|0|0|{tag}||{key}||{told}|{of}|0|{window_name}"


def test_a_pane_of_ours() -> None:
    tag = "x 0123456789ab opencode-observability-x a b -o:status -e:X"
    (session,) = parse([row("a", tag=tag, key="a", told="running 1700000001 - 4243")])
    assert (session.id, session.name, session.base_index) == ("$1", "opencode-observability-x", 1)
    assert session.tag is not None
    assert (session.tag.layout, session.tag.digest, session.tag.windows) == ("x", "0123456789ab", ("a", "b"))
    assert (session.tag.options, session.tag.environment) == (("status",), ("X",))
    assert str(session.tag) == tag
    assert session.panes[0].state == State("running", 1700000001, None, 4243)
    assert session.ours


ODD_NAMES = ["a|b|c", "a:b", "␞", "", " ", "%1|@1|$1", "a\\nb", "ünï", "a\nb", "x\u2028y"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_foreign_window_may_be_called_anything(name: str) -> None:
    (session,) = parse(row(name, name="work").split("\n"))
    assert session.windows[0].name == name
    assert not session.ours


def test_panes_are_put_together_by_window_and_session() -> None:
    lines = [
        row("a", name="one", session="$1", window="@1", pane="%1"),
        row("a", name="one", session="$1", window="@1", pane="%2"),
        row("b", name="one", session="$1", window="@2", pane="%3"),
        row("a", name="two", session="$2", window="@3", pane="%4"),
    ]
    assert [[len(window.panes) for window in session.windows] for session in parse(lines)] == [[2, 1], [1]]


def test_a_row_that_makes_no_sense_is_an_error_and_never_nothing() -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(["$1:work:0|1"])


def test_what_a_hook_prints_among_the_rows_is_no_row() -> None:
    assert len(parse(["hello", row("a"), "hello"])) == 1


@pytest.mark.parametrize("tag", ["q|w", "mine", "x 123", "a\nb"])
def test_a_mark_that_ocprov_did_not_write_is_none(tag: str) -> None:
    (session,) = parse(row("a", name="work", tag=tag).split("\n"))
    assert not session.ours


def test_of_two_panes_with_one_mark_ours_is_the_one_that_told_its_state() -> None:
    lines = [row("a", pane="%1", key="a"), row("a", pane="%2", key="a", told="running 1 - 2")]
    (session,) = parse(lines)
    assert [(pane.id, pane.key) for pane in session.panes] == [("%1", ""), ("%2", "a")]


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


OF = "opencode-observability-x"


def test_a_session_that_was_renamed_and_lost_its_tag_is_known_by_half_of_its_panes() -> None:
    ours = [row("a", name="mine", key="a", pane=f"%{number}", of=OF) for number in (1, 2)]
    theirs = [row("b", name="mine", window="@2", pane=f"%{number}") for number in (3, 4)]
    (session,) = parse([*ours, *theirs])
    assert (session.declared, session.ours) == (OF, True)
    (session,) = parse([ours[0], *theirs])
    assert (session.declared, session.ours) == ("mine", False)


def test_panes_that_were_moved_or_shared_make_no_session_ours() -> None:
    ours = row("a", name="mine", key="a", of=OF)
    (session,) = parse([ours.replace(f"|{OF}|0|", f"|{OF}|1|")])
    assert (session.declared, session.ours) == ("mine", False)
    _, session = parse([row("a", session="$0", key="a", of=OF), ours])
    assert (session.declared, session.ours) == ("mine", False)
