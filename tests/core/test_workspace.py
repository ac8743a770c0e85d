"""Every key of tmuxp's format is known, refused by name, or an error with the nearest right one."""

from typing import Any

import pytest

from ocprov.core.rules import WorkspaceError
from ocprov.core.workspace import check


def workspace(**more: Any) -> dict[str, Any]:
    return {"session_name": "opencode-observability-x", "windows": [{"window_name": "a"}], **more}


def window(**more: Any) -> dict[str, Any]:
    return workspace(windows=[{"window_name": "a", **more}])


def pane(**more: Any) -> dict[str, Any]:
    return window(panes=[more])


GOOD: dict[str, dict[str, Any]] = {
    "every session key": workspace(
        start_directory="~",
        before_script="./x",
        shell_command_before=["a", {"cmd": "b"}],
        environment={"A": "1", "B": 2},
        options={"status": True, "@mine": "x"},
        global_options={"default-size": "80x24"},
        suppress_history=False,
        **{"x-ocprov": {"restart": "always", "shell": "bash", "launcher": True}},
    ),
    "every window key": window(
        window_index=3,
        layout="tiled",
        options={"automatic-rename": False},
        options_after={"synchronize-panes": True},
        focus=True,
        start_directory="src",
        environment={"A": "1"},
        window_shell="top",
        shell_command_before="x",
        suppress_history=True,
        panes=["a"],
        **{"x-ocprov": {"key": "k", "notice": "n", "launcher": False}},
    ),
    "every pane key": pane(
        shell_command=[{"cmd": "a", "enter": False, "sleep_before": 1, "sleep_after": 0.5}],
        shell_command_before={"shell_command": ["x"]},
        focus=True,
        start_directory="/",
        environment={"A": "1"},
        shell="top",
        enter=True,
        sleep_before=0,
        sleep_after=60,
        suppress_history=False,
        **{"x-ocprov": {"restart": "never"}},
    ),
    "panes in shorthand": window(panes=[None, "blank", "pane", "ls", ["a", "b"], {}]),
    "a command of several lines": window(panes=["for i in 1 2\ndo\n\techo $i\ndone"]),
    "and as cmd": pane(shell_command=[{"cmd": "a\nb"}]),
}


@pytest.mark.parametrize("value", GOOD.values(), ids=GOOD)
def test_accepted(value: dict[str, Any]) -> None:
    check(value)


BAD: dict[str, tuple[object, tuple[str | int, ...], str, str]] = {
    "no mapping": (["x"], (), "a layout is a mapping", ""),
    "no name": ({"windows": [{"window_name": "a"}]}, (), "session_name is missing", "add session_name"),
    "no windows": ({"session_name": "x"}, (), "windows is missing", "add windows"),
    "empty windows": (workspace(windows=[]), ("windows",), "at least one", ""),
    "a window without a name": (
        workspace(windows=[{"panes": []}]),
        ("windows", 0),
        "window_name is missing",
        "",
    ),
    "a window that is text": (workspace(windows=["x"]), ("windows", 0), "a window must be a mapping", ""),
    "a misspelt session key": (
        workspace(windws=1),
        ("windws",),
        'unknown key "windws" in session',
        'did you mean "windows"?',
    ),
    "a misspelt hook": (
        workspace(befor_script="x"),
        ("befor_script",),
        "unknown key",
        'did you mean "before_script"?',
    ),
    "a key of another level": (
        workspace(window_shell="x"),
        ("window_shell",),
        'unknown key "window_shell" in session',
        "window_shell belongs to a window",
    ),
    "a misspelt pane key": (
        pane(shel_command="x"),
        ("windows", 0, "panes", 0, "shel_command"),
        'unknown key "shel_command" in pane',
        'did you mean "shell_command"?',
    ),
    "a misspelt command key": (
        pane(shell_command=[{"cmd": "x", "sleep": 1}]),
        ("windows", 0, "panes", 0, "shell_command", 0, "sleep"),
        'unknown key "sleep" in command',
        "sleep_",
    ),
    "a misspelt key of ours": (
        window(**{"x-ocprov": {"restrt": "always"}}),
        ("windows", 0, "x-ocprov", "restrt"),
        'unknown key "restrt" in x-ocprov of a window',
        'did you mean "restart"?',
    ),
    "a key for windows only": (
        pane(**{"x-ocprov": {"key": "k"}}),
        ("windows", 0, "panes", 0, "x-ocprov", "key"),
        'unknown key "key"',
        "",
    ),
    "plugins": (
        workspace(plugins=["x"]),
        ("plugins",),
        "plugins is not supported: it makes tmuxp import",
        "take",
    ),
    "a builder": (workspace(workspace_builder="x"), ("workspace_builder",), "is not supported", "take"),
    "the builder's options": (
        workspace(workspace_builder_options={}),
        ("workspace_builder_options",),
        "is not supported",
        "take",
    ),
    "the builder's paths": (
        workspace(workspace_builder_paths=[]),
        ("workspace_builder_paths",),
        "is not supported",
        "",
    ),
    "a socket name": (workspace(socket_name="x"), ("socket_name",), "is not supported", "take"),
    "a restart policy": (
        pane(**{"x-ocprov": {"restart": "on-failure"}}),
        ("windows", 0, "panes", 0, "x-ocprov", "restart"),
        'restart cannot be "on-failure"',
        "prompt, always, never",
    ),
    "a number as a name": (
        window(window_name=5),
        ("windows", 0, "window_name"),
        "must be text, not 5",
        "quotes",
    ),
    "a yes as an index": (window(window_index=True), ("windows", 0, "window_index"), "must be a number", ""),
    "a negative index": (window(window_index=-1), ("windows", 0, "window_index"), "from 0 to 9999", ""),
    "text as a flag": (window(focus="yes"), ("windows", 0, "focus"), "must be true or false", ""),
    "a long sleep": (pane(sleep_before=61), ("windows", 0, "panes", 0, "sleep_before"), "from 0 to 60", ""),
    "no panes": (window(panes=[]), ("windows", 0, "panes"), "at least one pane", ""),
    "a pane that is a number": (
        window(panes=[5]),
        ("windows", 0, "panes", 0),
        "a pane must be a command",
        "",
    ),
    "a command that is a number": (
        pane(shell_command=[5]),
        ("windows", 0, "panes", 0, "shell_command", 0),
        "a command must be text",
        "quotes",
    ),
    "a variable's name": (
        workspace(environment={"A B": "1"}),
        ("environment", "A B"),
        "no name for an environment variable",
        "",
    ),
    "a yes as a variable": (workspace(environment={"A": True}), ("environment", "A"), "yes/no", "quotes"),
    "a list as an option": (workspace(options={"a": []}), ("options", "a"), "must have one value", ""),
    "a newline in a directory": (
        workspace(start_directory="/tmp/a\nbefore_script: touch pwn"),
        ("start_directory",),
        "control character",
        "",
    ),
    "an escape in a command": (
        window(panes=["a\x1b[31m"]),
        ("windows", 0, "panes", 0),
        "control character",
        "",
    ),
    "a newline in a name": (
        window(window_name="a\nb"),
        ("windows", 0, "window_name"),
        "control character",
        "",
    ),
    "a NUL in a key": (workspace(**{"a\0": 1}), ("a\0",), "control character", ""),
    "a carriage return": (window(panes=["ls\r"]), ("windows", 0, "panes", 0), "control character", ""),
}


@pytest.mark.parametrize(("value", "path", "message", "hint"), BAD.values(), ids=BAD)
def test_refused_where_it_stands(value: object, path: tuple[str | int, ...], message: str, hint: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        check(value)
    assert caught.value.path == path
    assert message in caught.value.message
    assert hint in caught.value.hint
