"""`ocprov doctor` as a person and a program use it."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from ocprov.lock import held
from ocprov.state import private_dir
from ocprov.tmux.client import server
from tests.conftest import Machine

PANE = "pane\twork\t0\t1\t:*\t0\thost\t:/home/me\t1\tbash\t:"
WINDOW = "window\twork\t0\t:main\t1\t:*\ta87d,100x30,0,0,0\toff"
GOOD = f"{PANE}\n{WINDOW}\nstate\t\t\n"


def saves(machine: Machine, **texts: str) -> Path:
    """Saves by their times, the last one being what `last` leads to."""
    directory = machine.home / ".local/share/tmux/resurrect"
    directory.mkdir(parents=True)
    for stamp, text in texts.items():
        (directory / f"tmux_resurrect_{stamp}.txt").write_text(text)
        (directory / "last").unlink(missing_ok=True)
        (directory / "last").symlink_to(f"tmux_resurrect_{stamp}.txt")
    return directory


def test_without_resurrect_it_warns_once_and_does_not_fail(machine: Machine) -> None:
    done = machine.ocprov("doctor")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "warn  tmux-resurrect  not there: no session survives a reboot",
        "      fix: install tmux-resurrect and tmux-continuum, then: ocprov tmux-conf --install",
        "1 warn",
    ]


def test_a_broken_save_fails_and_is_not_touched(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD, t2="")

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert "      fix: ocprov doctor --fix" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "2 ok, 1 fail"
    assert (directory / "last").read_text() == ""


def test_fix_goes_back_to_the_newest_good_save_and_says_so(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD, t2="")

    done = machine.ocprov("doctor", "--fix")

    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"fixed: {directory}/last leads to tmux_resurrect_t1.txt now"
    assert (directory / "last").read_text() == GOOD
    assert (directory / "tmux_resurrect_t2.txt").exists()


def test_fix_without_a_good_save_says_so_and_fails(machine: Machine) -> None:
    directory = saves(machine, t1="", t2="")

    done = machine.ocprov("doctor", "--fix")

    assert done.returncode == 1
    assert "there is no good save" in done.stdout
    assert done.stderr == "ocprov: nothing here that --fix can mend\n"
    assert (directory / "last").readlink() == Path("tmux_resurrect_t2.txt")


def test_fix_leaves_a_good_save_alone(machine: Machine) -> None:
    directory = saves(machine, t2=GOOD, t1=GOOD)

    assert machine.ocprov("doctor", "--fix").returncode == 0
    assert (directory / "last").readlink() == Path("tmux_resurrect_t1.txt")


def test_json_has_every_check_and_what_was_fixed(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD, t2="")

    data = json.loads(machine.ocprov("doctor", "--fix", "--json").stdout)["data"]

    assert data["fixed"] == [f"{directory}/last leads to tmux_resurrect_t1.txt now"]
    assert data["checks"][0] == {
        "what": "tmux server",
        "state": "ok",
        "found": "none runs: checked is only what needs none",
        "fix": "",
    }


def test_the_conf_lines_of_a_server_that_runs_are_checked(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    machine.tmux("set", "-g", "@resurrect-save-script-path", "/bin/sh")

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert "@resurrect-processes has no launchers" in done.stdout
    assert "      fix: ocprov tmux-conf --install" in done.stdout.splitlines()


def test_an_escape_sequence_in_a_save_does_not_reach_the_terminal(machine: Machine) -> None:
    saves(machine, t1=f"{GOOD}\x1b]0;title\x07\n")

    assert "\x1b]" not in machine.ocprov("doctor").stdout


def test_without_home_fix_answers_in_json_too(machine: Machine) -> None:
    done = machine.ocprov("doctor", "--fix", "--json", HOME="")

    assert done.returncode == 1
    assert [check["found"] for check in json.loads(done.stdout)["data"]["checks"]] == [
        "HOME is not set to an absolute directory"
    ]


def test_fix_says_why_it_could_not_mend(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD)
    (directory / "last").unlink()
    (directory / f".last.ocprov-{os.getpid()}").mkdir()

    done = machine.ocprov("doctor", "--fix")

    assert done.returncode == 1
    assert f"cannot write {directory}/last" in done.stdout
    assert "last is missing; the newest good save" in done.stdout


def test_fix_waits_for_a_save_and_looks_again(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD, t2="")
    lock = private_dir(machine.state / "lock" / server().label) / "save.lock"

    with ExitStack() as saving:
        saving.enter_context(held(lock, wait=0, blocked=lambda: None))
        assert machine.ocprov("doctor", "--fix", "--wait", "0").returncode == 75
        assert (directory / "last").read_text() == ""
        fixing = subprocess.Popen(
            [sys.executable, "-m", "ocprov", "doctor", "--fix"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert fixing.stderr is not None
        assert fixing.stderr.readline() == "ocprov: waiting for another ocprov save\n"
        (directory / "tmux_resurrect_t2.txt").write_text(GOOD)

    assert fixing.communicate(timeout=60)[1] == "ocprov: nothing here that --fix can mend\n"
    assert (directory / "last").readlink() == Path("tmux_resurrect_t2.txt")


def test_a_fix_names_the_server_that_was_looked_at(machine: Machine) -> None:
    saves(machine, t1=GOOD, t2="")

    done = machine.ocprov("-L", "my one", "doctor")

    assert "      fix: ocprov -L 'my one' doctor --fix" in done.stdout.splitlines()


def test_a_conf_that_cannot_be_read_is_told_and_not_absence(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.symlink_to(conf)

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert f"cannot read {conf}" in done.stdout
    assert "not there" not in done.stdout
