"""The README's key: pressed by a person at a terminal, it goes to the session, and needs no Python while that is there."""

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Machine, until
from tests.test_readme import blocks

SESSION = "opencode-observability-monitoring"
LAYOUT = f"---\nsession_name: {SESSION}\nwindows:\n  - window_name: one\n    panes: [sleep 1000]\n"


def front(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which `ocprov` notes that it was run."""
    folder = machine.root / "front"
    folder.mkdir()
    calls = machine.root / "calls"
    (folder / "ocprov").write_text(f'#!/bin/sh\necho "$*" >>{calls}\nexec {sys.executable} -m ocprov "$@"\n')
    (folder / "ocprov").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return calls


def test_the_key_of_the_readme(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = front(machine, monkeypatch)
    machine.layout("monitoring", LAYOUT)
    (line,) = blocks("tmux")
    (machine.home / ".tmux.conf").write_text(line)
    machine.tmux(
        "-L", "terminal", "-f", "/dev/null", "new-session", "-d", "env -u TMUX tmux new-session -s mine"
    )
    where = "#{client_session}"
    until(lambda: machine.tmux("list-clients", "-F", where) == "mine")

    def press() -> None:
        machine.tmux("-L", "terminal", "send-keys", "C-b", "M")

    press()
    until(lambda: machine.tmux("list-clients", "-F", where) == SESSION)
    assert calls.read_text() == "up -d monitoring\n"
    # What run-shell prints would cover the pane that the key was pressed in.
    assert machine.tmux("list-panes", "-a", "-F", "#{pane_mode}") == ""
    machine.tmux("switch-client", "-t", "=mine:")
    press()
    until(lambda: machine.tmux("list-clients", "-F", where) == SESSION)
    assert calls.read_text() == "up -d monitoring\n"
