"""Windows that a person, a script or a plugin makes, moves and closes while a build goes on."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from libtmux.server import Server
from libtmux.session import Session
from libtmux.window import Window
from tmuxp.plugin import TmuxpPlugin

from ocprov.builder import BatchWorkspaceBuilder
from tests.builder import both
from tests.builder.small import BLANK, Config, typed, windows, workspace
from tests.conftest import Machine

# Of tmuxp, which leaves the pipes of a before_script to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

SECONDS = 0.0123
ACTIONS = pytest.mark.parametrize(
    "action",
    [
        pytest.param("kill-window -t =s:0", id="closes the first window"),
        pytest.param("new-window -d -n theirs -t =s:50", id="makes a window at the end"),
        pytest.param("new-window -n theirs -t =s:2", id="makes a window where ours would go"),
        pytest.param("move-window -d -s =s:1 -t =s:7", id="moves the window that is filled"),
        pytest.param("swap-window -d -s =s:0 -t =s:1", id="swaps ours"),
        pytest.param("split-window -t =s:1", id="splits the window that is filled"),
    ],
)
DECLARED: list[Config] = [
    {"window_name": "one", "panes": [typed("a")]},
    {"window_name": "two", "panes": [typed("b", sleep_after=SECONDS), typed("c")]},
    {"window_name": "three", "panes": [typed("d"), typed("e"), BLANK], "options": {"main-pane-width": 33}},
    {"window_name": "four", "panes": [typed("f")], "options_after": {"main-pane-width": 34}},
]


class Busy(TmuxpPlugin):  # type: ignore[misc] # tmuxp ships no types
    """Does something to the session when the window `two` is finished, or before anything is made in it."""

    def __init__(self, after: str = "", before: str = "") -> None:
        super().__init__(plugin_name="busy")
        self.after = after
        self.before = before

    def before_workspace_builder(self, session: Session) -> None:
        if self.before:
            session.server.cmd(*self.before.split())

    def after_window_finished(self, window: Window) -> None:
        if window.window_name == "two" and self.after:
            window.server.cmd(*self.after.split())


def compare(machine: Machine, build: Callable[[Any, Server], Any], more: str = "") -> both.Snapshot:
    """What `build` makes with our builder, once it is what it makes with the classic one."""
    conf = both.prepare(machine.home, more)
    made = []
    for name, kind in both.BUILDERS.items():
        server = Server(socket_name=name, config_file=str(conf))
        made.append(both.Built(server, build(kind, server), machine.home))
    expected, found = both.settled(made[0], made[1])
    assert found == expected
    assert both.whole(found)
    return found


def during_sleeps(monkeypatch: pytest.MonkeyPatch, server: Server, action: str) -> None:
    """Have the action done once, in the midst of the first declared sleep."""
    actions = [action.split()]

    def sleep(seconds: float) -> None:
        if seconds == SECONDS and actions:
            server.cmd(*actions.pop())

    monkeypatch.setattr(time, "sleep", sleep)


@ACTIONS
def test_what_follows_a_sleep_goes_to_the_windows_of_the_file(
    action: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(kind: Any, server: Server) -> Any:
        with monkeypatch.context() as patch:
            during_sleeps(patch, server, action)
            builder = kind(session_config=workspace(*DECLARED), server=server)
            builder.build()
        return builder

    compare(machine, build)


@ACTIONS
def test_what_follows_a_plugin_goes_to_the_windows_of_the_file(action: str, machine: Machine) -> None:
    def build(kind: Any, server: Server) -> Any:
        config = workspace(*DECLARED)
        builder = kind(session_config=config, server=server, plugins=[Busy(after=action)])
        builder.build()
        return builder

    compare(machine, build)


@pytest.mark.parametrize(
    ("readiness", "keys"),
    [("never", {}), ("always", {"options": {"synchronize-panes": "on"}})],
    ids=["alone", "synchronized"],
)
def test_an_appended_window_goes_where_there_is_room_by_then(
    readiness: str, keys: Config, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(kind: Any, server: Server) -> Any:
        given = server.new_session("s", window_name="own")
        config = workspace(*DECLARED, **keys, workspace_builder_options={"pane_readiness": readiness})
        with monkeypatch.context() as patch:
            during_sleeps(patch, server, "new-window -d -n theirs -t =s:3")
            builder = kind(session_config=config, server=server)
            builder.build(given, append=True)
        return builder

    found = compare(machine, build, 'set -g default-command "printf x; exec ~/typist"\n')
    assert len(found["windows"]) == 6


def test_a_window_without_an_index_goes_where_there_is_room_by_then(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = [{**DECLARED[0], "window_index": 5}, *DECLARED[1:]]

    def build(kind: Any, server: Server) -> Any:
        with monkeypatch.context() as patch:
            during_sleeps(patch, server, "new-window -d -n theirs -t =s:1")
            builder = kind(session_config=workspace(*declared), server=server)
            builder.build()
        return builder

    found = compare(machine, build)
    assert [row.split()[:2] for row in found["windows"]] == [
        ["0", "two"],
        ["1", "theirs"],
        ["2", "three"],
        ["3", "four"],
        ["5", "one"],
    ]


@pytest.fixture
def script(machine: Machine) -> Callable[[str], str]:
    """Writes a before_script that has tmux do something."""

    def write(action: str) -> str:
        path: Path = machine.home / "script"
        path.write_text(f'#!/bin/sh\nexec tmux -L "$SOCKET" {action}\n')
        path.chmod(0o700)
        return str(path)

    return write


@pytest.mark.parametrize("flags", ["", "-d"], ids=["current", "behind"])
@pytest.mark.parametrize("by", ["script", "plugin", "hook"])
def test_a_window_that_is_there_before_the_first_one_stays(
    by: str, flags: str, machine: Machine, script: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    action = f"new-window {flags} -n theirs -t =s:"

    def build(kind: Any, server: Server) -> Any:
        monkeypatch.setenv("SOCKET", str(server.socket_name))
        keys = {"before_script": script(action) if by == "script" else "true"}
        plugins = [Busy(before=action)] if by == "plugin" else []
        builder = kind(session_config=workspace(*DECLARED[:1], **keys), server=server, plugins=plugins)
        builder.build()
        return builder

    found = compare(machine, build, f"set-hook -g session-created '{action}'\n" if by == "hook" else "")
    assert [row.split()[1] for row in found["windows"]][1:] == ["theirs", "one"]


def test_a_window_in_the_place_of_the_sessions_own_one_stays(
    server: Server, script: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKET", "ocprov")
    config = workspace(before_script=script("new-window -k -n theirs -t =s:0"))
    BatchWorkspaceBuilder(session_config=config, server=server).build()
    assert windows(server) == ["0 theirs", "1 a"]


@pytest.mark.parametrize("append", [False, True], ids=["instead", "appended"])
def test_a_window_that_comes_between_question_and_answer_is_left_alone(
    append: bool, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run
    asked: list[object] = []

    def interfering(*arguments: Any, **keys: Any) -> Any:
        done = run(*arguments, **keys)
        if b"list-windows" in keys.get("input", b"") and not asked:
            asked.append(
                run(["tmux", "-L", "ocprov", "new-window", "-n", "theirs", "-t", "=s:1"], check=True)
            )
        return done

    server = Server(socket_name="ocprov", config_file=str(both.prepare(machine.home)))
    given = server.new_session("s", window_name="own")
    builder = BatchWorkspaceBuilder(session_config=workspace(*DECLARED), server=server)
    monkeypatch.setattr(subprocess, "run", interfering)
    builder.build(given, append=append)
    assert asked
    assert windows(server) == ["0 own", "1 theirs", "2 one", "3 two", "4 three", "5 four"]
