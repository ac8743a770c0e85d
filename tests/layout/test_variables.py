"""What a header declares, and the values that a run gives."""

from pathlib import Path

import pytest

from ocprov.errors import LayoutError
from ocprov.layout.header import parse
from ocprov.layout.load import load
from ocprov.layout.source import find
from ocprov.layout.variables import Variable
from tests.layout.conftest import Load, Write

BODY = "session_name: opencode-development-x\nwindows:\n  - window_name: one\n"
HEADER = """
variables:
  every: {type: int, default: 60, min: 5, help: seconds}
  mode: {default: fast, choices: [fast, slow]}
  colour: true
  where: {type: path, default: ~/x}
  editor: vi
---
"""


def test_a_header_says_what_there_is() -> None:
    found = parse(
        "# ours\nalias: monitoring\ndescription: What it is\nrequires:\n  ccze: apt install ccze\n"
        + HEADER
        + BODY,
        Path("/x/y.yaml.j2"),
    )
    assert (found.alias, found.description) == ("monitoring", "What it is")
    assert dict(found.requires) == {"ccze": "apt install ccze"}
    assert list(found.variables.values()) == [
        Variable("every", "int", 60, "seconds", minimum=5),
        Variable("mode", "str", "fast", choices=("fast", "slow")),
        Variable("colour", "bool", True),
        Variable("where", "path", "~/x"),
        Variable("editor", "str", "vi"),
    ]


BAD_HEADERS = {
    "unknown-key": ("description: x\naliass: y", 2, 'unknown key "aliass" in the header'),
    "alias": ("alias: ../x", 1, '"../x" cannot be an alias'),
    "alias-type": ("alias: [x]", 1, "alias must be one line of text"),
    "description": ("description: |\n  a\n  b", 1, "description must be one line"),
    "variables": ("alias: x\nvariables: [a]", 2, "variables must be a mapping"),
    "variable-key": ("variables:\n  a: {defalt: 1}", 2, 'unknown key "defalt" in variable a'),
    "variable-name": ("variables:\n  a-b: 1", 2, '"a-b" cannot be a variable'),
    "variable-taken": ("variables:\n  dir: 1", 2, '"dir" cannot be a variable'),
    "type": ("variables:\n  a:\n    type: float", 3, 'variable a has no type "float"'),
    "type-list": ("variables:\n  a:\n    type: [int]", 3, "variable a has no type"),
    "default-type": ("variables:\n  a: {type: int, default: x}", 2, "must be of type int"),
    "default-octal": ("variables:\n  a: {type: str, default: 0123}", 2, "must be of type str"),
    "default-float": ("variables:\n  a: 1.5", 2, "must be of type str"),
    "default-newline": ('variables:\n  a: "x\\ny"', 2, "has a control character"),
    "default-choice": ("variables:\n  a: {default: x, choices: [y]}", 2, '"x" is not one of its choices'),
    "default-min": ("variables:\n  a: {default: 1, min: 2}", 2, "1 is less than 2"),
    "choices": ("variables:\n  a: {choices: x}", 2, "choices of variable a must be a list"),
    "min": ("variables:\n  a: {default: x, min: 2}", 2, "min of variable a"),
    "requires": ("requires: [a]", 1, "requires must be a mapping"),
    "requires-how": ("requires:\n  a:", 2, "a must say in one line"),
    "requires-name": ("requires:\n  ../a: x", 2, '"../a" is no name of a program'),
    "duplicate": ("alias: x\nalias: y", 2, 'key "alias" is given twice'),
    "syntax": ("alias: [", 1, "expected"),
    "list": ("- a", 1, "not a mapping"),
    "tag": ("alias: !!python/name:os.system x", 1, "is not for layouts"),
    "after-dashes": ("---\naliass: y", 2, "unknown key"),
}


@pytest.mark.parametrize(("header", "line", "said"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_wrong_header_is_refused(header: str, line: int, said: str, load_mine: Load) -> None:
    with pytest.raises(LayoutError) as caught:
        load_mine(f"{header}\n---\n{BODY}")
    assert caught.value.message.startswith(f"~/.config/ocprov/layouts/mine.yaml.j2:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_values_are_typed(load_mine: Load, home: Path) -> None:
    found = load_mine(
        HEADER + BODY, "every=5", "colour=no", "mode=slow", "where=$HOME/y", "editor=", "every=7"
    )
    assert dict(found.variables) == {
        "every": 7,
        "mode": "slow",
        "colour": False,
        "where": f"{home}/y",
        "editor": "",
    }


def test_defaults_hold(load_mine: Load, home: Path) -> None:
    assert dict(load_mine(HEADER + BODY).variables) == {
        "every": 60,
        "mode": "fast",
        "colour": True,
        "where": f"{home}/x",
        "editor": "vi",
    }


def test_a_relative_path_starts_at_the_sessions_directory(load_mine: Load) -> None:
    assert load_mine(HEADER + BODY, "where=sub/../z", directory=Path("/srv")).variables["where"] == "/srv/z"


BAD_SETTINGS = {
    "no-value": ("every", '"every" sets nothing', "write --set NAME=VALUE"),
    "unknown": ("evry=1", 'there is no variable "evry"', 'did you mean "every"?'),
    "unknown-far": ("zzz=1", "there is no variable", "this layout has: every, mode, colour, where, editor"),
    "int": ("every=x", '"x" is not a whole number', "--set every= takes a whole number from 5 on"),
    "int-exotic": ("every=٣", "is not a whole number", "--set every= takes a whole number from 5 on"),
    "int-long": (
        "every=" + "9" * 5000,
        "is not a whole number",
        "--set every= takes a whole number from 5 on",
    ),
    "min": ("every=4", "4 is less than 5", "--set every= takes a whole number from 5 on"),
    "choices": ("mode=quick", '"quick" is not one of its choices', "use one of: fast, slow"),
    "bool": ("colour=maybe", '"maybe" is neither true nor false', "--set colour= takes true or false"),
    "newline": ("editor=a\nbefore_script: x", "a control character", "--set editor= takes one line of text"),
    "escape": (
        "editor=\x1b[31m",
        r'a control character in "\x1b[31m"',
        "--set editor= takes one line of text",
    ),
    "surrogate": ("editor=\udcff", "a control character", "--set editor= takes one line of text"),
    "path": ("where=", "an empty path", "--set where= takes a path"),
}


@pytest.mark.parametrize(("setting", "said", "hint"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_wrong_setting_is_refused(setting: str, said: str, hint: str, load_mine: Load) -> None:
    with pytest.raises(LayoutError) as caught:
        load_mine(HEADER + BODY, setting)
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint == hint


def test_a_variable_without_default_must_be_given(load_mine: Load) -> None:
    header = "variables:\n  host: {help: which one}\n---\n"
    with pytest.raises(LayoutError) as caught:
        load_mine(header + BODY)
    assert caught.value.message == "variable host has no value"
    assert caught.value.hint == "give it one: --set host=VALUE"
    assert load_mine(header + BODY, "host=a").variables["host"] == "a"


def test_variables_and_requirements_are_inherited(write: Write, tmp_path: Path) -> None:
    write(
        "variables: {every: {default: 60, min: 5}, mode: fast}\nrequires: {no-such-a: get a, sh: get sh}\n---\n"
        "session_name: opencode-development-{{ mode }}\nwindows:\n"
        "{% block one %}\n  - window_name: one\n    panes: [sleep {{ every }}]\n{% endblock %}\n"
        "{% block two %}\n  - window_name: two\n{% endblock %}\n",
        "base.yaml.j2",
    )
    write(
        'variables: {mode: slow}\nrequires: {no-such-b: get b}\n---\n{% extends "base.yaml.j2" %}\n',
        "mid.yaml.j2",
    )
    write(
        'variables: {every: 10}\n---\n{% extends "mid.yaml.j2" %}\n'
        "{% block two %}\n  - window_name: {{ mode }}{{ every }}\n{% endblock %}\n",
        "kid.yaml.j2",
    )
    found = load(find("kid"), settings=["mode=odd"], directory=tmp_path)
    assert dict(found.variables) == {"every": 10, "mode": "odd"}
    assert found.missing == (("no-such-a", "get a"), ("no-such-b", "get b"))
    assert found.desired.name == "opencode-development-odd"
    assert [window.name for window in found.desired.windows] == ["one", "odd10"]
    assert found.desired.windows[0].panes[0].commands == ("sleep 10",)
