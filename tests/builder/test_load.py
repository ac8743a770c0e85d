"""`tmuxp load` with `workspace_builder: ocprov`, as a person runs it, with every tmux process counted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Machine

COUNTED = """#!/bin/sh
printf '%s\\n' "$*" >>"$TMUX_COUNT"
exec {tmux} "$@"
"""
WINDOW = """- window_name: w{number}
  layout: main-vertical
  options: {{automatic-rename: false}}
  panes: [echo one, {{shell_command: echo two, focus: true}}]
"""
READING = ("has-session", "list-", "show-", "display-message", "-V")


@pytest.fixture
def count(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that every tmux process writes its arguments to."""
    real = shutil.which("tmux")
    found = machine.root / "bin"
    found.mkdir()
    (found / "tmux").write_text(COUNTED.format(tmux=real))
    (found / "tmux").chmod(0o700)
    counted = machine.root / "count"
    counted.touch()
    monkeypatch.setenv("TMUX_COUNT", str(counted))
    monkeypatch.setenv("PATH", f"{found}:{os.environ['PATH']}")
    return counted


def load(
    machine: Machine, text: str, *arguments: str, answer: str = ""
) -> "subprocess.CompletedProcess[str]":
    path = machine.home / "workspace.yaml"
    path.write_text(text)
    return subprocess.run(
        [Path(sys.executable).parent / "tmuxp", "load", "-d", *arguments, str(path)],
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def workspace(number: int, more: str = "") -> str:
    windows = "".join(WINDOW.format(number=index) for index in range(number))
    return f"session_name: loaded\n{more}windows:\n{windows}"


def changing(count: Path) -> list[str]:
    """The processes that do more than read."""
    rows = count.read_text().splitlines()
    return [row for row in rows if not any(word.startswith(READING) for word in row.split())]


@pytest.mark.parametrize("windows", [2, 12])
def test_one_tmux_process_builds_it_all(windows: int, machine: Machine, count: Path) -> None:
    done = load(machine, workspace(windows, "workspace_builder: ocprov\n"))
    assert done.returncode == 0
    assert f"Loaded workspace: loaded (~/workspace.yaml) [{windows} win, {2 * windows} panes]" in done.stderr
    assert changing(count) == ["-u start-server ; source-file -"]
    total = len(count.read_text().splitlines())
    assert machine.windows("loaded") == [f"{index} w{index}" for index in range(windows)]
    count.write_text("")
    machine.end_tmux()
    count.write_text("")
    load(machine, workspace(windows))
    classic = len(count.read_text().splitlines())
    print(f"{windows} windows: {total} tmux processes, the classic builder {classic}")  # noqa: T201 # for whoever runs it with -s
    assert total <= 9 + windows < classic


def test_a_second_load_changes_nothing(machine: Machine, count: Path) -> None:
    text = workspace(2, "workspace_builder: ocprov\n")
    load(machine, text)
    count.write_text("")
    assert load(machine, text).returncode == 0
    assert changing(count) == []


def test_what_tmux_refuses_is_asked_about_as_tmuxp_does(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "other")
    text = workspace(1, "workspace_builder: ocprov\noptions: {nonsense: 1}\n")
    done = load(machine, text, answer="k\n")
    assert "[Error] invalid option: nonsense" in done.stdout
    assert "(k)ill, (a)ttach, (d)etach?" in done.stdout
    assert "Traceback" not in done.stderr
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == "other"


def test_it_goes_to_the_server_that_was_named(machine: Machine) -> None:
    conf = machine.home / "my.conf"
    conf.write_text("set -g base-index 4\n")
    done = load(
        machine,
        workspace(1, "workspace_builder: ocprov\n"),
        "-L",
        "named",
        "-f",
        str(conf),
        "-s",
        "renamed",
        "-2",
    )
    assert done.returncode == 0, done.stderr
    assert machine.tmux("-L", "named", "list-windows", "-t", "=renamed", "-F", "#{window_index}") == "4"
    assert machine.tmux("list-sessions") == ""
