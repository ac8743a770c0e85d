"""What `--fix` mends."""

import pytest

from ocprov.doctor.check import Check
from ocprov.doctor.mending import mend
from ocprov.doctor.seen import around
from ocprov.tmux.client import server
from tests.conftest import Machine
from tests.doctor.samples import found

pytestmark = pytest.mark.usefixtures("quick")


def mended() -> tuple[tuple[str, ...], tuple[Check, ...]]:
    return mend(around.look(server), wait=0, tell=lambda _: None)


def test_fix_makes_what_is_ours_private_again(machine: Machine) -> None:
    run = machine.state / "run/default-1"
    run.mkdir(parents=True)
    (run / "launcher").touch(0o644)
    (machine.state / "lock").symlink_to(machine.root)
    for path in (machine.state, machine.state / "run", run):
        path.chmod(0o755)
    machine.root.chmod(0o755)

    done, failed = mended()

    assert len(done) == 4
    assert failed == ()
    assert done[0] == f"{machine.state} has mode 0700 now, it had 0755"
    assert [path.stat().st_mode & 0o777 for path in (machine.state, run, run / "launcher")] == [
        0o700,
        0o700,
        0o600,
    ]
    assert machine.root.stat().st_mode & 0o777 == 0o755
    assert mended() == ((), ())
    assert (found()["state"].state, "state files" in found()) == ("ok", False)


def test_fix_without_home_says_what_it_could_not(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "")
    done, failed = mended()
    assert done == ()
    assert {check.found for check in failed} == {"HOME is not set to an absolute directory"}
