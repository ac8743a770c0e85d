"""Sessions that are there already."""

from collections.abc import Callable
from typing import Any

import pytest
from libtmux.server import Server

from ocprov.builder import BatchWorkspaceBuilder
from tests.builder import both
from tests.builder.small import sessions, typed, window_texts, windows, workspace
from tests.conftest import Machine

KINDS = pytest.mark.parametrize("kind", both.BUILDERS.values(), ids=both.BUILDERS.keys())


@KINDS
def test_windows_are_appended_to_a_given_session(kind: Callable[..., Any], machine: Machine) -> None:
    conf = both.prepare(machine.home, "set -g base-index 1\nset -g renumber-windows on\n")
    server = Server(socket_name="given", config_file=str(conf))
    given = server.new_session("mine", window_name="own")
    given.new_window("other", window_index="4")
    declared = [{"window_name": name, "panes": [typed(name), typed(name)]} for name in ("own", "b", "c")]
    builder = kind(session_config=workspace(*declared, options={"history-limit": 9}), server=server)
    builder.build(given, append=True)
    assert sessions(server) == ["mine"]
    assert windows(server, "=mine:") == ["1 own", "2 own", "3 b", "4 other", "5 c"]
    assert builder.session == given
    assert server.cmd("show-options", "-v", "-t", "=mine:", "history-limit").stdout == ["9"]
    typed_into = {name: window_texts(machine, server, f"=mine:{name}") for name in (2, 3, 5)}
    assert typed_into == {2: [" own"] * 2, 3: [" b"] * 2, 5: [" c"] * 2}


@KINDS
@pytest.mark.parametrize(("append", "expected"), [(False, ["0 a"]), (True, ["0 first", "1 a"])])
def test_a_given_session_of_one_window_gives_it_up_unless_appended_to(
    kind: Callable[..., Any], append: bool, expected: list[str], server: Server
) -> None:
    given = server.new_session("mine", window_name="first")
    kind(session_config=workspace(), server=server).build(given, append=append)
    assert windows(server, "=mine:") == expected


@KINDS
def test_a_new_session_that_is_appended_to_keeps_its_own_window(
    kind: Callable[..., Any], server: Server
) -> None:
    server.new_session("other")
    server.cmd("set-option", "-g", "automatic-rename", "off")
    kind(session_config=workspace(), server=server).build(append=True)
    assert windows(server)[1:] == ["1 a"]
    assert len(windows(server)) == 2


def test_inside_tmux_the_session_is_made_on_that_server(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.tmux("-L", "inner", "-f", "/dev/null", "new-session", "-d", "-s", "first")
    socket = machine.tmux("-L", "inner", "display-message", "-p", "#{socket_path}")
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    builder = BatchWorkspaceBuilder(session_config=workspace(), server=Server())
    builder.build()
    assert builder.session.session_name == "s"
    monkeypatch.delenv("TMUX")
    assert machine.tmux("-L", "inner", "list-sessions", "-F", "#{session_name}").split() == ["first", "s"]
    assert machine.tmux("list-sessions") == ""
