"""`ocprov check --schema`: what editors are told is what `check` holds to."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ocprov.authoring.schema import DESCRIPTIONS, schema
from ocprov.core.rules import WorkspaceError
from ocprov.core.workspace import LEVELS, check
from tests.conftest import Machine

SESSION = "opencode-development-x"


def errors(workspace: object) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(workspace)]


def of(window: object = None, pane: object = None, **session: object) -> dict[str, Any]:
    """A workspace with something in its session, in its window, or as its pane."""
    panes = {"panes": [pane]} if pane is not None else {}
    first = {"window_name": "a", **panes, **(window if isinstance(window, dict) else {})}
    return {"session_name": SESSION, "windows": [first], **session}


def test_it_is_printed(machine: Machine) -> None:
    result = machine.ocprov("check", "--schema")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == schema()
    assert json.loads(machine.ocprov("check", "--schema", "--json").stdout)["data"] == {"schema": schema()}
    assert machine.ocprov("check", "--schema", "monitoring").returncode == 2


def test_it_is_a_schema() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("level", LEVELS)
def test_each_key_is_described_and_says_what_it_takes(level: str) -> None:
    made = schema()
    found = made if level == "session" else made["$defs"][level.replace(" ", "-")]
    assert set(found["properties"]) == set(LEVELS[level])
    assert found["additionalProperties"] is False
    for key, value in found["properties"].items():
        assert value["description"] == DESCRIPTIONS[key]
        assert len(value) > 1, key


@pytest.mark.parametrize("layout", ["monitoring", "analysis", "costs", "development", "demo"])
def test_every_shipped_layout_is_right_by_it(machine: Machine, layout: str) -> None:
    rendered = machine.ocprov("render", "--format", "json", layout)
    assert errors(json.loads(rendered.stdout)) == []


RIGHT = {
    "one-window": of(),
    "panes": of(window={"panes": [None, "a", ["a", None, {"cmd": "b"}], {"shell_command": ["a"]}]}),
    "command": of(pane={"shell_command": [{"cmd": "a", "enter": False, "sleep_before": 0.5}]}),
    "lines": of(pane={"shell_command": [{"cmd": "a\n\tb"}]}, window={"x-ocprov": {"notice": "a\nb"}}),
    "nested": of(pane={"shell_command_before": {"shell_command": "a"}}),
    "layout-string": of(window={"layout": "bb62,80x24,0,0{40x24,0,0,1,39x24,41,0,2}"}),
    "options": of(options={"a": 1, "b": "x", "c": True}, environment={"A": 1, "B": "x"}),
    "own": of(window={"x-ocprov": {"restart": "always", "key": "k", "notice": "n"}}),
    "hooks": of(**{"x-ocprov": {"on_start": "a", "on_stop": ["a", "b"]}}),
    "variable": of(session_name="$NAME"),
    "index": of(window={"window_index": 9999}),
}


@pytest.mark.parametrize("workspace", RIGHT.values(), ids=RIGHT)
def test_what_is_right_for_both(workspace: dict[str, Any]) -> None:
    check(workspace)
    assert errors(workspace) == []


WRONG = {
    "not-a-mapping": [],
    "no-session-name": {"windows": [{"window_name": "a"}]},
    "no-windows": {"session_name": SESSION},
    "empty-windows": {"session_name": SESSION, "windows": []},
    "no-window-name": {"session_name": SESSION, "windows": [{}]},
    "a-key": of(befor_script="x"),
    "a-key-of-a-window": of(window={"pane": []}),
    "a-key-of-a-pane": of(pane={"shell_comand": "x"}),
    "a-key-of-a-command": of(pane={"shell_command": [{"cmd": "a", "entre": True}]}),
    "a-key-of-ours": of(window={"x-ocprov": {"restrat": "always"}}),
    "a-key-of-another-level": of(panes=["x"]),
    "a-key-of-a-window-in-a-session": of(**{"x-ocprov": {"key": "x"}}),
    "plugins": of(plugins=["x"]),
    "restart": of(window={"x-ocprov": {"restart": "sometimes"}}),
    "launcher": of(window={"x-ocprov": {"launcher": "no"}}),
    "hook": of(**{"x-ocprov": {"on_start": " "}}),
    "empty-text": of(before_script=""),
    "number-for-text": of(window={"window_shell": 1}),
    "text-for-flag": of(window={"focus": "yes"}),
    "seconds": of(pane={"sleep_before": 61}),
    "index": of(window={"window_index": -1}),
    "index-flag": of(window={"window_index": True}),
    "environment-name": of(environment={"a-b": "x"}),
    "environment-flag": of(environment={"A": True}),
    "option-list": of(options={"a": [1]}),
    "empty-panes": of(window={"panes": []}),
    "number-for-a-pane": of(pane=1),
    "number-for-a-command": of(pane={"shell_command": [1]}),
    "commands-below-themselves": of(pane={"shell_command": {"shell_command": "a"}}),
    "commands-two-deep": of(shell_command_before={"shell_command": {"shell_command": "a"}}),
    "commands-with-another-key": of(shell_command_before={"shell_command": "a", "enter": True}),
    "line-break": of(window={"window_name": "a\n"}),
    "line-break-in-an-option": of(options={"a": "x\ny"}),
    "line-break-in-a-name": of(environment={"A\n": "x"}),
    "tab": of(start_directory="/a\tb"),
    "escape-in-a-command": of(pane="a\x1b[2J"),
    "escape-in-a-hook": of(**{"x-ocprov": {"on_start": ["a\x1b"]}}),
    "command-without-cmd": of(pane={"shell_command": [{"enter": True}]}),
}


@pytest.mark.parametrize("workspace", WRONG.values(), ids=WRONG)
def test_what_is_wrong_for_both(workspace: object) -> None:
    assert errors(workspace)
    with pytest.raises(WorkspaceError):
        check(workspace)


@pytest.mark.parametrize(
    "workspace",
    [
        of(session_name="mine"),
        of(session_name=f"{SESSION}.y"),
        of(window={"window_name": "a b"}),
        of(window={"layout": "odd"}),
    ],
)
def test_what_is_found_by_check_later_on(machine: Machine, workspace: dict[str, Any]) -> None:
    assert errors(workspace)
    machine.layout("x", json.dumps(workspace))
    assert machine.ocprov("check", "x").returncode == 1
