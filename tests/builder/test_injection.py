"""What a text says is never done by tmux, whatever key it stands for, and reads as in the classic builder."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from libtmux.server import Server

from ocprov.builder import BatchWorkspaceBuilder
from ocprov.builder.failure import BuildError
from tests.builder import both
from tests.conftest import Machine, until

HOSTILE = {
    "single quote": "it's",
    "double quote": 'say "x"',
    "both quotes": "\"'\"'",
    "closing quote": "' ; new-window -n injected ; '",
    "semicolon": "a ; new-window -n injected ; b",
    "escaped semicolon": "a \\; new-window -n injected \\; b",
    "newline": "a\nnew-window -n injected\n  b",
    "backslash newline": "a\\\nb",
    "carriage return": "a\rnew-window -n injected",
    "tmux job": "x #(touch made-by) y",
    "shell": "$(touch made-by) `touch made-by` | touch made-by",
    "format": "#{session_name} ##{pid} #S #,",
    "tilde": "~",
    "braces": "{ new-window -n injected }",
    "directive": "%if 1",
    "comment": "# x",
    "unicode": "☃ é 日本 \U0001f600",
    "dash": "-t injected",
    "variable": "$HOME ${HOME} $",
    "backslash": "a\\",
    "target": "=x:{end}.%1",
}


def workspace(text: str, directory: Path, recorder: str) -> dict[str, Any]:
    """The text for every key that takes one, as a builder is given it."""
    pane = {"shell_command": [{"cmd": text}, {"cmd": text, "enter": False}]}
    # libtmux cannot read rows of windows and panes whose names and programs have lines.
    line = " ".join(text.splitlines())
    program = f"T_SHELL={shlex.quote(line)} {recorder}"
    return {
        "session_name": "hostile",
        "start_directory": str(directory),
        "options": {"@option": text, "status-left": text},
        "global_options": {"@global": text},
        "environment": {"T_SESSION": text},
        "windows": [
            {
                "window_name": line,
                "start_directory": str(directory),
                "options": {"@window": text},
                "options_after": {"@after": text},
                "environment": {"T_WINDOW": text},
                "panes": [pane, {**pane, "environment": {"T_PANE": text}, "start_directory": str(directory)}],
            },
            {"window_name": line, "window_shell": program, "panes": [pane, {**pane, "shell": program}]},
        ],
    }


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_text_is_a_text(text: str, machine: Machine) -> None:
    conf = both.prepare(machine.home)
    directory = machine.home / "here"
    directory.mkdir()
    declared = json.dumps(workspace(text, directory, "exec ~/typist"))
    made = {}
    for name in ("ocprov", "classic"):
        server = Server(socket_name=name, config_file=str(conf))
        builder = both.BUILDERS[name](session_config=json.loads(declared), server=server)
        builder.build()
        made[name] = both.Built(server, builder, machine.home)
        if name == "ocprov":
            assert not list(machine.root.rglob("made-by"))
    expected, found = both.settled(made["classic"], made["ocprov"])
    assert found == expected
    assert both.whole(found)
    assert len(found["windows"]) == 2


@pytest.mark.parametrize(
    "name", ["a#{pid}b", "a#(touch made-by)b", "a##b", "a'b", "a b", "a$(touch made-by)", "a#[b", "a%Hb", "☃"]
)
def test_a_directory_may_have_any_name(name: str, machine: Machine) -> None:
    directory = machine.home / name
    directory.mkdir()
    server = Server(socket_name="ocprov", config_file=str(both.prepare(machine.home)))
    panes: list[dict[str, object]] = [{"shell_command": []}, {"shell_command": []}]
    windows = [{"panes": panes, "start_directory": str(directory)}]
    config = {"session_name": "s", "start_directory": str(directory), "windows": windows}
    BatchWorkspaceBuilder(session_config=config, server=server).build()
    paths = server.cmd("list-panes", "-s", "-F", "#{session_path}=#{pane_start_path}").stdout
    assert paths == [f"{directory}={directory}"] * 2
    assert not list(machine.root.rglob("made-by"))


def test_what_the_classic_builder_loses_is_kept(machine: Machine) -> None:
    server = Server(socket_name="ocprov", config_file=str(both.prepare(machine.home)))
    commands = [{"cmd": "-x"}, {"cmd": "--"}, {"cmd": "a;"}]
    panes = [{"shell_command": commands, "suppress_history": False}]
    config = {
        "session_name": "s",
        "options": {"@o": "x;"},
        "windows": [{"window_name": "w;", "panes": panes}],
    }
    builder = BatchWorkspaceBuilder(session_config=config, server=server)
    builder.build()
    built = both.Built(server, builder, machine.home)
    built.sentinels()
    until(lambda: both.whole(built.snapshot()))
    found = built.snapshot()
    assert found["typed"] == [f"-x\n--\na;\n{both.SENTINEL}"]
    assert found["windows"][0].startswith("0 w; ")
    assert '@o "x;"' in found["session options"]


def test_a_name_of_several_lines_is_refused_before_anything_is_made(machine: Machine) -> None:
    server = Server(socket_name="ocprov", config_file="/dev/null")
    config = {"session_name": "s", "windows": [{"window_name": "a\nb", "panes": [{"shell_command": []}]}]}
    with pytest.raises(BuildError, match="window_name has a line break"):
        BatchWorkspaceBuilder(session_config=config, server=server).build()
    assert not server.is_alive()
