"""`ocprov events`: what a person, a window and a script see of it."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ocprov.cli.output import wide
from ocprov.cli.show_events import Screen, plain, short
from ocprov.opencode import record
from ocprov.opencode.heard.event import Event
from tests.conftest import Machine, until
from tests.opencode.peer import Peer, data, running

INFO = {"id": "ses_1", "title": "the talk", "time": {"created": 1, "updated": 2}}
BUSY = {"type": "busy"}


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    directory = machine.home / "shop"
    directory.mkdir()
    with running(directory.resolve()) as found:
        found.sessions = [INFO]
        yield found


@contextmanager
def following(*arguments: str, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """`ocprov events` as a process of its own."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | more
    done = subprocess.Popen([sys.executable, "-m", "ocprov", "events", *arguments], **streams)
    try:
        yield done
    finally:
        with suppress(ProcessLookupError):
            done.kill()
        done.communicate()


BEAT = data({"payload": {"id": "evt_0", "type": "server.heartbeat", "properties": {}}})


def begun(peer: Peer) -> bool:
    """Whether somebody listens."""
    return until(lambda: peer.connections > 0)


def talk(peer: Peer) -> None:
    peer.say("session.status", sessionID="ses_1", status=BUSY)
    peer.say("plugin.added", id="x")
    peer.say("message.part.delta", sessionID="ses_1", delta="word")
    peer.say("permission.asked", id="per_1", sessionID="ses_1", permission="bash", patterns=["rm \x1b[31m"])
    peer.say("session.idle", sessionID="ses_1")


def alive(peer: Peer) -> None:
    """As `server ls` and others see it: a server that runs."""
    peer.record()


def test_a_person_reads_time_title_and_words_of_what_matters(peer: Peer) -> None:
    alive(peer)
    with following("--limit", "4") as done:
        begun(peer)
        talk(peer)
        out, err = done.communicate(timeout=60)

    assert [re.sub(r"^\d\d:\d\d:\d\d", "TIME", one) for one in out.splitlines()] == [
        "TIME  server up",
        "TIME  the talk: busy",
        "TIME  the talk: asks permission bash: rm \\x1b[31m",
        "TIME  the talk: idle",
    ]
    assert err == ""
    assert done.returncode == 0


def test_a_script_reads_an_object_a_line_of_everything(peer: Peer) -> None:
    alive(peer)
    with following("--json", "--limit", "6") as done:
        begun(peer)
        talk(peer)
        out, _ = done.communicate(timeout=60)

    rows = [json.loads(one) for one in out.splitlines()]
    assert [one["type"] for one in rows] == [
        "ocprov.server.up",
        "session.status",
        "plugin.added",
        "message.part.delta",
        "permission.asked",
        "session.idle",
    ]
    assert {tuple(one) for one in rows} == {
        ("time", "server", "directory", "conversation", "type", "properties", "missed")
    }
    assert rows[4]["properties"]["patterns"] == ["rm \x1b[31m"]
    assert rows[4]["directory"] == str(peer.directory)


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (["--type", "session.*", "--limit", "2"], ["the talk: busy", "the talk: idle"]),
        (
            ["--type", "message.part.delta", "--type", "plugin.added", "--limit", "2"],
            ["plugin.added id=x", "the talk: message.part.delta delta=word"],
        ),
        (["-v", "--limit", "3"], ["server up", "the talk: busy", "plugin.added id=x"]),
        (["--dir", "shop", "--limit", "2"], ["server up", "the talk: busy"]),
    ],
)
def test_what_is_wanted_is_shown(peer: Peer, options: list[str], lines: list[str]) -> None:
    alive(peer)
    with following(*options) as done:
        begun(peer)
        talk(peer)
        out, err = done.communicate(timeout=60)

    assert [one.partition("  ")[2] for one in out.splitlines()] == lines, err


def test_one_conversation_is_followed_on_its_server(peer: Peer) -> None:
    alive(peer)
    with following("--dir", "shop", "--conversation", "ses_2", "--limit", "2") as done:
        begun(peer)
        talk(peer)
        peer.say("session.compacted", sessionID="ses_2")
        out, _ = done.communicate(timeout=60)

    assert [one.partition("  ")[2] for one in out.splitlines()] == ["server up", "ses_2: compacted"]


def test_a_window_begins_before_its_server_and_says_so(peer: Peer) -> None:
    with following("--dir", "shop", "--limit", "1") as done:
        assert done.stderr is not None
        said = done.stderr.readline()
        alive(peer)
        out, _ = done.communicate(timeout=60)

    hint = "ocprov server ensure --dir shop"
    assert said == f"ocprov: waiting for the server of {peer.directory}; where nothing starts it: {hint}\n"
    assert out.endswith("server up\n")


def test_a_window_that_begins_while_its_server_starts_says_that_it_waits(peer: Peer) -> None:
    record.write(replace(peer.record(), state="starting"))
    with following("--dir", "shop", "--limit", "1") as done:
        assert done.stderr is not None
        said = done.stderr.readline()
        alive(peer)
        out, _ = done.communicate(timeout=60)

    assert said == f"ocprov: waiting for server {peer.place.name}, which is starting\n"
    assert out.endswith("server up\n")


def test_without_waiting_no_server_is_a_refusal(machine: Machine) -> None:
    done = machine.ocprov("events", "--no-wait")

    assert done.returncode == 1
    assert done.stderr == (
        "error: no server runs that could tell anything\nhint: ocprov server ensure --dir DIR\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--all", "--dir", "."], 2, "--all goes without --dir"),
        (["--for", "nan"], 2, "--for is a number"),
        (["--for", "0"], 2, "--for"),
        (["--limit", "0"], 2, "--limit"),
        (["--dir", "nowhere"], 1, "nowhere: no such file or directory"),
        (["--conversation", "ses_nope"], 1, "ses_nope"),
    ],
)
def test_what_cannot_be_is_refused(machine: Machine, arguments: list[str], code: int, says: str) -> None:
    done = machine.ocprov("events", *arguments)

    assert done.returncode == code
    assert says in done.stderr


def test_it_ends_after_a_time(peer: Peer) -> None:
    alive(peer)
    done = Machine(peer.directory.parent.parent).process("events", "--for", "1")
    assert done.returncode == 0
    # A machine that has much to do may need longer to hear anything.
    assert done.stdout == "" or done.stdout.endswith("server up\n")


@pytest.mark.parametrize("quiet", [True, False], ids=["while nothing happens", "while something does"])
def test_it_ends_quietly_when_nobody_reads_any_more(peer: Peer, quiet: bool) -> None:
    alive(peer)
    with following() as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.readline()
        done.stdout.close()
        if not quiet:
            talk(peer)

        def ended() -> bool:
            peer.lines.put(BEAT)  # or the stream would be silent for too long, which is said
            return done.poll() is not None

        until(ended)
        assert done.returncode == 0
        assert done.stderr.read() == ""
        done.stdout = None  # communicate would read it


def test_while_nobody_reads_it_goes_on_to_listen_and_says_what_was_left_out(peer: Peer) -> None:
    peer.record()
    with following("--json") as done:
        assert done.stdout is not None
        begun(peer)
        for _ in range(40):  # more than the pipe, the queue and the connection take
            peer.lines.put(data(peer.event("message.part.delta", sessionID="ses_1", delta="x" * 200)) * 1000)
        peer.say("session.compacted", sessionID="ses_1")
        until(peer.lines.empty)
        peer.say("session.deleted", sessionID="ses_1")
        rows: list[dict[str, Any]] = []
        while "session.deleted" not in [one["type"] for one in rows[-1:]]:
            rows.append(json.loads(done.stdout.readline()))
        done.send_signal(signal.SIGINT)
        done.communicate(timeout=60)

    left_out = sum(one["properties"]["count"] for one in rows if one["type"] == "ocprov.dropped")
    assert left_out > 0
    assert left_out + [one["type"] for one in rows].count("message.part.delta") == 40_000
    assert "session.compacted" in [one["type"] for one in rows]


def test_ctrl_c_ends_it_also_while_nobody_reads(peer: Peer) -> None:
    peer.record()
    with following("--json") as done:
        begun(peer)
        peer.lines.put(data(peer.event("message.part.delta", sessionID="ses_1", delta="x" * 200)) * 1000)
        until(peer.lines.empty)
        assert done.stdout is not None
        done.stdout.read(1)
        done.send_signal(signal.SIGINT)
        assert done.wait(timeout=60) == 130


def test_ctrl_c_ends_it_without_a_word(peer: Peer) -> None:
    alive(peer)
    with following() as done:
        assert done.stdout is not None
        done.stdout.readline()
        done.send_signal(signal.SIGINT)
        _, err = done.communicate(timeout=60)

    assert (done.returncode, err) == (130, "")


def test_a_window_of_80_columns_shows_whole_lines_in_color(peer: Peer) -> None:
    peer.sessions = [INFO | {"title": "a title that is longer than anybody would want to read again"}]
    alive(peer)
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    with following("--limit", "3", stdout=inner, stderr=inner, stdin=inner, text=False) as done:
        os.close(inner)
        begun(peer)
        peer.say("session.status", sessionID="ses_1", status=BUSY)
        peer.say("permission.asked", id="p", sessionID="ses_1", permission="bash", patterns=["日本" * 80])
        with suppress(OSError):
            while more := os.read(outer, 4096):
                seen += more
        assert done.wait(timeout=60) == 0
    os.close(outer)

    bare = re.sub(r"\x1b\[[0-9;]*m", "", seen.decode()).replace("\r", "").splitlines()
    assert [wide(one) <= 80 for one in bare] == [True] * 3
    assert wide(bare[2]) >= 78
    assert bare[2].startswith(bare[2][:8] + "  a title that is…: asks permission bash: 日本")
    assert b"\x1b[33m" in seen


def told(kind: str, server: str = "shop-a1b2c3", at: float = 0.0, **more: Any) -> Event:
    return Event(kind, at or time.time(), server, "/shop", **more)


def bare(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def test_servers_are_named_where_there_are_several_each_in_its_color() -> None:
    screen, now = Screen(servers=2), time.time()
    lines = [
        screen.lines(told("x", server, now), "", "up", 0)[-1] for server in ("shop-a1b2c3", "a-mail-d4e5f6")
    ]
    assert [bare(one).split() for one in lines] == [
        [bare(lines[0])[:8], "shop", "up"],
        [bare(lines[1])[:8], "a-mail", "up"],
    ]
    assert len({re.findall(r"\x1b\[3\dm", one)[0] for one in lines}) == 2
    assert short("shop-a1b2c3") == "shop"


def test_a_server_that_is_alone_is_not_named_until_another_one_speaks() -> None:
    screen = Screen()

    lines = [screen.lines(told("x", server), "", "up", 0)[-1] for server in ("one-1", "one-1", "two-2")]

    assert [bare(one)[8:].split() for one in lines] == [["up"], ["up"], ["two", "up"]]


def test_what_was_missed_is_marked_and_another_day_is_told() -> None:
    screen = Screen()
    tomorrow = time.time() + 86400

    lines = screen.lines(told("x", at=tomorrow, missed=True), "talk", "busy", 0)

    assert bare(lines[0]) == f"{datetime.fromtimestamp(tomorrow):%A, %Y-%m-%d}"
    assert bare(lines[1]).endswith("  talk: (before) busy")


def test_an_event_without_words_shows_its_type_and_short_properties() -> None:
    event = told("new.type", properties={"sessionID": "ses_1", "a": 1, "b": {"c": 2}, "d": "x\x1by"})

    assert plain(event) == "new.type a=1 d=x\\x1by"
