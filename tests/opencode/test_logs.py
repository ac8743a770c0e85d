"""Logs are read from their ends, followed over whatever happens to them, and cannot do anything to a terminal."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocprov.opencode.look import logs
from ocprov.opencode.places import Places
from tests.conftest import Machine, until


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.mark.parametrize(
    ("text", "count", "last"),
    [
        ("", 3, []),
        ("a\nb\nc\n", 2, ["b", "c"]),
        ("a\nb\nc", 2, ["b", "c"]),
        ("a\n\nc\n", 3, ["a", "", "c"]),
        ("a\nb\n", 9, ["a", "b"]),
        ("a\nb\n", 0, []),
        ("a\r\n\x1b[31mred\x1b[0m\ta\x07\n", 2, ["a", "\\x1b[31mred\\x1b[0m    a\\x07"]),
        ("\udcff\n", 1, ["�"]),
    ],
)
def test_the_last_lines(log: Path, text: str, count: int, last: list[str]) -> None:
    log.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert logs.last(log, count) == last


def test_last_lines_reach_back_over_a_restart(log: Path) -> None:
    assert logs.last(log, 9) == []
    for number, name in ((3, "server.log.3"), (2, "server.log.2"), (1, "server.log.1"), (0, "server.log")):
        log.with_name(name).write_text(f"a{number}\nb{number}\n")
    assert logs.last(log, 3) == ["b1", "a0", "b0"]
    assert len(logs.last(log, 99)) == 8


def test_a_log_of_gigabytes_costs_nothing(log: Path) -> None:
    with log.open("wb") as file:
        file.seek(8 << 30)
        file.write(b"\nlast but one\nlast\n")
    began = time.thread_time()  # not of the clock: the machine may stand still
    assert logs.last(log, 2) == ["last but one", "last"]
    assert logs.find(Places(log.parent), "err_1") == ""
    assert max(map(len, logs.last(log, 1000))) <= 1 << 16
    assert time.thread_time() - began < 2


def test_a_long_line_is_found_whole_behind_many_short_ones(log: Path) -> None:
    log.write_text("".join(f"{number} {'x' * 90}\n" for number in range(20_000)))
    assert [line.split()[0] for line in logs.last(log, 5000)] == list(map(str, range(15_000, 20_000)))


def test_the_line_of_a_failure(log: Path) -> None:
    log.with_name("server.log.1").write_text('level=ERROR ref=err_old msg="\x1b]0;x\x07"\n')
    log.write_text("ref=err_ab first\nref=err_abc\nref=err_ab second\nother\n")
    place = Places(log.parent)
    assert logs.find(place, "err_ab") == "ref=err_ab second"
    assert logs.find(place, "err_old") == 'level=ERROR ref=err_old msg="\\x1b]0;x\\x07"'
    assert logs.find(place, "err_none") == ""
    assert logs.find(place, ".*") == ""


class Follower:
    """Reads what is followed, until it says `enough`."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.heard: list[str] = []
        self.thread = threading.Thread(target=self._listen, args=(lines,), daemon=True)
        self.thread.start()

    def _listen(self, lines: Iterator[str]) -> None:
        self.heard.extend(iter(lines.__next__, "enough"))


def test_following_survives_a_restart_a_cut_and_a_log_that_is_not_there_yet(log: Path) -> None:
    follower = Follower(logs.follow(log))
    log.write_text("one\ntw")
    until(lambda: follower.heard == ["one"])
    with log.open("a") as file:
        file.write("o\n")
    until(lambda: follower.heard == ["one", "two"])
    with log.open("a") as file:
        log.rename(log.with_name("server.log.1"))
        file.write("late\n")
    log.write_text("anew\n")
    until(lambda: follower.heard == ["one", "two", "late", "anew"])
    os.truncate(log, 0)
    with log.open("a") as file:
        file.write("cut\n")
    until(lambda: follower.heard[-1] == "cut")
    with log.open("a") as file:
        file.write("enough\n")
    until(lambda: not follower.thread.is_alive())


class Restarted(type(Path())):  # type: ignore[misc] # pathlib tells its real class at run time only
    """A log whose server says something, ends and is started again, in the moment that somebody looks for a new log."""

    looks = 0

    def open(self, *arguments: Any, **more: Any) -> Any:
        self.looks += 1
        if self.looks == 2:
            with Path(self).open("a") as file:
                file.write("last words\n")
            Path(self).rename(self.with_name("server.log.1"))
            Path(self).write_text("anew\n")
        return super().open(*arguments, **more)


def test_following_loses_nothing_that_is_said_between_two_looks(log: Path) -> None:
    log.write_text("before\n")
    follower = Follower(logs.follow(Restarted(log)))
    until(lambda: follower.heard[-1:] == ["anew"])
    assert follower.heard == ["last words", "anew"]
    with log.open("a") as file:
        file.write("enough\n")
    until(lambda: not follower.thread.is_alive())


def test_following_begins_where_it_is_called(log: Path) -> None:
    log.write_text("before\n")
    lines = logs.follow(log)
    with log.open("a") as file:
        file.write("after\n")
    assert next(lines) == "after"
    del lines


def test_logs_of_a_server_that_never_was(machine: Machine) -> None:
    done = machine.ocprov("server", "logs")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == "error: no server has logged anything there\nhint: see which there are: ocprov server ls\n"
    )
    done = machine.ocprov("server", "logs", "--dir", "nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (1, 2)
    done = machine.ocprov("server", "logs", "a\x1bb")
    assert (done.returncode, "\x1b" in done.stderr) == (1, False)
