"""`ocprov doctor` as a person and a program use it."""

import json
from pathlib import Path

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
