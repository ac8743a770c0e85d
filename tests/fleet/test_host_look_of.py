"""What `ocprov host look` makes of settings, of an old tmux, of what is no request."""

import os
import subprocess
from pathlib import Path

from ocprov.fleet import request as requests
from ocprov.fleet.request import Request
from tests.conftest import Machine
from tests.fleet.asking import OCPROV, ask, quick_ocmonitor, tree
from tests.fleet.test_host_look import asked


def test_the_request_is_asked_for_where_a_person_calls_it(machine: Machine) -> None:
    terminal, its_end = os.openpty()
    try:
        done = subprocess.run(
            [*OCPROV, "host", "look"], stdin=its_end, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        os.close(terminal)
        os.close(its_end)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the request is read from standard input\nhint: ")


def test_a_request_that_cannot_be_read_is_an_error_and_no_report(machine: Machine) -> None:
    for verb in ("look", "apply"):
        answer = ask(machine, verb, "{}")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("error: the request on standard input cannot be read\nhint: ")


def test_a_large_request_is_refused_before_it_is_read_whole(machine: Machine) -> None:
    answer = ask(machine, "look", requests.text(Request(files={"a": b"x" * 3_000_000})))
    assert (answer.code, answer.out) == (1, "")
    assert "larger than" in answer.err


def test_ocmonitor_s_config_is_looked_at_as_it_will_be(machine: Machine) -> None:
    files = {"ocmonitor.config.toml": b"[ui]\ntheme = 'light'\n"}
    quick = quick_ocmonitor(machine)
    before = tree(machine.root)
    answer = ask(machine, "look", Request(files=files), PATH=quick)
    assert tree(machine.root) == before
    place = machine.home / ".config/ocmonitor/config.toml"
    source = machine.home / ".config/ocprov/ocmonitor.config.toml"
    assert answer.item("ocmonitor").lines == (f"would create {place}, from {source}",)
    assert ask(machine, "apply", Request(files=files), PATH=quick).code == 0
    assert "light" in place.read_text()
    assert ask(machine, "look", Request(files=files), PATH=quick).report.in_sync
    wrong = Request(files={"ocmonitor.config.toml": b"[ui]\nthemes = 1\n"})
    assert "ui.themes" in ask(machine, "look", wrong, PATH=quick).item("ocmonitor").lines[0]


def test_equal_bytes_of_ocmonitor_s_config_are_told_as_taken_over(machine: Machine) -> None:
    quick = quick_ocmonitor(machine)
    assert ask(machine, "apply", Request(), PATH=quick).code == 0
    (machine.state / "deployed.json").unlink()
    place = machine.home / ".config/ocmonitor/config.toml"
    for verb, recorded in (("look", "to be recorded"), ("apply", "recorded")):
        item = ask(machine, verb, Request(), PATH=quick).item("ocmonitor")
        assert item.word == "change"
        assert item.lines == (f"{place}: {recorded} as deployed, the same bytes are there already",)
    assert ask(machine, "look", Request(), PATH=quick).report.in_sync


def test_settings_count_before_they_are_there(machine: Machine) -> None:
    elsewhere = machine.home / "elsewhere.toml"
    elsewhere.write_text("[ui]\ntheme = 'dark'\n")
    files = {"config.toml": b"[deploy]\nsource = '~/elsewhere.toml'\nsymlink = false\n"}
    (line,) = (
        ask(machine, "look", Request(files=files), PATH=quick_ocmonitor(machine)).item("ocmonitor").lines
    )
    assert line.endswith(f"from {elsewhere}")


def test_an_old_tmux_is_told_before_anything_is_touched(machine: Machine) -> None:
    front = shim(machine, 'case "$*" in *-V) echo "tmux 3.0a" ;; *) exit 1 ;; esac')
    for verb, code in (("look", 0), ("apply", 1)):
        answer = ask(machine, verb, asked(), PATH=front)
        assert answer.code == code
        assert answer.item("boxes").lines == ("boxes: tmux 3.0a is too old: ocprov needs 3.2 or newer",)
    assert not (machine.home / ".config/ocprov").exists()


def shim(machine: Machine, script: str) -> str:
    """A PATH with another tmux in front."""
    folder = machine.root / "front"
    folder.mkdir()
    (folder / "tmux").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "tmux").chmod(0o755)
    return f"{folder}:{Path('/usr/bin')}:/bin"
