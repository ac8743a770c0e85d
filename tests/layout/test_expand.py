"""tmuxp's expansion, with commands left alone."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ocprov.core.rules import WorkspaceError
from ocprov.core.workspace import check
from ocprov.errors import LayoutError
from ocprov.layout.expand import expand
from ocprov.layout.facts import Facts
from tests.layout.conftest import Load

BESIDE = Path("/layouts")
NAME = "opencode-development-x"


def expanded(
    workspace: dict[str, Any], facts: Facts | None = None, directory: str = "/srv"
) -> dict[str, Any]:
    check(workspace)
    return expand(workspace, directory=directory, beside=BESIDE, facts=facts or Facts())


def session(*windows: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"session_name": NAME, "windows": list(windows), **keys}


def panes(*declared: object, **keys: Any) -> list[list[str]]:
    found = expanded(session({"window_name": "w", "panes": list(declared), **keys}))
    return [[command["cmd"] for command in pane["shell_command"]] for pane in found["windows"][0]["panes"]]


COMMANDS: dict[str, tuple[object, list[str]]] = {
    "text": ("echo $HOME ~ ${X}", ["echo $HOME ~ ${X}"]),
    "home-first": ("~/bin/x", ["~/bin/x"]),
    "list": (["a $A", {"cmd": "b $B"}], ["a $A", "b $B"]),
    "mapping-text": ({"shell_command": "a $A"}, ["a $A"]),
    "mapping-list": ({"shell_command": ["a $A", {"cmd": "~ $B", "enter": True}]}, ["a $A", "~ $B"]),
    "before": ({"shell_command_before": "x $X", "shell_command": ["a"]}, ["x $X", "a"]),
    "before-list": ({"shell_command_before": ["x $X", "y"], "shell_command": "a"}, ["x $X", "y", "a"]),
    "before-mapping": (
        {"shell_command_before": {"shell_command": ["x $X"]}, "shell_command": "a"},
        ["x $X", "a"],
    ),
    "null": (None, []),
    "blank": ("blank", []),
    "pane": ("pane", []),
    "blank-in-list": (["blank"], []),
    "null-in-list": ([None], []),
    "null-among": (["a", None, "b"], ["a", "b"]),
    "nulls": ([None, None], []),
    "null-command": ({"shell_command": None}, []),
    "blank-command": ({"shell_command": "blank"}, []),
    "no-command": ({"focus": True}, []),
    "newline": ("a\nb $C", ["a\nb $C"]),
    "spaces": ("  a  ", ["  a  "]),
}


@pytest.mark.parametrize(("pane", "commands"), COMMANDS.values(), ids=COMMANDS)
def test_commands_reach_the_shell_as_written(
    pane: object, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A", "expanded")
    monkeypatch.setenv("X", "expanded")
    assert panes(pane) == [commands]


def test_commands_before_trickle_down_in_order() -> None:
    found = expanded(
        session(
            {"window_name": "w", "shell_command_before": ["w $W"], "panes": [{"shell_command": "p"}, None]},
            {"window_name": "v"},
            shell_command_before="s $S",
        )
    )
    assert [
        [[command["cmd"] for command in pane["shell_command"]] for pane in window["panes"]]
        for window in found["windows"]
    ] == [[["s $S", "w $W", "p"], ["s $S", "w $W"]], [["s $S"]]]


DIRECTORIES = {
    "none": (None, None, None, "/srv", "/srv", None),
    "session": ("/a", None, None, "/a", "/a", None),
    "session-home": ("~/a", None, None, "{home}/a", "{home}/a", None),
    "session-dot": ("./a", None, None, "/layouts/a", "/layouts/a", None),
    "session-up": ("../a", None, None, "/a", "/a", None),
    "window-dot": ("/a", "./b", None, "/a", "/a/b", None),
    "window-dot-without-session": (None, "./b", None, "/srv", "/srv/b", None),
    "window-relative": ("/a", "b", None, "/a", "/a/b", None),
    "window-relative-to-dot": ("./a", "b", None, "/layouts/a", "/layouts/a/b", None),
    "window-absolute": ("/a", "/b", None, "/a", "/b", None),
    "window-home": ("/a", "~/b", None, "/a", "{home}/b", None),
    "pane-dot": ("/a", "./b", "./c", "/a", "/a/b", "/a/b/c"),
    "pane-dot-without-window": ("/a", None, "./c", "/a", "/a", "/a/c"),
    "pane-dot-without-both": (None, None, "./c", "/srv", "/srv", "/srv/c"),
    "pane-dot-below-relative": ("/a", "b", "./c", "/a", "/a/b", "/a/b/c"),
    "pane-home": ("/a", None, "~/c", "/a", "/a", "{home}/c"),
    "variable": ("$HOME/a", "${HOME}/b", "$HOME/c", "{home}/a", "{home}/b", "{home}/c"),
}


@pytest.mark.parametrize("row", DIRECTORIES.values(), ids=DIRECTORIES)
def test_directories(row: tuple[str | None, ...], home: Path) -> None:
    keys = [{"start_directory": value} if value else {} for value in row[:3]]
    found = expanded(session({"window_name": "w", "panes": [{**keys[2]}], **keys[1]}, **keys[0]))
    window = found["windows"][0]
    assert [
        found["start_directory"],
        window["start_directory"],
        window["panes"][0].get("start_directory"),
    ] == [value and value.format(home=home) for value in row[3:]]


def test_a_directory_with_a_dollar_is_not_expanded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "expanded")
    here = "/x/$A ${A} $(touch pwn)"
    found = expanded(
        session(
            {"window_name": "w", "panes": [{"start_directory": "./c"}]},
            {"window_name": "v", "start_directory": f"{here}/sub"},
            environment={"HERE": f"{here}/$A"},
        ),
        directory=here,
    )
    assert found["start_directory"] == here
    assert found["windows"][0]["start_directory"] == here
    assert found["windows"][0]["panes"][0]["start_directory"] == f"{here}/c"
    assert found["windows"][1]["start_directory"] == f"{here}/sub"
    assert found["environment"] == {"HERE": f"{here}/expanded"}


def test_names_values_and_options_expand_as_in_tmuxp(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("A", "expanded")
    facts = Facts()
    found = expanded(
        {
            "session_name": "s-$A",
            "environment": {"N": 10, "P": "$A/$UNSET", "cmd": "$A", "R": "./x"},
            "options": {"default-command": "$A", "base-index": 1, "mouse": True},
            "global_options": {"status-left": "~/${A}"},
            "before_script": "./run.sh $A",
            "windows": [
                {"window_name": "w-$A", "options": {"x": "$A"}, "environment": {"W": "$A", "N": 1.5}}
            ],
        },
        facts,
    )
    assert found["session_name"] == "s-expanded"
    assert found["environment"] == {"N": "10", "P": "expanded/$UNSET", "cmd": "expanded", "R": "/layouts/x"}
    assert found["options"] == {"default-command": "expanded", "base-index": 1, "mouse": True}
    assert found["global_options"] == {"status-left": f"{home}/expanded"}
    assert found["before_script"] == "/layouts/run.sh expanded"
    assert found["windows"][0]["window_name"] == "w-expanded"
    assert found["windows"][0]["environment"] == {"W": "expanded", "N": "1.5"}
    asked = {question: answer for question, answer in facts.asked.items() if question[0] != "text"}
    assert asked == {("env", "A"): "expanded", ("env", "UNSET"): None, ("env", "HOME"): str(home)}


UNSET = {
    "session": (session({"window_name": "w"}, session_name="x-$UNSET"), ("session_name",)),
    "window": (session({"window_name": "${UNSET}"}), ("windows", 0, "window_name")),
    "directory": (session({"window_name": "w"}, start_directory="/a/$UNSET"), ("start_directory",)),
    "pane": (
        session({"window_name": "w", "panes": [None, {"start_directory": "$UNSET"}]}),
        ("windows", 0, "panes", 1, "start_directory"),
    ),
}


@pytest.mark.parametrize(("workspace", "path"), UNSET.values(), ids=UNSET)
def test_an_unset_variable_in_a_name_or_directory_is_refused(
    workspace: dict[str, Any], path: tuple[str | int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    with pytest.raises(WorkspaceError, match="environment variable UNSET is not set") as caught:
        expanded(workspace)
    assert caught.value.path == path


def test_the_workspace_stays_as_it_was() -> None:
    workspace = session({"window_name": "w", "panes": ["a", ["b"]]}, environment={"A": 1})
    before = deepcopy(workspace)
    expanded(workspace)
    assert workspace == before


def test_it_is_what_tmuxp_makes_of_it_where_tmuxp_can() -> None:
    workspace = session(
        {"window_name": "a", "panes": ["one", ["two", "three"], None, {"shell_command": "x", "focus": True}]},
        {"window_name": "b", "start_directory": "sub", "layout": "tiled", "panes": ["pane"]},
        {"window_name": "c", "start_directory": "./dot", "shell_command_before": ["y"]},
        start_directory="./here",
        shell_command_before=["z"],
        suppress_history=False,
        environment={"E": "./x"},
    )
    code = (
        "import sys, json; from tmuxp.workspace import loader; w = json.loads(sys.argv[1]);"
        "print(json.dumps(loader.trickle(loader.expand(w, cwd='/layouts'))))"
    )
    import json

    theirs = subprocess.run(
        [sys.executable, "-c", code, json.dumps(workspace)], capture_output=True, text=True, check=True
    )
    assert expanded(workspace) == json.loads(theirs.stdout)


def test_tmuxp_itself_is_not_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from ocprov.layout.expand import expand; from ocprov.layout.facts import Facts;"
        "expand({'session_name': 'x', 'windows': []}, directory='/', beside=Path('/'), facts=Facts());"
        "sys.exit('tmuxp' in sys.modules or 'libtmux' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ)).returncode == 0


def test_an_unset_variable_is_located(load_mine: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    with pytest.raises(LayoutError, match=r"mine\.yaml\.j2:4: environment variable UNSET is not set"):
        load_mine(f"session_name: {NAME}\nwindows:\n  - window_name: w\n    start_directory: /$UNSET\n")


def test_what_is_declared_wrong_after_expansion_is_located(load_mine: Load) -> None:
    with pytest.raises(LayoutError, match=r'mine\.yaml\.j2:5: "sub.*" is no layout of tmux'):
        load_mine(
            f"session_name: {NAME}\nwindows:\n{{% for n in [1] %}}\n  - window_name: w\n    layout: sub{{{{ n }}}}\n{{% endfor %}}\n"
        )


def test_a_layout_declares_its_session(load_mine: Load, tmp_path: Path) -> None:
    found = load_mine(f"session_name: {NAME}\nwindows:\n  - window_name: w\n    panes: [echo $HOME]\n")
    assert (found.desired.name, found.desired.layout, found.desired.directory) == (
        NAME,
        "mine",
        str(tmp_path),
    )
    assert found.desired.windows[0].panes[0].commands == ("echo $HOME",)
    assert found.workspace == {
        "session_name": NAME,
        "windows": [{"window_name": "w", "panes": ["echo $HOME"]}],
    }
