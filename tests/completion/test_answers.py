"""What is answered when Tab is pressed: only what fits, without a word besides, and without touching anything."""

import os
import subprocess
import sys

import pytest

from tests.completion.patient import lines, words
from tests.conftest import Machine

LAYOUT = """\
alias: {alias}
description: {alias} of mine
variables:
  every: {{default: 5, help: seconds}}
  mode: {{default: a, choices: [a, b]}}
  wide: {{type: bool, default: true}}
---
session_name: opencode-development-{alias}
windows:
  - window_name: one
    panes: [sleep 1000]
  - window_name: two
"""


@pytest.fixture
def mine(machine: Machine) -> Machine:
    for alias in ("mine", "minor"):
        machine.layout(alias, LAYOUT.format(alias=alias))
    return machine


ANSWERS = {
    "a command": ("ocprov sta", ["status"]),
    "an option of its own": ("ocprov --socket-n", ["--socket-name"]),
    "an option of a command": ("ocprov up --restart", ["--restart-changed"]),
    "a command's own command": ("ocprov config i", ["init"]),
    "layouts": ("ocprov up mi", ["mine", "minor"]),
    "layouts not named yet": ("ocprov up mine mi", ["minor"]),
    "windows, behind the colon": ("ocprov up mine:", ["one", "two"]),
    "a window": ("ocprov up mine:t", ["two"]),
    "windows not named yet": ("ocprov up mine:one,", ["one,two"]),
    "variables": ("ocprov up mine --set e", ["every="]),
    "variables in one word": ("ocprov up mine --set=e", ["every="]),
    "choices, behind the sign": ("ocprov up mine --set mode=", ["a", "b"]),
    "a switch": ("ocprov up mine --set wide=t", ["true"]),
    "an unfinished quote": ("ocprov up 'min", ["mine", "minor"]),
    "by its path": ("/usr/bin/ocprov up mine:t", ["two"]),
    "after a variable": ("FOO=1 ocprov up mine:t", ["two"]),
    "layouts to be checked": ("ocprov check mi", ["mine", "minor"]),
    "a layout to be edited": ("ocprov edit mi", ["mine", "minor"]),
    "a layout to be extended": ("ocprov new x --extends mi", ["mine", "minor"]),
    "windows for a service": ("ocprov boot --install mine:t", ["two"]),
    "a choice": ("ocprov completion z", ["zsh"]),
    "no such command": ("ocprov bogus m", []),
    "no such layout's windows": ("ocprov up nothing:", []),
    "no layout's variables": ("ocprov up --set e", []),
    "no session live": ("ocprov attach ", []),
    "no session's windows": ("ocprov restart mine ", []),
}


@pytest.mark.parametrize(("line", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_answer(mine: Machine, line: str, expected: list[str]) -> None:
    assert words(mine, line) == expected


def test_every_command_is_told_with_its_help(machine: Machine) -> None:
    assert "plain\tup\tmake live what layouts declare" in lines(machine, "ocprov ")


def test_a_word_that_goes_on_gets_no_blank_and_paths_are_the_shells(mine: Machine) -> None:
    assert lines(mine, "ocprov up mine --set ev") == ["open\tevery=\tseconds"]
    assert [line.partition("\t")[0] for line in lines(mine, "ocprov up --dir ")] == ["dir"]


def test_live_sessions_and_their_windows(mine: Machine) -> None:
    assert mine.ocprov("up", "-d", "mine").returncode == 0
    assert words(mine, "ocprov attach ") == ["mine", "opencode-development-mine"]
    assert words(mine, "ocprov down min") == ["mine"]
    assert words(mine, "ocprov status mi") == ["mine", "minor"]
    mine.tmux("new-session", "-d", "-s", "theirs")
    assert words(mine, "ocprov freeze t") == ["theirs"]
    assert words(mine, "ocprov restart mine ") == ["one", "two"]
    assert words(mine, "ocprov restart mine one ") == ["two"]
    assert words(mine, "ocprov capture mine o") == ["one"]
    assert words(mine, "ocprov -L elsewhere attach ") == []


def test_a_name_that_a_shell_would_read_is_escaped(mine: Machine) -> None:
    assert mine.ocprov("up", "-d", "mine").returncode == 0
    mine.tmux("rename-session", "-t", "=opencode-development-mine", "my $(touch x)'s")
    assert words(mine, "ocprov attach my") == [r"my\ \$\(touch\ x\)\'s"]
    assert words(mine, "ocprov attach 'my") == ["my $(touch x)'s"]
    assert not (mine.home / "x").exists()


@pytest.mark.parametrize(
    "line",
    ["ocprov up ", "ocprov up mine:", "ocprov attach ", "ocprov restart mine ", "ocprov up mine --set "],
)
def test_nothing_is_started_or_written(mine: Machine, line: str) -> None:
    before = sorted(mine.root.rglob("*"))
    lines(mine, line)
    assert sorted(mine.root.rglob("*")) == before


@pytest.mark.parametrize("wrong", ["layout", "config", "home", "tmux"])
def test_what_is_wrong_is_no_answer_and_no_message(mine: Machine, wrong: str) -> None:
    more = {}
    if wrong == "layout":
        mine.layout("broken", "alias: [\n---\n")
    elif wrong == "config":
        (mine.home / ".config/ocprov/config.toml").write_text("[")
    elif wrong == "home":
        more = {"HOME": "nowhere"}
    else:
        more = {"TMUX_TMPDIR": "/nowhere"}
    for line in ("ocprov up b", "ocprov up broken:", "ocprov attach x", "ocprov up broken --set "):
        assert lines(mine, line, **more) == []


def test_a_tmux_that_does_not_answer_is_not_waited_for(mine: Machine) -> None:
    folder = mine.root / "bin"
    folder.mkdir()
    (folder / "tmux").write_text("#!/bin/sh\nexec sleep 30\n")
    (folder / "tmux").chmod(0o755)
    socket = mine.root / "sock"
    socket.touch()
    path = f"{folder}:{os.environ['PATH']}"
    assert lines(mine, f"ocprov -S {socket} attach ", "-m", "ocprov", PATH=path) == []


def test_no_jinja_is_loaded_unless_windows_are_asked_for(mine: Machine) -> None:
    for line in ("ocprov up m", "ocprov up mine --set e", "ocprov attach "):
        names = _imported(mine, line)
        assert "ocprov.cli.complete" in names
        assert {name.partition(".")[0] for name in names} & {"jinja2", "tmuxp", "libtmux", "rich"} == set()


def _imported(machine: Machine, line: str) -> set[str]:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: open('modules', 'w').write('\\n'.join(sys.modules)))\n"
        "from ocprov.__main__ import main\nmain()\n"
    )
    environment = {**os.environ, "_OCPROV_COMPLETE": "bash_complete", "_OCPROV_LINE": line}
    subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=machine.home,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    return set((machine.home / "modules").read_text().splitlines())
