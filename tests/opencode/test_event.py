"""One line of an OpenCode server's stream of events: what it is, whom it concerns, and what a bad one does not break."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event, Nothing, read

DATA = Path(__file__).parent / "data"
SHOP = "/home/dev/shop"


def line(kind: str, directory: str | None = SHOP, **properties: Any) -> bytes:
    outer: dict[str, Any] = {"payload": {"id": "evt_1", "type": kind, "properties": properties}}
    return b"data: " + json.dumps(outer | ({"directory": directory} if directory else {})).encode()


def transcript(name: str) -> list[bytes]:
    return (DATA / name).read_bytes().split(b"\n")


def heard(content: bytes) -> Event:
    found = read(content, 100.0, server="shop-1", directory=SHOP)
    assert isinstance(found, Event), found
    return found


def test_an_event_has_its_type_time_server_directory_conversation_and_properties() -> None:
    status = {"type": "busy"}

    found = heard(line("session.status", sessionID="ses_1", status=status))

    assert found.document() == {
        "time": 100.0,
        "server": "shop-1",
        "directory": SHOP,
        "conversation": "ses_1",
        "type": "session.status",
        "properties": {"sessionID": "ses_1", "status": status},
        "missed": False,
    }


def test_a_real_transcript_is_read_whole_and_its_twins_and_heartbeats_are_told_apart() -> None:
    found = [read(one, 0.0, directory="/home/dev/project") for one in transcript("transcript.sse")]

    told = Counter(one.name if isinstance(one, Nothing) else "event" for one in found)

    assert told == {"EMPTY": 156, "TWIN": 37, "BEAT": 6, "event": 112}


@pytest.mark.parametrize(
    ("name", "directory"), [("transcript.sse", "/home/dev/project"), ("talk.sse", "/home/dev/shop")]
)
def test_each_real_event_that_names_one_conversation_is_of_that_one(name: str, directory: str) -> None:
    lines = [one for one in transcript(name) if len(set(re.findall(rb"ses_\w+", one))) == 1]

    found = [read(one, 0.0, directory=directory) for one in lines]

    assert [one.conversation.encode() for one in found if isinstance(one, Event)] == [
        re.findall(rb"ses_\w+", content)[0]
        for content, one in zip(lines, found, strict=True)
        if isinstance(one, Event)
    ]
    assert len(lines) > 50


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param("session.updated", {"info": {"id": "ses_1"}}, id="a conversation's own"),
        pytest.param("message.updated", {"info": {"sessionID": "ses_1", "id": "msg_1"}}, id="a message's"),
        pytest.param("message.part.updated", {"part": {"sessionID": "ses_1"}}, id="a part's"),
        pytest.param("permission.asked", {"id": "per_1", "sessionID": "ses_1"}, id="at the top"),
    ],
)
def test_the_conversation_is_found_where_older_servers_have_it(kind: str, properties: Any) -> None:
    assert heard(line(kind, **properties)).conversation == "ses_1"


@pytest.mark.parametrize("kind", ["catalog.updated", "plugin.added", "tui.toast.show", "session.updated"])
def test_an_event_of_no_conversation_has_none(kind: str) -> None:
    assert heard(line(kind, id="x")).conversation == ""


@pytest.mark.parametrize(
    "content",
    [
        b"data: {",
        b"data: ",
        b"data: null",
        b"data: 1",
        b"data: []",
        b'data: "text"',
        b"data: {}",
        b'data: {"payload": null}',
        b'data: {"payload": {"type": 1}}',
        b'data: {"payload": {"type": "session.idle"}}',
        b'data: {"payload": {"type": "session.idle", "properties": []}}',
        b"data: \xff\xfe",
        b"data: " + b"[" * 200_000,
        *(
            b'data: {"payload": {"type": "todo.updated", "properties": {"a": %b}}}' % number
            for number in (b"NaN", b"-Infinity", b"1e999", b"1" * 5000)
        ),
        b"<!doctype html>",
        b"<html><body>502 Bad Gateway</body></html>",
        b"garbage",
        b"idle talk",
    ],
)
def test_what_is_no_event_is_unreadable_and_breaks_nothing(content: bytes) -> None:
    assert read(content, 0.0, directory=SHOP) is Nothing.UNREADABLE


@pytest.mark.parametrize("content", [b"", b": comment", b"event: message", b"id: 5", b"retry: 100"])
def test_other_lines_of_an_event_stream_are_empty(content: bytes) -> None:
    assert read(content, 0.0, directory=SHOP) is Nothing.EMPTY


def test_an_event_whose_properties_are_of_other_shapes_is_read_without_a_conversation() -> None:
    assert heard(line("session.updated", info=[1], sessionID=7)).conversation == ""


@pytest.mark.parametrize(
    ("directory", "told"), [(SHOP, True), (None, True), ("global", True), ("/home/dev/mail", False)]
)
def test_events_are_of_the_servers_own_directory_or_of_the_whole_server(
    directory: str | None, told: bool
) -> None:
    found = read(line("session.idle", directory, sessionID="ses_1"), 0.0, directory=SHOP)

    assert isinstance(found, Event) == told
    assert told or found is Nothing.ELSEWHERE


@pytest.mark.parametrize(
    ("kind", "weight"),
    [
        ("message.part.delta", "delta"),
        ("session.next.text.delta", "delta"),
        ("plugin.added", "noise"),
        ("message.part.updated", "noise"),
        ("session.diff", "noise"),
        ("session.status", "state"),
        ("permission.asked", "state"),
        ("question.rejected", "state"),
        ("message.updated", "state"),
        (event.DOWN, "state"),
    ],
)
def test_what_is_lost_with_an_event_is_known_by_its_type(kind: str, weight: str) -> None:
    assert event.weight(kind) == weight


def test_when_an_event_was_made_is_in_its_id() -> None:
    first = transcript("transcript.sse")[0]
    created = 1795224398.5  # when the transcript began

    made = event.made(heard(first.replace(b"server.connected", b"x")))

    assert abs(made - event.moment(created)) < 1000
    assert event.made(Event("x", 0.0, id="other")) == -1
