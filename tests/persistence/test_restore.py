"""Sessions after a reboot, with tmux-resurrect and tmux-continuum: each as it was, and nothing twice."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.conftest import DEADLINE, Machine, Result, until
from tests.persistence.plugins import How, Plugins, both, conf, directory, restore, save

NAME = "opencode-development-six"
# A pipeline, a quoted command, one that is over at once, two panes, one that is typed, a plain shell.
SIX = """\
alias: six
---
session_name: opencode-development-six
start_directory: /usr
windows:
  - window_name: pipe
    panes: ["echo pipe >>~/ran; tail -f /dev/null | cat"]
  - window_name: quoted
    panes: ["echo quoted >>~/ran; sh -c 'exec sleep 1000; echo \\"it is\\" $HOME'"]
  - window_name: once
    panes: ["echo once >>~/ran"]
  - window_name: two
    panes: ["echo two >>~/ran; sleep 1001", "echo two.2 >>~/ran; sleep 1002"]
  - window_name: typed
    panes: ["sh ~/typed"]
    x-ocprov: {launcher: false}
  - window_name: place
    start_directory: /tmp
"""
WINDOWS = ["pipe", "quoted", "once", "two", "typed", "place"]
RUN = Counter(["pipe", "quoted", "once", "two", "two.2", "typed"])
LAUNCHED = Counter(["pipe", "quoted", "once", "two", "two.2"])
RESTORES = "set -g @continuum-restore on"
# No client of tmux's is to look whether it is so far: tmux-continuum would take it for another server.
HELD = "touch ~/held; until [ -e ~/go ]; do sleep 0.05; done"


@pytest.fixture
def six(machine: Machine) -> Machine:
    machine.layout("six", SIX)
    (machine.home / "typed").write_text("echo typed >>~/ran\nsleep 1003\n:\n")
    return machine


def lines(machine: Machine) -> str:
    """What a person adds to tmux.conf."""
    done = machine.ocprov("tmux-conf")
    assert done.returncode == 0, done.stderr
    return done.stdout


def up(machine: Machine) -> Result:
    done = machine.process("up", "--detach", "six")
    assert done.returncode == 0, done.stderr
    return done


def ran(machine: Machine) -> Counter[str]:
    return (
        Counter((machine.home / "ran").read_text().split()) if (machine.home / "ran").exists() else Counter()
    )


def launchers() -> Counter[str]:
    """The launchers that live on this machine: a pane each, as often as they run."""
    table = subprocess.run(
        ["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True
    ).stdout
    state = re.escape(os.environ["HOME"])
    return Counter(re.findall(rf"^/bin/sh {state}/.local/state/ocprov/run/\S+/(\S+)$", table, re.MULTILINE))


def shape(machine: Machine) -> list[str]:
    form = "#{session_name} #{window_index} #{window_name} #{pane_index} #{pane_current_path}"
    return sorted(machine.tmux("list-panes", "-a", "-F", form).splitlines())


def settled(machine: Machine, times: int) -> bool:
    """Whether every command has run just so often, and every launcher lives once."""
    return (
        ran(machine) == Counter({name: count * times for name, count in RUN.items()})
        and launchers() == LAUNCHED
    )


def settles(machine: Machine, times: int) -> None:
    """Wait for that; what is there instead after a minute is told by the comparison."""
    with suppress(AssertionError):
        until(lambda: settled(machine, times), 60)
    assert ran(machine) == Counter({name: count * times for name, count in RUN.items()})
    assert launchers() == LAUNCHED


def stands(machine: Machine) -> list[str]:
    """What there is, once every shell has started."""
    # The shell of a command that is over, or of a plain window, is where it was started only once it has started.
    until(lambda: not any(" " + str(machine.home) in line for line in shape(machine)))
    # tmux names a window after the program in it, which for a moment is tmux itself.
    until(lambda: not any(line.startswith("mine 0 tmux ") for line in shape(machine)))
    return shape(machine)


def is_back(machine: Machine, was: list[str], *, but: str = " ") -> None:
    """Wait until all is as it was, its shells too, but for sessions of names that begin so."""

    def there() -> list[str]:
        return [line for line in shape(machine) if not line.startswith(but)]

    with suppress(AssertionError):
        until(lambda: there() == was)
    assert there() == was


def begin(machine: Machine, plugins: Plugins, *more: str, how: How = "quiet") -> list[str]:
    """The session, and one of the person's own, saved and gone with their server; what they were."""
    conf(machine, plugins, *more, how=how)
    machine.tmux("new-session", "-d", "-s", "mine", "-c", "/var")
    up(machine)
    settles(machine, 1)
    was = stands(machine)
    assert save(machine)
    machine.end_tmux()
    until(lambda: not launchers())
    return was


def in_sync(machine: Machine) -> bool:
    return machine.ocprov("plan", "--exit-code", "six").returncode == 0


def same_twice_over(machine: Machine, was: list[str]) -> None:
    """Two reboots, a person starting tmux each time: everything is as it was."""
    for generation in (2, 3):
        machine.tmux("new-session", "-d", "-s", "first")
        settles(machine, generation)
        until(lambda: in_sync(machine))
        machine.tmux("kill-session", "-t", "=first")
        is_back(machine, was)
        save(machine)
        machine.end_tmux()
        until(lambda: not launchers())


CONFS = {
    "as it comes": (),
    "a list of one's own": ("set -g @resurrect-processes 'ssh psql'",),
    "everything": ("set -g @resurrect-processes ':all:'",),
    "base-index 1": ("set -g base-index 1", "set -g renumber-windows on", "setw -g pane-base-index 1"),
    "contents": ("set -g @resurrect-capture-pane-contents on",),
    "procfs": ("set -g @resurrect-save-command-strategy linux_procfs",),
}


@both
@pytest.mark.parametrize("options", CONFS.values(), ids=list(CONFS))
def test_after_a_reboot_all_is_as_it_was_twice_over(
    six: Machine, plugins: Plugins, options: tuple[str, ...]
) -> None:
    everything = (*options, RESTORES, lines(six))
    was = begin(six, plugins, *everything)
    same_twice_over(six, was)


@both
@pytest.mark.parametrize("how", ["quiet", "blocking", "background"])
def test_up_may_be_what_starts_the_server(six: Machine, plugins: Plugins, how: How) -> None:
    was = begin(six, plugins, RESTORES, lines(six), how=how)
    done = up(six)
    settles(six, 2)
    is_back(six, was)
    assert "created" not in done.stdout
    assert "nothing changed" in up(six).stdout


@both
def test_without_any_line_of_ours_up_alone_brings_everything_back(six: Machine, plugins: Plugins) -> None:
    was = begin(six, plugins, RESTORES)
    up(six)
    settles(six, 2)
    is_back(six, was)
    assert "nothing changed" in up(six).stdout


@both
def test_up_while_a_restore_runs_waits_for_it(six: Machine, plugins: Plugins) -> None:
    held = f"set -g @resurrect-hook-pre-restore-pane-processes '{HELD}'"
    (six.home / "go").touch()
    was = begin(six, plugins, held, RESTORES, lines(six))
    (six.home / "go").unlink()
    (six.home / "held").unlink(missing_ok=True)
    six.tmux("new-session", "-d", "-s", "first")
    until((six.home / "held").exists)
    assert NAME in six.tmux("list-sessions")
    waits = subprocess.Popen(
        [sys.executable, "-m", "ocprov", "up", "-d", "six"], stderr=subprocess.PIPE, text=True, cwd=six.home
    )
    assert waits.stderr is not None
    assert "waiting for tmux-resurrect to restore what was saved" in waits.stderr.readline()
    assert waits.poll() is None
    (six.home / "go").touch()
    waits.communicate(timeout=DEADLINE)
    assert waits.returncode == 0
    settles(six, 2)
    six.tmux("kill-session", "-t", "=first")
    is_back(six, was)


@both
def test_a_restore_over_what_is_live_starts_nothing_twice(six: Machine, plugins: Plugins) -> None:
    begin(six, plugins, lines(six))
    up(six)
    settles(six, 2)
    was = stands(six)
    restore(six)
    until(lambda: ": 0 changes" in (next((six.state / "log").rglob("*.log"))).read_text())
    assert settled(six, 2)
    is_back(six, was, but="mine")


@both
def test_a_window_and_two_commands_that_the_save_lacks_are_brought_back_once(
    six: Machine, plugins: Plugins
) -> None:
    was = begin(six, plugins, RESTORES, lines(six))
    saved = (directory(six) / "last").read_text().splitlines()
    saved = [
        re.sub(r"\t:/bin/sh \S+$", "\t:", line) if re.search(r"/(quoted|two\.2)$", line) else line
        for line in saved
        if not re.match(rf"(pane|window)\t{NAME}\t2\t", line)
    ]
    (directory(six) / "last").write_text("\n".join(saved) + "\n")
    six.tmux("new-session", "-d", "-s", "first")
    settles(six, 2)
    six.tmux("kill-session", "-t", "=first")
    until(lambda: in_sync(six))
    is_back(six, was)


@both
def test_a_hook_that_waits_for_reconcile_is_not_waited_for(six: Machine, plugins: Plugins) -> None:
    command = f"{sys.executable} -m ocprov reconcile"
    was = begin(six, plugins, RESTORES, f"set -g @resurrect-hook-post-restore-all '{command}; touch ~/after'")
    up(six)
    until((six.home / "after").exists)
    settles(six, 2)
    is_back(six, was)


@both
def test_an_up_that_is_killed_while_it_waits_leaves_what_the_next_completes(
    six: Machine, plugins: Plugins
) -> None:
    held = f"set -g @resurrect-hook-pre-restore-all '{HELD}'"
    (six.home / "go").touch()
    was = begin(six, plugins, held, RESTORES, lines(six))
    (six.home / "go").unlink()
    (six.home / "held").unlink(missing_ok=True)
    killed = subprocess.Popen([sys.executable, "-m", "ocprov", "-q", "up", "-d", "six"], cwd=six.home)
    until((six.home / "held").exists)
    until(lambda: "_ocprov_waits" in six.tmux("list-sessions"))
    killed.kill()
    killed.wait()
    (six.home / "go").touch()
    up(six)
    settles(six, 2)
    is_back(six, was, but="_ocprov")


@pytest.fixture
def helpers(machine: Machine) -> Iterator[str]:
    """A .bashrc that starts a helper with every shell, as some prompts do; the line that makes bash the shell."""
    (machine.home / "on").touch()
    (machine.home / ".bash_profile").write_text("while [ -e ~/on ]; do sleep 0.5; done & disown\n")
    yield "set -g default-shell /bin/bash"
    (machine.home / "on").unlink()


@both
def test_shells_with_helpers_of_their_own_hinder_nothing(
    six: Machine, plugins: Plugins, helpers: str
) -> None:
    was = begin(six, plugins, helpers, RESTORES, lines(six))
    same_twice_over(six, was)


@both
def test_a_session_that_was_renamed_comes_back_as_itself(six: Machine, plugins: Plugins) -> None:
    conf(six, plugins, RESTORES, lines(six))
    six.tmux("new-session", "-d", "-s", "other")
    up(six)
    settles(six, 1)
    six.tmux("rename-session", "-t", f"={NAME}", "mine")
    save(six)
    six.end_tmux()
    until(lambda: not launchers())
    up(six)
    settles(six, 2)
    assert sorted(six.tmux("list-sessions", "-F", "#{session_name}").splitlines()) == [NAME, "other"]


@both
def test_a_plain_window_keeps_its_name_whatever_its_prompt_says(six: Machine, plugins: Plugins) -> None:
    begin(six, plugins, "set -g allow-rename on", RESTORES, lines(six))
    for times in (2, 3):
        up(six)
        settles(six, times)
        six.tmux("send-keys", "-t", f"={NAME}:=place", r"printf '\033kprompt\033\\'; touch ~/said", "Enter")
        until((six.home / "said").exists)
        (six.home / "said").unlink()
        assert [window.split()[1] for window in six.windows(NAME)] == WINDOWS
        save(six)
        six.end_tmux()
        until(lambda: not launchers())


@both
def test_what_was_ended_is_not_taken_over_when_a_person_uses_its_name(six: Machine, plugins: Plugins) -> None:
    begin(six, plugins, lines(six))
    six.tmux("new-session", "-d", "-s", "other")  # the server goes on
    up(six)
    assert six.ocprov("down", "--yes", "six").returncode == 0
    six.tmux("new-session", "-d", "-s", NAME, "-n", "pipe")
    six.tmux("new-window", "-t", f"={NAME}:", "-n", "place")
    before = six.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid} #{@ocprov_pane}")
    assert six.ocprov("reconcile").returncode == 0
    assert six.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid} #{@ocprov_pane}") == before
    assert six.ocprov("up", "-d", "six").returncode == 4
