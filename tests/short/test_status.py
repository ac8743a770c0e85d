"""`status` says the same both ways, byte for byte but for ages, and where it can the short way says it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Machine, until
from tests.short import ways

Prepare = Callable[[Machine], None]


def nothing(machine: Machine) -> None:
    ways.provide(machine, "one")


def one(machine: Machine) -> None:
    ways.bring_up(machine, "one")


def several(machine: Machine) -> None:
    ways.bring_up(machine, "one", "two")
    ways.bring_up(machine, "two", suffix="-more")
    machine.tmux("new-session", "-d", "-s", "mine")


def ended(machine: Machine) -> None:
    ways.provide(machine, "one")
    text = ways.LAYOUT.format("one").replace("sleep 1000", "exit 3")
    machine.layout("one", text.replace("shell\n", "well\n    panes: ['true']\n"))
    machine.ocprov("up", "-d", "one")
    told = "#{@ocprov_state}"
    until(lambda: machine.tmux("list-panes", "-a", "-F", told).count("exited") == 2)


def changed(machine: Machine) -> None:
    ways.bring_up(machine, "one")
    name = ways.NAME.format("one")
    machine.tmux("kill-window", "-t", f"={name}:=shell")
    machine.tmux("new-window", "-d", "-t", f"={name}:7", "-n", "théirs|#[x]")
    machine.tmux("split-window", "-d", "-t", f"={name}:=one-run")


def renamed(machine: Machine) -> None:
    ways.bring_up(machine, "one")
    machine.tmux("rename-session", "-t", f"={ways.NAME.format('one')}", "own name")


def untagged(machine: Machine) -> None:
    """As after a restore: the panes are marked again, the session is not."""
    ways.bring_up(machine, "one")
    machine.tmux("set-option", "-u", "-t", f"={ways.NAME.format('one')}:", "@ocprov_session")


def untold(machine: Machine) -> None:
    """A pane has not told its state: its launcher file has to be looked for."""
    ways.bring_up(machine, "one")
    machine.tmux("set-option", "-p", "-u", "-t", f"={ways.NAME.format('one')}:=one-run", "@ocprov_state")


# What is there; each line that is asked about it, with its exit code the short way, None where that leaves it.
SCENARIOS: dict[str, tuple[Prepare, dict[str, int | None]]] = {
    "nothing is live": (
        nothing,
        {
            "status": 0,
            "status --json": 0,
            "status --exit-code": 0,
            "status one": None,
            "status one --exit-code": None,
            "status nonsense": None,
        },
    ),
    "one": (
        one,
        {
            "status": 0,
            "-q status": 0,
            "status --json": 0,
            "status --exit-code": 0,
            "status one": 0,
            "status opencode-observability-one": 0,
            "status one one --json": 0,
            "status one:shell": None,
            "status nonsense": None,
            "-L other status": 0,
            "-L a/b status": 1,
            "-S /nonexistent/x status": 1,
            f"-L {'x' * 120} status": 1,
        },
    ),
    "several": (
        several,
        {
            "status": 0,
            "status --json": 0,
            "status two": 0,
            "status two one": 0,
            "status opencode-observability-two-more": 0,
            "status mine": None,
            "status two nonsense": None,
        },
    ),
    "ended": (
        ended,
        {"status": 0, "status --exit-code": 3, "status --json --exit-code one": 3},
    ),
    "missing and foreign": (changed, {"status": 0, "status one --json --exit-code": 3}),
    "renamed": (
        renamed,
        {"status": 0, "status one": 0, "status opencode-observability-one": None},
    ),
    "without its session's tag": (untagged, {"status": 0, "status one --json": 0}),
    "without a pane's state": (untold, {"status one": 0}),
    "the socket of a server that is gone": (ways.stale_socket, {"status": 0}),
}


@pytest.mark.parametrize(("prepare", "lines"), SCENARIOS.values(), ids=SCENARIOS)
def test_both_ways_say_the_same(machine: Machine, prepare: Prepare, lines: dict[str, int | None]) -> None:
    prepare(machine)
    for line, code in lines.items():
        short = ways.run(ways.SHORT, line)
        assert short == (ways.NOTHING_DONE if code is None else ways.run(ways.LONG, line)), line
        assert short.code == code or code is None, line


def test_what_the_short_way_leaves_goes_the_long_way(machine: Machine) -> None:
    ways.provide(machine, "one")
    for line in ("status one --exit-code", "status nonsense", "status --watch=1"):
        expected = ways.run(ways.LONG, line)
        assert expected.code, line
        assert ways.run(ways.CHOICE, line) == expected, line


SURROUNDINGS: dict[str, tuple[str, dict[str, str]]] = {
    "no tmux on PATH": ("", {"PATH": "/nonexistent"}),
    "no HOME": ("", {"HOME": ""}),
    "TMUX_TMPDIR is no directory": ("", {"TMUX_TMPDIR": "/nonexistent"}),
    "inside another tmux": ("", {"TMUX": "/nonexistent/socket,1,0"}),
    "stdout closed": (">&-", {}),
    "stderr closed": ("2>&-", {}),
    "all streams closed": ("<&- >&- 2>&-", {}),
    "the disk is full": (">/dev/full", {}),
    "both are full": (">/dev/full 2>/dev/full", {}),
    "the C locale": ("", {"LC_ALL": "C"}),
    "an option from the environment": ("", {"OCPROV_STATUS_AS_JSON": "1"}),
    "streams that are not UTF-8": ("", {"PYTHONIOENCODING": "latin-1"}),
    "streams in ASCII": ("", {"PYTHONIOENCODING": "ascii"}),
}


def test_both_ways_say_the_same_in_strange_surroundings(machine: Machine) -> None:
    changed(machine)
    for name, (redirect, environment) in SURROUNDINGS.items():
        expected = ways.run(ways.LONG, "status", redirect=redirect, **environment)
        assert ways.run(ways.CHOICE, "status", redirect=redirect, **environment) == expected, name


@pytest.mark.parametrize("more", [{}, {"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "dumb"}], ids=str)
def test_both_ways_use_the_same_colours(machine: Machine, more: dict[str, str]) -> None:
    ended(machine)
    for line in ("status", "--no-color status", "status --json", "-L a/b status"):
        expected = ways.run_at_terminal(ways.LONG, line, **more)
        assert ways.run_at_terminal(ways.SHORT, line, **more) == expected, line
        plain = line in ("--no-color status", "status --json") or more.get("NO_COLOR") or "TERM" in more
        assert ("\033[31m" in expected.out) == (not plain), line


@pytest.mark.parametrize("way", [ways.LONG, ways.SHORT, ways.CHOICE], ids=["long", "short", "choice"])
def test_nobody_reads_any_more(machine: Machine, way: str) -> None:
    one(machine)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing) as stdout:
        done = subprocess.run(
            [sys.executable, "-c", way, "status"], stdout=stdout, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("way", [ways.LONG, ways.SHORT, ways.CHOICE], ids=["long", "short", "choice"])
def test_an_interrupt_ends_it_in_a_word(machine: Machine, way: str) -> None:
    ways.stale_socket(machine)
    path, notes = ways.recorded(machine, "exec sleep 60")
    with subprocess.Popen(
        [sys.executable, "-c", way, "status"],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        until(notes.exists)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


def test_one_tmux_client_reads_whatever_there_is(machine: Machine) -> None:
    several(machine)
    path, notes = ways.recorded(machine, 'exec "$real" "$@"')
    assert ways.run(ways.SHORT, "status", PATH=path).code == 0
    assert len(notes.read_text().splitlines()) == 1


def test_nothing_slow_is_imported(machine: Machine) -> None:
    one(machine)
    found = ways.imported("status one")
    assert "ocprov.short.status" in found
    slow = {"click", "jinja2", "yaml", "tmuxp", "libtmux", "rich", "json", "inspect", "subprocess"}
    assert not found & slow
    assert not {name for name in found if name.startswith(("ocprov.layout", "ocprov.core.plan"))}


def test_a_failure_nobody_foresaw_is_told(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    from ocprov.cli import failure

    assert failure.told(ValueError("odd")) == 1
    told, hint = capsys.readouterr().err.splitlines()
    assert told == "error: ocprov failed in a way it should not: ValueError: odd"
    assert "ValueError: odd" in Path(hint.removeprefix("hint: please report it, with ")).read_text()
