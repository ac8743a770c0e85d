"""`up` does and says the same both ways, and where the plan cache is enough the short way does it with one client."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocprov.core.desired import digest
from tests.conftest import Machine, until
from tests.short import ways

NAME = "opencode-observability-rich"
LAYOUT = """\
alias: rich
variables:
  greeting: {type: str, default: "it's; #{pid} $(id) \\\\; 50% ünï", help: what is said}
  script: {type: bool, default: false, help: whether a script runs first}
requires:
  sleep: get a system
---
session_name: opencode-observability-rich
start_directory: ~/place
environment: {GREETING: {{ greeting | yaml }}, EDITOR: {{ env("EDITOR", "vi") | yaml }}}
options: {base-index: 1, status-left: "a; 'b' #S"}
{% if script %}
before_script: touch script-ran
{% endif %}
windows:
  - window_name: runs
    layout: main-vertical
    options_after: {synchronize-panes: true}
    panes:
      - sleep 1000
      - shell_command:
          - {{ ("echo " ~ (greeting | sh)) | yaml }}
          - sleep 1000
        focus: true
      -
  - window_name: typed
    x-ocprov: {launcher: false}
    panes: [echo typed]
  - window_name: program
    window_shell: sleep 1000
  - window_name: shell
    window_index: 7
    focus: true
    environment: {OWN: "yes"}
    x-ocprov: {notice: look here}
"""
SEEN = (
    "#{session_name} #{window_index} #{window_name} #{window_active} #{pane_index} #{pane_active} #{pane_start_command} "
    "#{pane_current_path} #{@ocprov_session} #{@ocprov_window} #{@ocprov_pane} #{@ocprov_digest} "
    "#{session_width}x#{session_height} #{synchronize-panes} #{status-left} #{base-index}"
)


@pytest.fixture
def warm(machine: Machine) -> Machine:
    """A machine on which the layout was up once, and no tmux runs."""
    (machine.home / "place").mkdir()
    machine.layout("rich", LAYOUT)
    assert machine.ocprov("up", "-d", "rich").returncode == 0
    assert machine.ocprov("up", "-d", "rich").stdout == f"{NAME}: nothing changed\n"
    machine.end_tmux()
    return machine


def settled(machine: Machine) -> None:
    """Every launcher has told its state."""
    until(
        lambda: "-" not in machine.tmux("list-panes", "-s", "-t", f"={NAME}:", "-F", "#{?@ocprov_state,,-}")
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What tmux has, what is in the state directory, and what a script did."""

    panes: str
    environment: str
    files: dict[str, str]
    script: bool


def look(machine: Machine) -> Seen:
    panes = machine.tmux("list-panes", "-a", "-F", SEEN)
    environment = machine.tmux("show-environment", "-t", f"={NAME}:") if NAME in panes else ""
    files = {
        str(path.relative_to(machine.state)): re.sub(r"^\S+ \d+ ", "", path.read_text(), flags=re.MULTILINE)
        for path in machine.state.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }
    return Seen(panes, environment, files, (machine.home / "place/script-ran").exists())


# --- what is there before the command -----------------------------------------------------------------------------

Prepare = Callable[[Machine], object]


def up(machine: Machine) -> None:
    assert machine.ocprov("up", "-d", "rich").returncode == 0
    settled(machine)


def nothing(machine: Machine) -> None:
    """No server, and its old socket."""


def no_socket(machine: Machine) -> None:
    shutil.rmtree(machine.root / "tmux")
    (machine.root / "tmux").mkdir(mode=0o700)


def somebody(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", "mine|x", "-n", "theirs")
    machine.tmux("new-session", "-d", "-s", f"{NAME}-more", "-n", "theirs")


def after_down(machine: Machine) -> None:
    somebody(machine)
    up(machine)
    assert machine.ocprov("down", "--yes", "rich").returncode == 0


def foreign(machine: Machine) -> None:
    up(machine)
    machine.tmux("new-window", "-d", "-t", f"={NAME}:20", "-n", "théirs")
    machine.tmux("new-window", "-d", "-t", f"={NAME}:3", "-n", "a")
    machine.tmux("split-window", "-d", "-t", f"={NAME}:=théirs")


def moved(machine: Machine) -> None:
    """Order and focus are a person's own."""
    up(machine)
    machine.tmux("move-window", "-s", f"={NAME}:=runs", "-t", f"={NAME}:30")
    machine.tmux("select-window", "-t", f"={NAME}:=typed")


def tmux(*words: str) -> Prepare:
    """A session that is up, and then one tmux command."""

    def prepare(machine: Machine) -> None:
        up(machine)
        machine.tmux(*(word.format(NAME) for word in words))

    return prepare


def conflict(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", NAME)


def half_built(machine: Machine) -> None:
    machine.tmux("new-session", "-d", "-s", f"ocprov-building-{digest(NAME)}")


def resurrect(machine: Machine) -> None:
    somebody(machine)
    machine.tmux("set-option", "-g", "@resurrect-restore-script-path", "/nonexistent")


def conf(text: str) -> Prepare:
    def prepare(machine: Machine) -> None:
        (machine.home / ".tmux.conf").write_text(text)

    return prepare


def launcher_edited(machine: Machine) -> None:
    up(machine)
    path = next(machine.state.glob(f"run/*/{NAME}/runs"))
    path.write_text(path.read_text().replace("# declared:", "# declared: x"))


def launcher_gone(machine: Machine) -> None:
    up(machine)
    next(machine.state.glob(f"run/*/{NAME}/runs")).unlink()


def forgotten(machine: Machine) -> None:
    up(machine)
    next(machine.state.glob(f"run/*/{NAME}/.up")).unlink()


def links(machine: Machine) -> None:
    """The launchers' directory leads to another place."""
    run = next(machine.state.glob(f"run/*/{NAME}"))
    shutil.rmtree(run)
    (machine.root / "elsewhere").mkdir(exist_ok=True)
    run.symlink_to(machine.root / "elsewhere")


def no_directory(machine: Machine) -> None:
    (machine.home / "place").rmdir()


def log_full(machine: Machine) -> None:
    log = next(machine.state.glob(f"log/*/{NAME}.log"))
    log.write_text("x" * 1_000_001 + "\n")


def no_log(machine: Machine) -> None:
    log = next(machine.state.glob(f"log/*/{NAME}.log"))
    log.unlink()
    log.mkdir()


def ended_badly(machine: Machine) -> None:
    up(machine)
    told = machine.tmux(
        "list-panes", "-t", f"={NAME}:=runs", "-F", "#{pane_id} #{@ocprov_state}"
    ).splitlines()[0]
    pane, _, since, _, pid = told.split()
    machine.tmux("set-option", "-p", "-t", pane, "@ocprov_state", f"exited {since} 3 {pid}")


def ended_well(machine: Machine) -> None:
    up(machine)
    told = machine.tmux(
        "list-panes", "-t", f"={NAME}:=runs", "-F", "#{pane_id} #{@ocprov_state}"
    ).splitlines()[0]
    pane, _, since, _, pid = told.split()
    machine.tmux("set-option", "-p", "-t", pane, "@ocprov_state", f"exited {since} 0 {pid}")


BUILT = 255
# Each state, and whether the short way is enough in it; None where it builds and leaves the rest.
SCENARIOS: dict[str, tuple[Prepare, bool | None]] = {
    "no server, its old socket": (nothing, True),
    "no socket": (no_socket, True),
    "sessions of somebody's": (somebody, True),
    "in place": (up, True),
    "in place, among windows of a person's": (foreign, True),
    "in place, in another order": (moved, True),
    "a command ended well": (ended_well, True),
    "a server that resurrects, in place": (tmux("set-option", "-g", "@resurrect-restore-script-path", "/x"), True),
    "just ended by down": (after_down, True),
    "a server that may be restoring": (resurrect, False),
    "half built by one that was killed": (half_built, False),
    "somebody's session of that name": (conflict, False),
    "a command failed": (ended_badly, False),
    "a window is gone": (tmux("kill-window", "-t", "={}:=program"), False),
    "a pane is gone": (tmux("kill-pane", "-t", "={}:=runs.2"), False),
    "a pane more": (tmux("split-window", "-d", "-t", "={}:=typed"), False),
    "a pane moved": (tmux("move-pane", "-d", "-s", "={}:=runs.2", "-t", "={}:=typed"), False),
    "a window renamed": (tmux("rename-window", "-t", "={}:=typed", "other"), False),
    "a window linked": (tmux("link-window", "-d", "-s", "={}:=typed", "-t", "={}:40"), False),
    "the session renamed": (tmux("rename-session", "-t", "={}:", "other"), False),
    "the session's tag is gone": (tmux("set-option", "-u", "-t", "={}:", "@ocprov_session"), False),
    "a window's tag is gone": (tmux("set-option", "-wu", "-t", "={}:=typed", "@ocprov_window"), False),
    "a pane is of an older layout": (tmux("set-option", "-p", "-t", "={}:=typed", "@ocprov_digest", "0123456789ab"), False),
    "a launcher of an older ocprov": (launcher_edited, False),
    "a launcher is gone": (launcher_gone, False),
    "the last up is forgotten": (forgotten, False),
    "launchers would go elsewhere": (links, False),
    "the log is full": (log_full, False),
    "tmux.conf makes a session of that name": (conf(f"new-session -d -s {NAME} -n theirs\n"), False),
    "tmux-resurrect is loaded, and restores nothing by itself": (
        conf("set -g @resurrect-restore-script-path /nonexistent\n"),
        True,
    ),
    "a hook prints": (conf("set-hook -g after-set-option 'display-message -p hi'\n"), True),
    "the log cannot be written": (no_log, False),
    "the directory is gone": (no_directory, False),
    "tmux-continuum is about to restore": (conf("set -g @continuum-restore on\n"), False),
    "a hook renames windows": (conf("set-hook -g after-new-window 'rename-window hooked'\n"), None),
    "base-index and renumbering": (conf("set -g base-index 3\nset -g pane-base-index 1\nset -g renumber-windows on\n"), True),
}  # fmt: skip


# A pane that has just been made has no process, or is tmux itself for a moment, and its window may be named after that.
FRESH = "#{?#{&&:#{pane_pid},#{&&:#{!=:#{pane_current_command},tmux},#{!=:#{window_name},tmux}}},,-}"


@pytest.mark.parametrize(("prepare", "enough"), SCENARIOS.values(), ids=SCENARIOS)
def test_both_ways_do_and_say_the_same(warm: Machine, prepare: Prepare, enough: bool | None) -> None:
    results = {}
    saved = warm.root / "saved"
    shutil.copytree(warm.home, saved, symlinks=True)
    for way in (ways.SHORT_UP, ways.CHOICE, ways.LONG):
        prepare(warm)
        done = ways.run(way, "up -d rich")
        if done.code != ways.LEFT:
            until(lambda: "-" not in warm.tmux("list-panes", "-a", "-F", FRESH))
        results[way] = (done, look(warm))
        warm.end_tmux()
        shutil.rmtree(warm.home)
        shutil.copytree(saved, warm.home, symlinks=True)
        os.chdir(warm.home)
    assert results[ways.CHOICE] == results[ways.LONG]
    assert (results[ways.SHORT_UP][0].code in (0, BUILT)) == (enough is not False)
    assert enough or not results[ways.SHORT_UP][0].out + results[ways.SHORT_UP][0].err
    if enough:
        assert results[ways.SHORT_UP] == results[ways.LONG]
        assert results[ways.LONG][0].code == 0


# --- at the same time, and half-way -------------------------------------------------------------------------------


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("name", [f"{NAME}.lock", "server.lock"])
def test_another_ocprov_at_work_is_left_to_the_long_way(warm: Machine, name: str) -> None:
    with locked(next(warm.state.glob(f"lock/*/{name}"))):
        assert ways.run(ways.SHORT_UP, "up -d rich") == ways.NOTHING_DONE
    assert warm.tmux("list-sessions") == ""


def test_another_path_is_left_to_the_long_way_which_takes_it(warm: Machine) -> None:
    path = f"{os.environ['PATH']}:/nonexistent"
    assert ways.run(ways.SHORT_UP, "up -d rich", PATH=path) == ways.NOTHING_DONE
    assert ways.run(ways.CHOICE, "up -d rich", PATH=path).code == 0
    assert ":/nonexistent" in next(warm.state.glob(f"run/*/{NAME}/runs")).read_text()
    warm.end_tmux()
    for expected in (path, os.environ["PATH"]):
        assert ways.run(ways.SHORT_UP, "up -d rich", PATH=expected).code == 0
        text = next(warm.state.glob(f"run/*/{NAME}/runs")).read_text()
        assert (":/nonexistent" in text) == (expected == path)
        warm.end_tmux()


def test_several_at_once_build_once(warm: Machine) -> None:
    warm.layout("rich", LAYOUT.replace("- sleep 1000\n", "- echo run >>~/ran; sleep 1000\n", 1))
    assert warm.ocprov("up", "-d", "rich").returncode == 0
    until(lambda: (warm.home / "ran").exists())
    warm.end_tmux()
    (warm.home / "ran").unlink()
    together = [
        subprocess.Popen([sys.executable, "-m", "ocprov", "-q", "up", "-d", "rich"], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    said = sorted(process.communicate(timeout=60)[0].decode() for process in together)
    assert said == [f"{NAME}: created with 4 windows\n"] + [f"{NAME}: nothing changed\n"] * 3
    settled(warm)
    assert until(lambda: (warm.home / "ran").exists() and (warm.home / "ran").read_text()) == "run\n"


def test_an_interrupt_leaves_no_half_of_a_session(warm: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    front = warm.root / "front"
    front.mkdir()
    real = shutil.which("tmux")
    (front / "tmux").symlink_to(str(real))
    monkeypatch.setenv("PATH", f"{front}:{os.environ['PATH']}")
    assert warm.ocprov("up", "-d", "rich").returncode == 0
    warm.end_tmux()
    (front / "tmux").unlink()
    building = f"ocprov-building-{digest(NAME)}"
    (front / "tmux").write_text(
        f"#!/bin/sh\ncase $* in *source-file*) {real} new-session -d -s {building}; exec sleep 60 ;; esac\n"
        f'exec {real} "$@"\n'
    )
    (front / "tmux").chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "ocprov", "up", "-d", "rich"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until(lambda: warm.tmux("list-sessions", "-F", "#{session_name}") == building)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.decode().splitlines()[-1]) == (130, b"", "interrupted")
    until(lambda: warm.tmux("list-sessions") == "")


SURROUNDINGS = {
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "all streams closed": "<&- >&- 2>&-",
    "the disk is full": ">/dev/full",
}


@pytest.mark.parametrize("redirect", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_both_ways_say_the_same_in_strange_surroundings(warm: Machine, redirect: str) -> None:
    for prepare in (nothing, up):
        answers = {}
        for way in (ways.CHOICE, ways.LONG):
            prepare(warm)
            answers[way] = ways.run(way, "up -d rich", redirect=redirect)
            assert NAME in warm.tmux("list-sessions")
            warm.end_tmux()
        assert answers[ways.CHOICE] == answers[ways.LONG]


@pytest.mark.parametrize("way", [ways.CHOICE, ways.LONG], ids=["choice", "long"])
def test_a_caller_that_ignores_the_end_of_its_children(warm: Machine, way: str) -> None:
    line = f"trap '' CHLD; exec {sys.executable} -c '{way}' up -d rich"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, f"{NAME}: created with 4 windows\n")
