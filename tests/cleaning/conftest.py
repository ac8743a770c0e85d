"""Sessions that are up, sessions that are gone, a demo."""

import os
from pathlib import Path

import pytest

from ocprov.tmux.client import server
from ocprov.tmux.files import Files, files
from tests.cleaning.there import LAYOUT, OLD, OTHER, SESSION, processes
from tests.conftest import Machine, until


@pytest.fixture
def up(machine: Machine) -> Files:
    """Two sessions are up; the files of the first."""
    for alias, session in (("one", SESSION), ("two", OTHER)):
        machine.layout(alias, LAYOUT.format(session=session))
    done = machine.ocprov("up", "-d", "one", "two")
    assert done.returncode == 0, done.stderr
    return files(server(), SESSION)


@pytest.fixture
def gone(machine: Machine, up: Files) -> Files:
    """The first of them is no more."""
    machine.tmux("kill-session", "-t", f"={SESSION}")
    until(lambda: not processes(f"{machine.home}/.local/state/ocprov/run/{up.server}/{SESSION}/"))
    return up


@pytest.fixture
def demo(machine: Machine) -> Path:
    assert machine.ocprov("demo", "-d").returncode == 0
    directory = machine.home / ".local/share/ocprov/demo"
    os.utime(directory / ".ocprov-sample", (OLD, OLD))
    return directory
