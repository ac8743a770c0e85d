"""What the short way takes for a session in place; states that no test can hold still are told here as rows."""

from typing import Any

import pytest

from ocprov.core import rows
from ocprov.core.build import Terms
from ocprov.core.prepared import prepared
from ocprov.short.judge import notes
from tests.core.values import pane, session, window

NAME = session().name
DECLARED = session(window("a", panes=(pane("a", commands=("x",), focus=True),)), window("b"))
WANTED: Any = {**prepared(DECLARED, Terms(str), "/bin", lambda text: text), "version": "3.3a"}
ABOUT = {"session_attached": "0", "exit-unattached": "0", "version": "3.3a", "@ocprov_session": WANTED["tag"]}


def row(key: str, **changed: str) -> dict[str, str]:
    name, tag, _ = WANTED["windows"][key]
    own = {"window_id": f"@{key}", "window_index": "1", "window_name": name, "@ocprov_window": tag}
    state = "running 1 - 7" if key == "a" else "plain 0 - 8"
    marks = {"@ocprov_pane": key, "@ocprov_digest": WANTED["digests"][key], "@ocprov_state": state}
    return {"pane_dead": "0", rows.STARTED_FIELD: "1"} | own | marks | changed


def line(of: dict[str, str], fields: str = "panes") -> str:
    return "|".join(of.get(field, "") for field in WANTED[fields])


def judged(*of: dict[str, str], **about: str) -> list[tuple[str, str]] | None:
    lines = [line(ABOUT | about, "session"), *map(line, of), ""]
    return notes(lines, WANTED, lambda pid: pid == 7)


def test_a_session_in_place() -> None:
    assert judged(row("a"), row("b")) == []
    assert judged(row("b"), row("a")) == []


@pytest.mark.parametrize(
    "state",
    ["running 1 - 7", "waiting 1 2 7", "stopped 1 130 7", "exited 1 0 7", "shell 1 3 9", "plain 0 - 9", ""],
)
def test_commands_that_are_left_alone(state: str) -> None:
    assert judged(row("a", **{"@ocprov_state": state}), row("b")) == []


@pytest.mark.parametrize(
    "state",
    [
        "running 1 - 9",
        "exited 1 1 7",
        "exited 1 - 7",
        "exited 1 0 9",
        "odd 1 - 7",
        "running 1 -",
        "running 1 - x",
    ],
)
def test_commands_that_need_a_closer_look(state: str) -> None:
    assert judged(row("a", **{"@ocprov_state": state}), row("b")) is None


def test_windows_of_a_persons_own_are_told() -> None:
    theirs = {"window_id": "@9", "window_index": "5", "window_name": "a|b"}
    assert judged(row("a"), theirs, row("b"), theirs) == [("5", "a|b"), ("5", "a|b")]


@pytest.mark.parametrize(
    "changed",
    [
        {"pane_dead": "1"},
        {"@ocprov_digest": "000000000000"},
        {"@ocprov_pane": "c"},
        {"@ocprov_pane": ""},
        {"@ocprov_window": "old"},
        {"window_name": "renamed"},
        {"window_id": "@b"},
        {"@ocprov_state": "", rows.STARTED_FIELD: "0"},
    ],
    ids=str,
)
def test_what_needs_a_closer_look(changed: dict[str, str]) -> None:
    assert judged(row("a", **changed), row("b")) is None


@pytest.mark.parametrize(
    "about", [{"exit-unattached": "1"}, {"version": "3.4"}, {"@ocprov_session": ""}], ids=str
)
def test_what_about_the_session_needs_a_closer_look(about: dict[str, str]) -> None:
    assert judged(row("a"), row("b"), **about) is None


def test_a_session_that_ends_unattached_stays_while_somebody_looks() -> None:
    assert judged(row("a"), row("b"), **{"exit-unattached": "1", "session_attached": "1"}) == []


def test_nothing_of_ours() -> None:
    assert judged() is None
    assert judged(row("a")) is None
    assert judged(row("a"), row("a"), row("b")) is None
    assert notes([], WANTED, lambda _: True) is None


def test_a_line_that_makes_no_sense() -> None:
    assert notes([line(ABOUT, "session"), line(row("a")), "odd"], WANTED, lambda _: True) is None
