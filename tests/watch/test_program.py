"""Programs that are not ours: bounded in time and size, ended together with what they started."""

import os
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.watch import program
from tests.cleaning.there import processes
from tests.conftest import Machine, until


def run(script: str, patience: float = 60.0, stdin: str = "") -> program.Ran:
    return program.run(
        ["sh", "-c", script], patience=patience, environment=program.environment(), stdin=stdin
    )


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    """Each test has a state directory of its own."""


def test_a_program_is_told_and_heard() -> None:
    assert run("cat; echo no >&2; exit 3", stdin="yes") == program.Ran(3, "yes", "no\n")


def test_it_runs_in_a_place_of_ours(machine: Machine) -> None:
    assert run("pwd").out.strip() == str(machine.state / "watch")


def test_settings_some_of_which_are_secret_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPROV_ALERT_WEBHOOK", "https://s3cret.example")
    assert "s3cret" not in run("env").out


def test_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script = tmp_path / "child"
    script.write_text("sleep 600\n:\n")
    with pytest.raises(OcprovError, match=r"no answer within 0\.3 s"):
        run(f"sh {script} & wait", patience=0.3)
    until(lambda: not processes(str(script)))


def test_what_it_leaves_in_the_background_is_not_waited_for() -> None:
    ran = run("sleep 600 & echo $!")  # waiting for it would be an error
    os.kill(int(ran.out), 9)


def test_one_that_never_stops_talking_is_ended() -> None:
    with pytest.raises(OcprovError, match="more than 64 MiB"):
        run("yes", patience=600)


def test_two_at_once_keep_their_order() -> None:
    calls = [["sh", "-c", f"echo {number}"] for number in range(5)]
    found = program.run_all(calls, patience=60, environment=program.environment())
    assert [ran.out for ran in found] == [f"{number}\n" for number in range(5)]


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(OcprovError, match="no-such-program-9 is not on PATH"):
        program.run(["no-such-program-9"], patience=1, environment=program.environment())


def test_its_last_complaint_is_the_reason() -> None:
    assert (
        run("echo first >&2; printf 'last \\033[31m\\n' >&2; exit 2").reason
        == r"it ended with 2: last \x1b[31m"
    )
