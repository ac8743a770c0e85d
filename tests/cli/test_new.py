"""`ocprov new`: a layout to start with, never over another one."""

import json
import stat
from pathlib import Path

import pytest

from tests.conftest import Machine


def made(machine: Machine, name: str) -> Path:
    return machine.layouts / f"{name}.yaml.j2"


@pytest.mark.parametrize("more", [(), ("--extends", "monitoring"), ("--extends", "development")])
def test_a_new_layout_is_right_from_the_start(machine: Machine, more: tuple[str, ...]) -> None:
    result = machine.ocprov("new", "notes", *more)
    assert (result.returncode, result.stdout) == (0, "notes: .config/ocprov/layouts/notes.yaml.j2\n")
    assert result.stderr == "ocprov: edit it: ocprov edit notes\n"
    assert machine.ocprov("check", "notes").stdout.startswith("notes: fine")


def test_it_is_private(machine: Machine) -> None:
    machine.ocprov("new", "notes")
    path = made(machine, "notes")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["notes.yaml.j2"]


def test_one_that_extends_names_the_blocks_and_has_a_session_of_its_own(machine: Machine) -> None:
    machine.ocprov("new", "mine", "--extends", "monitoring")
    text = made(machine, "mine").read_text()
    assert '{% extends "observability/monitoring.yaml.j2" %}' in text
    assert "live_feed, daily_costs, model_breakdown" in text
    rendered = machine.ocprov("render", "mine").stdout
    assert rendered.startswith("session_name: opencode-observability-mine\n")
    assert rendered.rstrip().endswith("- window_name: more")


def test_a_session_that_is_named_after_the_project_still_is(machine: Machine) -> None:
    machine.ocprov("new", "dev", "--extends", "development")
    assert 'session_name: "opencode-development-dev-home-' in machine.ocprov("render", "dev").stdout


def test_one_may_extend_one_of_yours(machine: Machine) -> None:
    machine.ocprov("new", "mine", "--extends", "monitoring")
    machine.ocprov("new", "other", "--extends", "mine")
    assert "session_name: opencode-observability-other" in machine.ocprov("render", "other").stdout


def test_it_says_when_it_wins_over_a_shipped_one(machine: Machine) -> None:
    result = machine.ocprov("new", "monitoring", "--extends", "monitoring")
    assert "it wins over the shipped layout monitoring" in result.stderr
    assert "shipped, yours wins" in machine.ocprov("ls").stdout
    assert "opencode-observability-monitoring" in machine.ocprov("render", "monitoring").stdout


def test_json(machine: Machine) -> None:
    answer = json.loads(machine.ocprov("new", "--json", "notes").stdout)
    data = {"layout": "notes", "path": str(made(machine, "notes")), "extends": None, "wins": False}
    assert answer == {"schema": 1, "command": "new", "data": data}


def test_it_is_never_written_over_another_one(machine: Machine) -> None:
    path = machine.layout("notes", "mine")
    result = machine.ocprov("new", "notes")
    assert result.returncode == 4
    assert "hint: ocprov edit notes" in result.stderr
    assert path.read_text() == "mine"


def test_nor_beside_one_of_that_alias_or_over_a_link_to_nowhere(machine: Machine) -> None:
    machine.layout("file", "alias: notes\n---\n")
    assert machine.ocprov("new", "notes").returncode == 4
    made(machine, "gone").symlink_to("/nowhere")
    assert machine.ocprov("new", "gone").returncode == 4
    assert made(machine, "gone").is_symlink()


NAMES = ["", ".", "../x", "a/b", "a.b", "-x", "a b", "#(touch pwn)", "ünï", "a\nb", "x" * 100, "demo"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_layout_can_have(machine: Machine, name: str) -> None:
    result = machine.ocprov("new", "--", name)
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) == 2
    assert not machine.layouts.exists()


def test_what_it_cannot_extend(machine: Machine) -> None:
    assert 'no layout is called "nothing"' in machine.ocprov("new", "x", "--extends", "nothing").stderr
    machine.layout("plain", "session_name: opencode-development-plain\nwindows: [{window_name: a}]\n")
    assert "has no blocks" in machine.ocprov("new", "x", "--extends", "plain").stderr
    assert not made(machine, "x").exists()


def test_without_a_terminal_there_is_no_editor_and_nothing_is_written(machine: Machine) -> None:
    result = machine.ocprov("new", "notes", "--edit")
    assert (result.returncode, result.stderr.splitlines()[0]) == (
        1,
        "error: there is no terminal for an editor",
    )
    assert not made(machine, "notes").exists()


def test_a_directory_that_cannot_be_written_is_said(machine: Machine) -> None:
    machine.layouts.parent.mkdir(parents=True)
    machine.layouts.write_text("")
    result = machine.ocprov("new", "notes")
    assert result.returncode == 1
    assert "error: cannot use" in result.stderr
