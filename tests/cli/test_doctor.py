"""`ocprov doctor` as a person and a program use it."""

import json
import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from ocprov.cli.show_doctor import data, lines
from ocprov.doctor.check import Check, Group
from ocprov.lock import held
from ocprov.state import private_dir
from ocprov.tmux.client import server
from tests.conftest import Machine, until
from tests.doctor.samples import program

PANE = "pane\twork\t0\t1\t:*\t0\thost\t:/home/me\t1\tbash\t:"
WINDOW = "window\twork\t0\t:main\t1\t:*\ta87d,100x30,0,0,0\toff"
GOOD = f"{PANE}\n{WINDOW}\nstate\t\t\n"


@pytest.fixture(autouse=True)
def quick(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ocmonitor that answers at once."""
    program(machine, monkeypatch, "ocmonitor", "echo ocmonitor, version 1.0.5")


def saves(machine: Machine, **texts: str) -> Path:
    """Saves by their times, the last one being what `last` leads to."""
    directory = machine.home / ".local/share/tmux/resurrect"
    directory.mkdir(parents=True)
    for stamp, text in texts.items():
        (directory / f"tmux_resurrect_{stamp}.txt").write_text(text)
        (directory / "last").unlink(missing_ok=True)
        (directory / "last").symlink_to(f"tmux_resurrect_{stamp}.txt")
    return directory


def checks(machine: Machine, *arguments: str, **more: str) -> dict[str, dict[str, str]]:
    """Each check by its name, of the JSON answer; of several the last."""
    data = json.loads(machine.ocprov("doctor", *arguments, "--json", **more).stdout)["data"]
    return {check["what"]: check for check in data["checks"]}


def test_a_line_a_check_below_the_name_of_its_group_and_its_fix_below_it(machine: Machine) -> None:
    done = machine.ocprov("doctor")

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0] == "tmux"
    at = lines.index("  warn  tmux-resurrect    not there: no session survives a reboot")
    assert (
        lines[at + 1]
        == "        fix: install tmux-resurrect and tmux-continuum, then: ocprov tmux-conf --install"
    )
    assert re.fullmatch(r"\d+ ok, \d+ warn", lines[-1])
    assert "  ok    state             ~/.local/state/ocprov, made when it is needed" in lines


def test_nothing_is_made_or_started_by_looking(machine: Machine) -> None:
    machine.ocprov("doctor")

    assert list(machine.home.iterdir()) == []
    assert list((machine.root / "tmux").iterdir()) == []


def test_at_a_terminal_lines_are_wrapped_and_fixes_are_not(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-x", "60", "-y", "200", "-s", "seen")
    command = shlex.join([sys.executable, "-m", "ocprov", "-L", "other", "doctor"])
    machine.tmux("send-keys", "-t", "=seen:", f"clear; {command}; echo over=$?", "Enter")

    screen = until(
        lambda: next(
            (text for text in [machine.tmux("capture-pane", "-peJ", "-t", "=seen:")] if "over=0" in text), ""
        )
    )
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen).splitlines()

    assert "\x1b[33mwarn" in screen
    long = [line for line in plain if len(line) > 60 and "fix:" not in line and "python" not in line]
    assert [line for line in long if max(map(len, line.split())) <= 60 - 26] == []
    fixes = [line for line in plain if "fix: install tmux-resurrect" in line]
    assert [line.strip().endswith("ocprov -L other tmux-conf --install") for line in fixes] == [True]


def test_a_broken_save_fails_and_is_not_touched(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD, t2="")

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert "        fix: ocprov doctor --fix" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1].endswith(", 1 fail")
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
    assert {key for check in data["checks"] for key in check} == {"group", "what", "state", "found", "fix"}
    assert {
        "group": "after a logout or reboot",
        "what": "tmux server",
        "state": "ok",
        "found": "none runs: checked is only what needs none",
        "fix": "",
    } in data["checks"]


def test_the_conf_lines_of_a_server_that_runs_are_checked(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d")
    machine.tmux("set", "-g", "@resurrect-save-script-path", "/bin/sh")

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert "@resurrect-processes has no launchers" in done.stdout
    assert "        fix: ocprov tmux-conf --install" in done.stdout.splitlines()


def test_an_escape_sequence_in_a_save_does_not_reach_the_terminal(machine: Machine) -> None:
    saves(machine, t1=f"{GOOD}\x1b]0;title\x07\n")

    assert "\x1b]" not in machine.ocprov("doctor").stdout


def test_without_home_fix_answers_in_json_too(machine: Machine) -> None:
    found = checks(machine, "--fix", HOME="")

    assert found["--fix"]["found"] == "HOME is not set to an absolute directory"
    assert found["persistence"]["state"] == "fail"
    assert found["version"]["state"] == "ok"


def test_a_server_that_cannot_be_meant_is_a_check_and_no_error(machine: Machine) -> None:
    done = machine.ocprov("-L", "a/b", "doctor")

    assert done.returncode == 1
    assert '  fail  socket            "a/b" is no socket name: it has a slash' in done.stdout.splitlines()
    assert done.stderr == ""


def test_names_of_others_do_not_reach_the_terminal_as_they_are(machine: Machine) -> None:
    machine.layout("bad", "---\nsession_name: [\n")
    (machine.layouts / "bad.yaml.j2").rename(machine.layouts / "b\x1b]0;x\x07.yaml.j2")
    (machine.home / "b\x1b[31m").mkdir()

    done = machine.ocprov("doctor", PATH=f"b\x1b[31m:{os.environ['PATH']}", LC_ALL="C\x1b[31m")

    assert "\x1b" not in done.stdout
    assert "\\x1b[31m" in done.stdout


def test_fix_says_why_it_could_not_mend(machine: Machine) -> None:
    directory = saves(machine, t1=GOOD)
    (directory / "last").unlink()
    (directory / f".last.ocprov-{os.getpid()}").mkdir()

    done = machine.ocprov("doctor", "--fix")

    assert done.returncode == 1
    assert "cannot write ~/.local/share/tmux/resurrect/last" in done.stdout
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

    assert "        fix: ocprov -L 'my one' doctor --fix" in done.stdout.splitlines()


def test_a_conf_that_cannot_be_read_is_told_and_not_absence(machine: Machine) -> None:
    conf = machine.home / ".tmux.conf"
    conf.symlink_to(conf)

    done = machine.ocprov("doctor")

    assert done.returncode == 1
    assert "cannot read ~/.tmux.conf" in done.stdout
    assert "tmux-resurrect    not there" not in done.stdout


def test_a_locale_that_only_python_set_is_none(machine: Machine) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMUX_TMPDIR")}
    done = subprocess.run(
        [sys.executable, "-m", "ocprov", "doctor"],
        env=kept,
        cwd=machine.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (
        "  warn  locale            none is set: tmux draws _ for what is not ASCII"
        in done.stdout.splitlines()
    )


def test_what_a_check_forgot_to_escape_is_escaped() -> None:
    group = Group("a", (Check("b\x1b", "warn", "/home/me/c\x1b /home/men", "cat /home/me/d\x1b"),))

    assert list(lines([group], [], home="/home/me", width=0))[1:] == [
        "  \x1b[33mwarn\x1b[0m  b\\x1b             ~/c\\x1b /home/men",
        "        \x1b[36mfix:\x1b[0m cat /home/me/d\\x1b",
        "\x1b[33m1 warn\x1b[0m",
    ]
    assert data([group], ["x"])["fixed"] == ["x"]
