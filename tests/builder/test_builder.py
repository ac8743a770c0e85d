"""The builder as tmuxp drives it: protocol, events, plugins, scripts, failures, prompts."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from libtmux.server import Server
from libtmux.session import Session
from libtmux.window import Window
from tmuxp import exc
from tmuxp.plugin import TmuxpPlugin
from tmuxp.workspace.builder.protocol import WorkspaceBuilderProtocol
from tmuxp.workspace.builder.registry import resolve_builder_class

from ocprov.builder import BatchWorkspaceBuilder
from tests.builder import both
from tests.builder.small import BLANK, typed, windows, workspace
from tests.conftest import Machine, until

# Of tmuxp, which leaves the pipes of a before_script to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

KINDS = pytest.mark.parametrize("kind", both.BUILDERS.values(), ids=both.BUILDERS.keys())


def test_it_is_found_by_its_name_and_satisfies_the_protocol(server: Server) -> None:
    kind = resolve_builder_class({"workspace_builder": "ocprov"})
    assert kind is BatchWorkspaceBuilder
    builder = kind(session_config=workspace(), server=server)
    builder.build()
    assert isinstance(builder, WorkspaceBuilderProtocol)
    assert isinstance(builder.session, Session)
    assert [window.window_name for window in builder.session.windows] == ["a"]
    assert builder.session_exists("s")


def test_an_empty_workspace_is_refused_as_by_the_classic_builder(server: Server) -> None:
    with pytest.raises(exc.EmptyWorkspaceException):
        BatchWorkspaceBuilder(session_config={}, server=server)
    odd = {"workspace_builder_options": {"pane_readiness": "sometimes"}}
    with pytest.raises(exc.InvalidWorkspaceBuilderOption):
        BatchWorkspaceBuilder(session_config=workspace(**odd), server=server)


@pytest.mark.parametrize("readiness", ["auto", "never", "always"])
def test_events_and_progress_are_those_of_the_classic_builder(readiness: str, machine: Machine) -> None:
    conf = both.prepare(
        machine.home, 'setw -g pane-base-index 3\nset -g default-command "printf x; exec cat"\n'
    )
    told: dict[str, list[object]] = {}
    for name, kind in both.BUILDERS.items():
        seen = told[name] = []
        config = workspace(
            {"window_name": "a", "panes": [BLANK, typed("x", sleep_after=0.01)]},
            {"panes": [BLANK]},
            before_script="echo script",
            workspace_builder_options={"pane_readiness": readiness},
        )
        kind(
            session_config=config,
            server=Server(socket_name=name, config_file=str(conf)),
            on_progress=seen.append,
            on_before_script=lambda seen=seen: seen.append("before"),
            on_script_output=seen.append,
            on_build_event=seen.append,
        ).build()
    assert told["ocprov"] == told["classic"]
    assert len(told["ocprov"]) == 20


class Plugin(TmuxpPlugin):  # type: ignore[misc] # tmuxp ships no types
    """Writes down what it is called with, and what is there then."""

    def __init__(self) -> None:
        super().__init__(plugin_name="recorder")
        self.seen: list[object] = []

    def before_workspace_builder(self, session: Session) -> None:
        self.seen.append(
            ("before", session.session_name, session.show_option("history-limit"), len(session.windows))
        )

    def on_window_create(self, window: Window) -> None:
        self.seen.append(
            ("on", window.window_name, len(window.panes), window.show_option("main-pane-height"))
        )

    def after_window_finished(self, window: Window) -> None:
        active = [pane.pane_index for pane in window.panes if pane.pane_active == "1"]
        after = window.show_option("main-pane-width")
        self.seen.append(("after", window.window_name, len(window.panes), after, active))


@KINDS
@pytest.mark.parametrize("readiness", ["auto", "always"])
def test_plugins_see_each_window_at_its_moment(
    kind: Callable[..., Any], readiness: str, machine: Machine
) -> None:
    conf = both.prepare(machine.home, 'set -g default-command "printf x; exec cat"\n')
    options = {"options": {"main-pane-height": 3}, "options_after": {"main-pane-width": 30}}
    config = workspace(
        {"window_name": "a", "panes": [{**BLANK, "focus": True}, typed("x")], **options},
        {"window_name": "b", "panes": [BLANK], "focus": True},
        options={"history-limit": 7},
        workspace_builder_options={"pane_readiness": readiness},
    )
    plugin = Plugin()
    server = Server(socket_name="plugged", config_file=str(conf))
    kind(session_config=config, server=server, plugins=[plugin]).build()
    assert plugin.seen == [
        ("before", "s", None, 1),
        ("on", "a", 1, 3),
        ("after", "a", 2, 30, ["1"]),
        ("on", "b", 1, None),
        ("after", "b", 1, None, ["0"]),
    ]
    active = server.cmd("list-panes", "-s", "-F", "#{window_active}#{pane_active}").stdout
    assert active == ["01", "00", "11"]


def test_a_command_that_ends_its_pane_is_no_failure(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep, seconds = time.sleep, 0.0123

    def until_it_ended(asked: float) -> None:
        if asked == seconds:
            until(lambda: windows(server) == ["0 b"])
        else:
            sleep(asked)

    commands = [{"cmd": "exit", "sleep_after": seconds}, {"cmd": "too late"}]
    window = {"window_name": "a", "panes": [{"shell_command": commands, "shell": "sh"}]}
    config = workspace({"window_name": "b", "panes": [BLANK]}, window, {"window_name": "c", "panes": [BLANK]})
    monkeypatch.setattr(time, "sleep", until_it_ended)
    BatchWorkspaceBuilder(session_config=config, server=server).build()
    assert windows(server) == ["0 b", "1 c"]


def test_an_empty_list_of_panes_is_one_blank_pane(server: Server) -> None:
    BatchWorkspaceBuilder(session_config=workspace({"window_name": "a", "panes": []}), server=server).build()
    assert windows(server) == ["0 a"]
