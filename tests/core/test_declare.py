"""An expanded workspace becomes the values that are wanted, or says why it cannot."""

from typing import Any

import pytest

from ocprov.core.declare import session
from ocprov.core.desired import Session, Typed
from ocprov.core.rules import WorkspaceError


def expanded(*windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """As tmuxp's expand and trickle leave it."""
    return {
        "session_name": "opencode-observability-x",
        "start_directory": "/home/u",
        "windows": [{"start_directory": "/home/u", **one} for one in windows or (window("a"),)],
        **more,
    }


def window(name: str, *commands: str, **more: Any) -> dict[str, Any]:
    return {"window_name": name, "panes": [pane(*commands)], **more}


def pane(*commands: str, **more: Any) -> dict[str, Any]:
    return {"shell_command": [{"cmd": command} for command in commands], **more}


def declared(*windows: dict[str, Any], **more: Any) -> Session:
    return session(expanded(*windows, **more), layout="x")


def test_commands_run_in_one_launcher_in_order() -> None:
    (only,) = declared(window("a", "one", "two")).panes
    assert (only.key, only.commands, only.launched) == ("a", ("one", "two"), True)


def test_no_command_is_a_plain_shell() -> None:
    (only,) = declared(window("a")).panes
    assert not only.launched


def test_further_panes_have_keys_of_their_own() -> None:
    made = declared(window("a", panes=[pane("x"), pane("y"), pane()]))
    assert [one.key for one in made.panes] == ["a", "a.2", "a.3"]


def test_settings_of_ours_come_from_the_nearest_level() -> None:
    made = declared(
        window("a", "x"),
        window("b", "x", **{"x-ocprov": {"restart": "never"}}),
        window("c", panes=[pane("x", **{"x-ocprov": {"restart": "prompt"}}), pane("y")]),
        **{"x-ocprov": {"restart": "always", "shell": "bash"}},
    )
    assert [one.restart for one in made.panes] == ["always", "never", "prompt", "always"]
    assert {one.shell for one in made.panes} == {"bash"}


def test_a_key_outlives_a_new_name() -> None:
    made = declared(window("new-name", "x", **{"x-ocprov": {"key": "old"}}))
    assert (made.windows[0].name, made.windows[0].key, made.panes[0].key) == ("new-name", "old", "old")


def test_a_shell_without_commands_is_the_command() -> None:
    (only,) = declared(window("a", window_shell="top")).panes
    assert (only.commands, only.launched) == (("top",), True)


def test_directories_are_joined_and_made_plain() -> None:
    made = declared(
        window("a", panes=[pane(), pane(start_directory="sub"), pane(start_directory="/x/../y"), pane()])
    )
    assert [one.directory for one in made.panes] == ["/home/u", "/home/u/sub", "/y", "/home/u"]


def test_environment_of_a_pane_replaces_that_of_its_window_and_joins_that_of_the_session() -> None:
    made = declared(
        window("a", environment={"W": "1"}, panes=[pane("x"), pane("x", environment={"P": 2})]),
        environment={"S": "s"},
    )
    assert [dict(one.environment) for one in made.panes] == [{"S": "s", "W": "1"}, {"S": "s", "P": "2"}]


TYPED = {"x-ocprov": {"launcher": False}}


def test_typed_commands_keep_what_one_of_them_set() -> None:
    commands = [{"cmd": "a"}, {"cmd": "b", "enter": False, "sleep_before": 1}, {"cmd": "c"}]
    (only,) = declared(window("a", panes=[{"shell_command": commands, **TYPED}])).panes
    assert only.typed == (
        Typed(" a"),
        Typed(" b", enter=False, sleep_before=1),
        Typed(" c", enter=False, sleep_before=1),
    )


def test_typed_commands_show_in_the_history_when_asked_for() -> None:
    (only,) = declared(window("a", "ls", suppress_history=False, **TYPED)).panes
    assert only.typed == (Typed("ls"),)


def test_the_last_window_that_asks_has_the_focus_and_else_the_first() -> None:
    asked = declared(window("a"), window("b", focus=True), window("c", focus=True))
    assert [one.focus for one in asked.windows] == [False, False, True]
    assert [one.focus for one in declared(window("a"), window("b")).windows] == [True, False]


def test_switches_are_on_and_off() -> None:
    made = declared(options={"mouse": True, "status": False, "history-limit": 9})
    assert made.options == (("mouse", "on"), ("status", "off"), ("history-limit", "9"))


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a session of another tool": (expanded(session_name="work"), "must start with opencode-observability-"),
    "a window name that is a format": (expanded(window("#(touch pwn)")), "cannot be a window name"),
    "a window name that is an index": (expanded(window("12")), "tmux reads a number as an index"),
    "a key with a slash": (expanded(window("a", **{"x-ocprov": {"key": "../x"}})), "cannot be a window name"),
    "two windows of a name": (expanded(window("a"), window("a")), 'two windows have the name "a"'),
    "two windows of a key": (
        expanded(window("a"), window("b", **{"x-ocprov": {"key": "a"}})),
        'two windows have the key "a"',
    ),
    "two windows of an index": (
        expanded(window("a", window_index=2), window("b", window_index=2)),
        'two windows have the index "2"',
    ),
    "a layout that tmux does not have": (expanded(window("a", layout="wide")), "is no layout of tmux"),
    "a layout that is more": (expanded(window("a", layout="tiled; kill-server")), "is no layout of tmux"),
    "an option that is none": (expanded(options={"a b": "x"}), "is no name for a tmux option"),
    "a tag of ours": (expanded(options={"@ocprov_session": "x"}), "one of ocprov's own tags"),
    "enter: false in a launcher": (
        expanded(window("a", panes=[pane("x", enter=False)])),
        "a launcher types nothing",
    ),
    "a sleep in a launcher": (
        expanded(window("a", panes=[{"shell_command": [{"cmd": "x", "sleep_after": 1}]}])),
        "a launcher types nothing",
    ),
    "a shell and commands": (expanded(window("a", "x", window_shell="top")), "together need typing"),
    "a typed command of two lines": (expanded(window("a", "x\ny", **TYPED)), "cannot span lines"),
    "a relative directory": (expanded(start_directory="src"), "not an absolute directory"),
    "a path of 5000 bytes": (expanded(start_directory="/" + "x" * 5000), "longer than 4000 bytes"),
    "an open quote": (expanded(before_script="echo 'x"), "cannot read the command"),
}


@pytest.mark.parametrize(("workspace", "message"), BAD.values(), ids=BAD)
def test_refused(workspace: dict[str, Any], message: str) -> None:
    with pytest.raises(WorkspaceError, match=r".") as caught:
        session(workspace, layout="x")
    assert message in caught.value.message
