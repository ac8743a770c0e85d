"""What the tests of `alert` and `export` share: sample data for the real ocmonitor, and programs in its place."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from ocprov import sample
from tests.conftest import Machine


def with_data(machine: Machine) -> sample.Sample:
    """Conversations where OpenCode keeps its own."""
    place = machine.home / ".local/share/opencode"
    place.parent.mkdir(parents=True, exist_ok=True)
    return sample.write(place, now=datetime.now().astimezone())


def emptied(made: sample.Sample) -> None:
    """The database without a conversation in it, as OpenCode makes it."""
    with closing(sqlite3.connect(made.database)) as database:
        database.executescript("DELETE FROM part; DELETE FROM message; DELETE FROM session;")


def program(machine: Machine, name: str, script: str) -> Path:
    """A program that goes before every other of its name, as lines of sh."""
    folder = machine.root / "bin"
    folder.mkdir(exist_ok=True)
    new = folder / f"{name}.new"  # an ocprov that goes on meanwhile runs the one or the other, never a half
    new.write_text(f"#!/bin/sh\n{script}\n")
    new.chmod(0o755)
    new.replace(folder / name)
    if not os.environ["PATH"].startswith(f"{folder}:"):
        os.environ["PATH"] = f"{folder}:{os.environ['PATH']}"  # the fixture `machine` puts it back
    return folder / name


def costing(machine: Machine, cost: object, day: str = "") -> None:
    """An ocmonitor that tells this cost of every period, all of which begin on `day`."""
    start = day or date.today().isoformat()
    answer = json.dumps({"timeframe": "PERIOD", "start_date": start, "total_cost": cost, "models": []})
    script = f"""while [ "$1" != --timeframe ]; do shift; done\nsed "s/PERIOD/$2/" <<'E'\n{answer}\nE"""
    program(machine, "ocmonitor", script)


def settings(machine: Machine, text: str) -> Path:
    """The user's config.toml."""
    path = machine.home / ".config/ocprov/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def start(machine: Machine, *arguments: str) -> "subprocess.Popen[str]":
    """`ocprov` as a process that goes on meanwhile."""
    return subprocess.Popen(
        [sys.executable, "-m", "ocprov", *arguments],
        cwd=machine.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line_with(process: "subprocess.Popen[str]", words: str) -> str:
    """The first line with `words`; empty when the process ends before."""
    assert process.stdout is not None
    return next((line for line in process.stdout if words in line), "")
