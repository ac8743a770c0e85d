"""Many programs at once: what one of them does, the others do not feel."""

import os
import signal
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import at_once
from tests.conftest import DEADLINE, until
from tests.fleet import processes

LONG = DEADLINE  # seconds that nothing of these takes


def sh(script: str, *arguments: str) -> list[str]:
    return ["sh", "-c", script, "sh", *arguments]


def test_each_is_answered_in_its_place() -> None:
    programs = [sh(f"echo out {n}; echo err {n} >&2; exit {n}") for n in range(5)]
    assert at_once.run(programs, LONG) == [at_once.Ended(n, f"out {n}\n", f"err {n}\n") for n in range(5)]


def test_they_run_at_the_same_time(tmp_path: Path) -> None:
    # Each waits for the other, so one after the other would never end.
    wait = 'touch "$1"; until [ -e "$2" ]; do sleep 0.05; done; echo met'
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    assert [end.out for end in at_once.run([sh(wait, one, two), sh(wait, two, one)], LONG)] == ["met\n"] * 2


def test_there_may_be_more_than_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "AT_ONCE", 2)
    log = tmp_path / "log"
    ended = at_once.run(
        [sh('echo 1 >>"$1"; sleep 0.1; echo -1 >>"$1"; echo $2', str(log), str(n)) for n in range(6)], LONG
    )
    assert [end.out for end in ended] == [f"{n}\n" for n in range(6)]
    assert max(accumulate(map(int, log.read_text().split()))) <= 2


def test_what_takes_too_long_is_ended_with_all_that_it_started_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids, done = tmp_path / "pids", tmp_path / "done"

    def late() -> float:
        """The time is over once both came so far, however slow this machine is."""
        there = done.exists() and pids.exists() and pids.read_text().endswith("\n")
        return time.monotonic() + (LONG if there else 0)

    monkeypatch.setattr(at_once, "time", SimpleNamespace(monotonic=late))
    script = 'sleep 1000 & echo "$! $$" >"$1"; echo said; wait'
    other_script = 'echo out; touch "$1"'
    ended, other = at_once.run([sh(script, str(pids)), sh(other_script, str(done))], LONG)
    assert (ended.code, ended.out, other.out) == (None, "said\n", "out\n")
    for pid in map(int, pids.read_text().split()):
        until(lambda pid=pid: not processes.lives(pid))  # type: ignore[misc] # bound now


def test_what_prints_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "LARGEST", 1 << 17)
    (ended,) = at_once.run([["yes"]], LONG)
    assert not ended.whole


def test_of_much_talk_the_beginning_is_kept() -> None:
    (ended,) = at_once.run([sh("yes | head -c 1000000 >&2; echo done")], LONG)
    assert (ended.code, ended.out, ended.whole) == (0, "done\n", True)
    assert len(ended.err) < 200_000


def test_who_keeps_stderr_open_is_not_waited_for(tmp_path: Path) -> None:
    """As an ssh does that goes on as the master of further connections."""
    pid = tmp_path / "pid"
    script = 'setsid sleep 1000 >/dev/null & echo $! >"$1"; echo done; echo talk >&2'
    try:
        (ended,) = at_once.run([sh(script, str(pid))], LONG)
        assert (ended.code, ended.out, ended.err) == (0, "done\n", "talk\n")
        assert processes.lives(int(pid.read_text()))
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(OcprovError, match="no-such-ssh cannot be started") as caught:
        at_once.run([["true"], ["no-such-ssh"]], LONG)
    assert "fleet.ssh" in caught.value.hint


@pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGTERM, 1), (signal.SIGINT, 60), (signal.SIGTERM, 60), (signal.SIGHUP, 60)],
    ids=["a kill while they run", "Ctrl-C", "a kill", "a terminal that closes"],
)
def test_whoever_is_ended_ends_them(number: signal.Signals, times: int, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = (
        "import sys\nfrom ocprov.cli.watching import ended_properly\nfrom ocprov.fleet import at_once\n"
        "with ended_properly(): at_once.run([sys.argv[2:]] * int(sys.argv[1]), 1000)"
    )
    script = 'touch "$1"; sleep 1000; :'
    calling = subprocess.Popen(
        [sys.executable, "-c", code, str(times), *sh(script, str(pid))],
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    until(pid.exists)
    calling.send_signal(number)
    assert calling.wait(DEADLINE) != 0
    until(
        lambda: (
            not [
                one
                for one, _ in processes.parents()
                if str(pid).encode() in processes.content(one, "cmdline")
            ]
        )
    )
