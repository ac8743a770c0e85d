"""What a host answered is believed when it is an answer, and explained when it is none."""

import json

import pytest

from ocprov.fleet import command, reply
from ocprov.fleet.at_once import Ended
from ocprov.fleet.reply import Reply

MARK = f"{command.MARK}\n"
GOOD = json.dumps({"schema": 1, "command": "ls", "data": {"layouts": []}}, indent=2)
VERSION = "its ocprov is of another version"
DEEP = GOOD.replace("[]", '[], "a": ' + '[{"a": ' * 30 + "1" + "}]" * 30)

ENDED: dict[str, tuple[Ended, tuple[str, str | None]]] = {
    "no connection": (
        Ended(255, "", "ssh: connect to host x port 22: Connection refused\n"),
        ("unreachable", "connect to host x port 22: Connection refused"),
    ),
    "an unknown key": (
        Ended(255, "", "No key known\r\nHost key verification failed.\r\n"),
        ("unreachable", "Host key verification failed."),
    ),
    "an unknown key of a jump host": (
        Ended(
            255,
            "",
            "Host key verification failed.\nkex_exchange_identification: Connection closed by remote host\n"
            "Connection closed by UNKNOWN port 65535\n",
        ),
        ("unreachable", "Host key verification failed."),
    ),
    "nothing but what follows": (
        Ended(255, "", "Connection reset by UNKNOWN port 65535\n"),
        ("unreachable", "Connection reset by UNKNOWN port 65535"),
    ),
    "a connection that ssh says nothing about": (
        Ended(255, "", ""),
        ("unreachable", "ssh says nothing about it"),
    ),
    "a connection that breaks": (Ended(255, MARK, ""), ("unreachable", "the connection was lost")),
    "a connection that is broken": (
        Ended(255, MARK, "Timeout, server box not responding.\nConnection reset by UNKNOWN port 65535\n"),
        ("unreachable", "Timeout, server box not responding."),
    ),
    "silence": (Ended(None, "", ""), ("timeout", "no answer within 15 s")),
    "silence of ocprov": (Ended(None, MARK, ""), ("timeout", "connected, but no answer within 15 s")),
    "no ocprov": (Ended(127, MARK, ""), ("not installed", "it has no ocprov")),
    "an ocprov that lacks a program": (Ended(127, f"{MARK}talk", "error: no x"), ("failed", "no x")),
    "an error of ocprov's": (
        Ended(1, MARK, "talk\nerror: tmux is too old\nhint: update it\n"),
        ("failed", "tmux is too old"),
    ),
    "an error without a word": (Ended(9, MARK, ""), ("failed", "ocprov ended with 9")),
    "an option that it does not know": (
        Ended(2, MARK, "Usage: x\n\nError: No such option '--waits'. Did you mean '--watch'?\n"),
        ("unreadable", f"{VERSION}: No such option '--waits'."),
    ),
    "a shell that takes no commands": (
        Ended(1, "This account is not available.\n", ""),
        ("failed", "This account is not available."),
    ),
    "a shell that complains": (Ended(1, "Welcome!\n", "no such shell\n"), ("failed", "no such shell")),
    "a shell that says nothing": (Ended(0, "", ""), ("failed", "its shell ended with 0 and ran nothing")),
    "nothing": (Ended(0, MARK, ""), ("unreadable", "it answered with something else: nothing")),
    "something else": (
        Ended(0, MARK + "hello\n", ""),
        ("unreadable", "it answered with something else: hello"),
    ),
    "the answer of another command": (
        Ended(0, MARK + GOOD.replace("ls", "status"), ""),
        ("unreadable", VERSION),
    ),
    "half an answer": (
        Ended(0, MARK + GOOD[:20], ""),
        ("unreadable", 'it answered with something else: "'),
    ),
    "another schema": (
        Ended(0, MARK + GOOD.replace("1", "2"), ""),
        ("unreadable", VERSION),
    ),
    "data that is none": (
        Ended(0, MARK + '{"schema": 1, "command": "ls", "data": []}', ""),
        ("unreadable", None),
    ),
    "not a number": (
        Ended(0, MARK + GOOD.replace("[]", '[], "a": NaN'), ""),
        ("unreadable", None),
    ),
    "no schema": (
        Ended(0, MARK + '{"hello": 1}', ""),
        ("unreadable", 'it answered with something else: {"hello": 1}'),
    ),
    "a number that is none when it is printed": (
        Ended(0, MARK + GOOD.replace("[]", '[], "a": 1e400'), ""),
        ("unreadable", None),
    ),
    "no list": (Ended(0, MARK + GOOD.replace("[]", "{}"), ""), ("unreadable", VERSION)),
    "a list of something else": (Ended(0, MARK + GOOD.replace("[]", "[1]"), ""), ("unreadable", VERSION)),
    "nothing in it": (Ended(0, MARK + GOOD.replace("layouts", "others"), ""), ("unreadable", VERSION)),
    "a nest": (Ended(0, MARK + DEEP, ""), ("unreadable", None)),
    "more than anybody reads": (
        Ended(0, MARK, "", whole=False),
        ("unreadable", "it answered with more than 8 MiB"),
    ),
    "an error without end": (Ended(1, MARK, f"error: {'x' * 60_000}\n"), ("failed", "x" * 200)),
    "escapes in an error": (Ended(1, MARK, "error: \x1b]0;x\x07\n"), ("failed", "\\x1b]0;x\\x07")),
}


@pytest.mark.parametrize(("ended", "told"), ENDED.values(), ids=ENDED)
def test_why_there_is_no_answer(ended: Ended, told: tuple[str, str | None]) -> None:
    found = reply.read("x", "ls", ended, 15)
    assert (found.host, found.state, found.data) == ("x", told[0], None)
    assert told[1] in (None, found.why)
    assert found.why.isprintable()
    assert len(found.why) <= 250


LISTS = {"status": ("sessions", "waits"), "ls": ("layouts",), "alert": ("limits",)}
LACKING = [(asked, name) for asked, lists in LISTS.items() for name in lists]


@pytest.mark.parametrize(("asked", "name"), LACKING)
def test_what_is_not_told_is_not_nothing(asked: str, name: str) -> None:
    lists = {each: [{"cost": 2.5}] for each in LISTS[asked]}
    for data, state in ((lists, "ok"), ({**lists, name: None}, "unreadable")):
        answer = json.dumps({"schema": 1, "command": asked, "data": data})
        found = reply.read("x", asked, Ended(0, MARK + answer, ""), 15)
        assert (found.state, found.ok, found.data) == (state, state == "ok", data if state == "ok" else None)


@pytest.mark.parametrize("code", [0, 3])
def test_an_answer(code: int) -> None:
    answered = Ended(code, "Welcome!\n" + MARK + GOOD + "\n", "a warning\n")
    assert reply.read("x", "ls", answered, 15) == Reply("x", "ok", "", {"layouts": []})


def test_all_of_them_as_json() -> None:
    replies = [Reply("a", "ok", "", {"layouts": []}), Reply("b", "timeout", "no answer within 15 s")]
    assert reply.data(replies) == {
        "hosts": [
            {"host": "a", "state": "ok", "why": None, "data": {"layouts": []}},
            {"host": "b", "state": "timeout", "why": "no answer within 15 s", "data": None},
        ]
    }
