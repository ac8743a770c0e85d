"""Events of several machines in words: whose they are, and how a host is."""

import asyncio
import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest

from ocprov.cli.events_print import Printer, Wanted
from ocprov.cli.outgoing import Outgoing
from ocprov.cli.output import wide
from ocprov.cli.show_events import Screen, data
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.telling import Teller


def told(kind: str, host: str = "box", server: str = "shop-a1b2c3", **properties: Any) -> Event:
    return Event(kind, time.time(), server, "/shop", "ses_1", properties, host=host)


def bare(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)[8:]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (told(event.HOST_UP, servers=2), "host up: 2 servers"),
        (told(event.HOST_UP, servers=1), "host up: 1 server"),
        (told(event.HOST_UP, servers=0), "host up: no server runs"),
        (told(event.HOST_DOWN, reason="no \x1b[31m route"), "host down: no \\x1b[31m route"),
        (told(event.INTERRUPTED), "interrupted: go on with ocprov chat resume ses_1 on box"),
        (told(event.INTERRUPTED, host=""), "interrupted: go on with ocprov chat resume ses_1"),
    ],
)
def test_what_happens_to_hosts_has_words(event: Event, words: str) -> None:
    assert Teller().line(event) == words


def test_of_several_hosts_each_line_begins_with_its_own() -> None:
    screen = Screen(hosts=2)
    lines = [
        bare(screen.lines(one, "", "up", 0)[-1])
        for one in (
            told("x"),
            told("x", host="b", server=""),
            told("x", host="b\x1b", server="a-mail-d4e5f6"),
        )
    ]
    assert lines == ["  box:shop  up", "  b         up", "  b\\x1b:a-mail  up"]


@pytest.mark.parametrize(
    ("host", "server", "label"),
    [
        ("box-1.eu.example.com", "shop-a1b2c3", "box-1.eu.example…:shop"),
        ("box-1.eu.example.com", "a-shop-of-mine-a1b2c3", "box-1.eu.e…:a-shop-of…"),
        ("box", "a-shop-of-many-things-a1b2c3", "box:a-shop-of-many-th…"),
        ("box-1.of.my.eu.example.com", "", "box-1.of.my.eu.exampl…"),
    ],
)
def test_a_long_host_leaves_room_for_its_server(host: str, server: str, label: str) -> None:
    line = bare(Screen(hosts=2).lines(told("x", host, server), "", "up", 0)[-1])
    assert line == f"  {label}  up"


def test_of_one_host_they_begin_as_here() -> None:
    assert bare(Screen(hosts=1).lines(told("x"), "", "up", 0)[-1]) == "  up"


def test_long_names_leave_room_in_a_narrow_window() -> None:
    line = Screen(hosts=2).lines(told("x", host="h" * 60), "t" * 60, "w" * 200, 80)[-1]
    assert wide(re.sub(r"\x1b\[[0-9;]*m", "", line)) == 80
    assert line.count("w") > 20


def test_a_script_reads_the_host_where_hosts_were_asked() -> None:
    assert json.loads(data(told("x"), hosted=True))["host"] == "box"
    assert "host" not in json.loads(data(told("x", host="")))


def test_machines_that_were_copied_tell_each_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(Wanted(), Outgoing(False), Screen(hosts=2), lambda _: None, as_json=False)
    asked = told("session.created", info={"id": "ses_1", "title": "old"}), told("session.status")

    async def show() -> None:
        for one in (*asked, *(replace(one, host="copy") for one in asked)):
            await printer.show(one)

    asyncio.run(show())
    lines = [" ".join(one[8:].split()) for one in capsys.readouterr().out.splitlines()]
    assert lines == [f"{host}:shop old: {what}" for host in ("box", "copy") for what in ("created", "idle")]
