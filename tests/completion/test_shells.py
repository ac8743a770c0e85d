"""Tab pressed in real shells, in a real terminal; and what the shells' start costs: no ocprov at all."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.completion.patient import PATIENT
from tests.conftest import Machine, until

SHELLS = {"bash": ("bash", "-i"), "zsh": ("zsh", "-i"), "fish": ("fish", "-i")}
LAYOUT = """\
variables:
  every: {default: 5}
---
session_name: opencode-development-mine
windows:
  - window_name: first
    panes: [sleep 1000]
  - window_name: second
"""
TYPED = {
    "a command": ("ocprov resta", "ocprov restart "),
    "a layout": ("ocprov up mi", "ocprov up mine "),
    "a window": ("ocprov up mine:se", "ocprov up mine:second "),
    "a variable": ("ocprov up mine --set ev", "ocprov up mine --set every="),
    "a value": ("ocprov up mine --set every=", "ocprov up mine --set every=5 "),
    "a directory": ("ocprov up mine --dir proj", "ocprov up mine --dir project/"),
}


class Pane:
    """A shell in a terminal of 120 columns."""

    def __init__(self, machine: Machine, shell: str) -> None:
        self.machine = machine
        line = " ".join(SHELLS[shell])
        machine.tmux(
            "-L",
            "typed",
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "20",
            f"env -u TMUX {line}",
        )

    def keys(self, *keys: str) -> None:
        self.machine.tmux("-L", "typed", "send-keys", *keys)

    def line(self) -> str:
        """The last line that is not empty, from the command on, with the cursor's place as its end."""
        where = self.machine.tmux("-L", "typed", "display-message", "-p", "#{cursor_x} #{cursor_y}")
        if not where:
            return ""
        column, row = map(int, where.split())
        shown = self.machine.tmux("-L", "typed", "capture-pane", "-p", "-S", str(row), "-E", str(row))
        start = shown.find("ocprov ")
        return shown.ljust(column)[start:column] if start >= 0 else ""


@pytest.fixture(params=SHELLS)
def shell(machine: Machine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shell with the completion of ocprov installed, as a person would."""
    name = str(request.param)
    program = machine.root / "patient/ocprov"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{PATIENT}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    machine.layout("mine", LAYOUT)
    (machine.home / "project").mkdir()
    (machine.home / ".zshrc").write_text("PS1='> '\nautoload -Uz compinit && compinit -u\n")
    (machine.home / ".bashrc").write_text("PS1='> '\n")
    fish = machine.home / ".config/fish/config.fish"
    fish.parent.mkdir()
    fish.write_text("set -g fish_greeting\nfunction fish_prompt\n  echo '> '\nend\n")
    assert machine.ocprov("completion", name, "--install").returncode == 0
    return name


@pytest.fixture
def pane(machine: Machine, shell: str) -> Iterator[Pane]:
    made = Pane(machine, shell)
    until(lambda: ">" in machine.tmux("-L", "typed", "capture-pane", "-p"))
    yield made
    machine.tmux("-L", "typed", "kill-server")


@pytest.mark.parametrize(("typed", "expected"), TYPED.values(), ids=TYPED)
def test_tab_completes(pane: Pane, typed: str, expected: str) -> None:
    pane.keys("-l", typed)
    until(lambda: pane.line().rstrip() == typed)
    pane.keys("Tab")
    until(lambda: pane.line().rstrip() == expected.rstrip())


@pytest.mark.parametrize("there", [True, False], ids=["with ocprov", "after it was uninstalled"])
def test_a_shell_that_starts_runs_no_ocprov_and_says_nothing(
    machine: Machine, shell: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = machine.root / "bin"
    folder.mkdir()
    if there:
        for program in ("ocprov", "python", "python3"):
            (folder / program).write_text(f"#!/bin/sh\ntouch '{machine.root}/ran'\n")
            (folder / program).chmod(0o755)
    started = subprocess.run(
        [*SHELLS[shell], "-c", "true"],
        env={**os.environ, "PATH": f"{folder}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 0
    assert "ocprov" not in started.stdout + started.stderr
    assert not (machine.root / "ran").exists()


def test_tab_after_it_was_uninstalled_says_nothing(machine: Machine, shell: str) -> None:
    with_out = {**os.environ, "PATH": "/usr/bin:/bin"}
    line = f"{' '.join(SHELLS[shell])}"
    subprocess.run(
        ["tmux", "-L", "typed", "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "20", line],
        env=with_out,
        check=True,
    )
    until(lambda: ">" in machine.tmux("-L", "typed", "capture-pane", "-p"))
    machine.tmux("-L", "typed", "send-keys", "-l", "ocprov up mi")
    until(lambda: "ocprov up mi" in machine.tmux("-L", "typed", "capture-pane", "-p"))
    machine.tmux("-L", "typed", "send-keys", "Tab")
    machine.tmux("-L", "typed", "send-keys", "-l", "#")
    shown = until(lambda: _with_mark(machine))
    machine.tmux("-L", "typed", "kill-server")
    assert "error" not in shown
    assert "not found" not in shown


def _with_mark(machine: Machine) -> str:
    shown = machine.tmux("-L", "typed", "capture-pane", "-p")
    return shown if "ocprov up mi#" in shown else ""
