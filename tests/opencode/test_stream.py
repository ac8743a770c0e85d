"""Listening to one server: through bad streams, restarts, stops, and what happened meanwhile."""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from ocprov.opencode import record
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from ocprov.opencode.record import Process
from tests.conftest import DEADLINE, Machine
from tests.opencode import peer as peers
from tests.opencode.peer import CONNECTED, Peer, Script, Talk, data, kinds, running

hear = partial(peers.hear, deadline=DEADLINE)

BUSY, IDLE = {"type": "busy"}, {"type": "idle"}


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    directory = machine.home / "shop"
    directory.mkdir()
    with running(directory.resolve()) as found:
        yield found


def count(kind: str, number: int) -> Callable[[list[Event]], bool]:
    """Whether that many events of a type were heard."""
    return lambda heard: kinds(heard).count(kind) >= number


def asks(name: str, conversation: str = "ses_1", **more: Any) -> dict[str, Any]:
    return {"id": name, "sessionID": conversation, "permission": "bash", "patterns": ["rm"], **more}


def message(conversation: str, *, completed: int = 0, error: str = "") -> dict[str, Any]:
    """An assistant's message, as a server lists it."""
    times = {"created": 5} | ({"completed": completed} if completed else {})
    info = {"id": "msg_2", "sessionID": conversation, "role": "assistant", "time": times, "cost": 0.5}
    more = {"error": {"name": error, "data": {"message": "why"}}} if error else {}
    return {"info": info | {"tokens": {"input": 7, "output": 3}} | more, "parts": []}


def half_a_line(talk: Talk) -> None:
    talk.head()
    talk.write(data(CONNECTED) + b'data: {"payload": {"type": "session.idle", "prop')


def ends(talk: Talk) -> None:
    talk.head()
    talk.write(data(CONNECTED))


def stalls(talk: Talk) -> None:
    talk.head()
    talk.write(data(CONNECTED))
    talk.gone()


def dribbles(talk: Talk) -> None:
    """A byte now and then, and never a line."""
    talk.head()
    while True:
        talk.write(b"x")
        time.sleep(0.05)  # its pace


def babbles(talk: Talk) -> None:
    """Line after line of what is no event."""
    talk.head()
    while True:
        talk.write(b"<p>hello</p>\n")
        time.sleep(0.01)  # its pace


def page(talk: Talk) -> None:
    talk.head(kind="text/html")
    talk.write(b"<!doctype html><title>OpenCode</title>")


def refuses(talk: Talk) -> None:
    talk.head(401, "text/plain", **{"www-authenticate": "Basic"})


def fails(talk: Talk) -> None:
    talk.head(500, "application/json")
    talk.write(b'{"name": "UnknownError", "data": {"message": "oh"}}')


def endless(talk: Talk) -> None:
    talk.head()
    for _ in range(40):
        talk.write(b"x" * 1_000_000)
    talk.gone()


# Where the machine stands still at the beginning, nothing came at all.
SILENT = "did not answer in time|was silent for"


@pytest.mark.parametrize(
    ("script", "reason", "silence"),
    [
        pytest.param(half_a_line, "ended its stream", DEADLINE, id="half a line"),
        pytest.param(ends, "ended its stream", DEADLINE, id="the end"),
        pytest.param(stalls, SILENT, 0.5, id="a stall"),
        pytest.param(dribbles, SILENT, 0.5, id="bytes without lines"),
        pytest.param(babbles, SILENT, 0.5, id="lines without events"),
        pytest.param(page, "does not answer as OpenCode", DEADLINE, id="HTML"),
        pytest.param(refuses, "does not take ocprov's password", DEADLINE, id="401"),
        pytest.param(fails, "UnknownError: oh", DEADLINE, id="500"),
        pytest.param(endless, "a line without end", DEADLINE, id="a line without end"),
    ],
)
def test_a_bad_stream_is_told_once_and_tried_again(
    peer: Peer, script: Script, reason: str, silence: float
) -> None:
    peer.scripts = [script, script]
    peer.record()

    heard = hear(peer.place, lambda told: peer.connections >= 3 and heard_well(told), silence=silence)

    down = [one for one in heard if one.type == event.DOWN]
    assert re.search(reason, down[0].properties["reason"])
    assert not down[0].properties["stopped"]
    turns = [one for one in kinds(heard) if one in (event.UP, event.DOWN)]
    assert all(one != other for one, other in pairwise(turns))
    assert {one.server for one in heard} == {peer.place.name}


def heard_well(heard: list[Event]) -> bool:
    """Whether it is up, as told last."""
    return heard[-1].type == event.UP


def test_heartbeats_keep_a_stream_that_has_nothing_to_tell(peer: Peer) -> None:
    def beats(talk: Talk) -> None:
        talk.head()
        for _ in range(22):
            talk.write(data(CONNECTED))
            time.sleep(0.25)  # together longer than the silence that is allowed
        talk.write(data(peer.event("session.compacted", sessionID="ses_1")))
        talk.gone()

    peer.scripts = [beats]
    peer.record()

    assert kinds(hear(peer.place, count("session.compacted", 1), silence=5)) == [
        event.UP,
        "session.compacted",
    ]


def test_a_program_that_slept_longer_than_the_silence_goes_on(peer: Peer) -> None:
    peer.record()
    ups: list[Event] = []

    def sleep(told: Event) -> None:
        if told.type == event.UP:
            ups.append(told)
            for _ in range(20 if len(ups) == 1 else 0):
                peer.say("message.removed", sessionID="ses_1")
        if told.type == "message.removed" and len(ups) == 1:
            time.sleep(0.05)  # nothing else runs meanwhile, as when a machine is suspended
        if told.type == event.DOWN:
            peer.break_off()

    heard = hear(peer.place, count(event.UP, 2), silence=0.3, act=sleep)

    down = next(one for one in heard[kinds(heard).index(event.UP) :] if one.type == event.DOWN)
    assert re.search(SILENT, down.properties["reason"])


def test_bad_lines_are_counted_and_the_good_ones_between_are_told(peer: Peer) -> None:
    def mixed(talk: Talk) -> None:
        talk.head()
        for _ in range(12):
            talk.write(b"data: {broken\n\n<html>\n")
        talk.write(data(peer.event("session.compacted", sessionID="ses_1")))
        talk.gone()

    peer.scripts = [mixed]
    peer.record()

    heard = hear(peer.place, count("session.compacted", 1))

    assert [one.properties["count"] for one in heard if one.type == event.UNREADABLE] == [1, 10]


def test_a_server_at_another_directory_is_not_heard(peer: Peer) -> None:
    known = peer.record()
    peer.directory = peer.directory.parent
    record.write(known)

    heard = hear(known.places, count(event.DOWN, 1))

    assert "another directory" in heard[0].properties["reason"]


def test_what_works_and_asks_at_first_is_told_as_missed(peer: Peer) -> None:
    peer.status = {"ses_1": BUSY}
    peer.permissions = [asks("per_1"), asks("per_0", "ses_idle")]
    peer.sessions = [{"id": "ses_old", "time": {"created": 1, "updated": 2}}]
    peer.record()

    heard = hear(peer.place, count("permission.asked", 1))

    assert [(one.type, one.conversation, one.missed) for one in heard] == [
        (event.UP, "", False),
        ("session.status", "ses_1", True),
        ("permission.asked", "ses_1", True),
    ]
    assert heard[2].properties["patterns"] == ["rm"]


def test_what_changed_while_the_stream_was_down_is_told_once(peer: Peer) -> None:
    peer.status = {"ses_1": BUSY, "ses_2": BUSY, "ses_3": BUSY, "ses_same": BUSY}
    peer.permissions = [asks("per_1", "ses_same")]
    peer.record()

    def change(told: Event) -> None:
        if told.type == "permission.asked" and told.properties["id"] == "per_1":
            now = round(time.time() * 1000) + 5000
            peer.status = {
                "ses_same": BUSY,
                "ses_new": {"type": "retry", "attempt": 2, "message": "429", "next": 9},
            }
            peer.permissions = [asks("per_2", "ses_same")]
            peer.messages = {
                "ses_1": [message("ses_1", completed=9)],
                "ses_2": [message("ses_2")],
                "ses_3": [message("ses_3", completed=9, error="MessageAbortedError")],
            }
            peer.sessions = [
                {"id": "ses_new", "title": "new", "time": {"created": now, "updated": now}},
                {"id": "ses_same", "title": "renamed", "time": {"created": 1, "updated": now}},
            ]
            peer.break_off()

    heard = hear(
        peer.place, lambda told: any(one.properties.get("id") == "per_2" for one in told), act=change
    )

    again = heard[kinds(heard).index(event.DOWN) :]
    assert sorted((one.type, one.conversation, one.missed) for one in again) == sorted(
        [
            (event.DOWN, "", False),
            (event.UP, "", False),
            ("message.updated", "ses_1", True),
            (event.INTERRUPTED, "ses_2", True),
            ("session.error", "ses_3", True),
            ("session.created", "ses_new", True),
            ("session.updated", "ses_same", True),
            ("permission.replied", "ses_same", True),
            ("session.status", "ses_1", True),
            ("session.status", "ses_2", True),
            ("session.status", "ses_3", True),
            ("session.status", "ses_new", True),
            ("permission.asked", "ses_same", True),
        ]
    )


def test_how_what_was_at_work_ended_is_found_out(peer: Peer) -> None:
    prompt = {
        "info": {"id": "msg_3", "sessionID": "ses_1", "role": "user", "time": {"created": 6}},
        "parts": [],
    }
    peer.status = {"ses_1": BUSY, "ses_2": BUSY}
    peer.record()

    def change(told: Event) -> None:
        if told.conversation == "ses_2" and peer.connections == 1:
            peer.status, peer.deleted = {}, {"ses_2"}
            peer.messages = {"ses_1": [message("ses_1", completed=9), prompt]}
            peer.break_off()

    heard = hear(peer.place, count("session.deleted", 1), act=change)

    interrupted = next(one for one in heard if one.type == event.INTERRUPTED)
    assert interrupted.conversation == "ses_1"
    assert interrupted.properties["unanswered"] == ["msg_3"]


def test_what_was_left_listed_before_anybody_listened_is_not_asked(peer: Peer) -> None:
    peer.status = {"ses_1": BUSY}
    peer.permissions = [
        asks("per_1", tool={"messageID": "msg_1"}),  # of an answer before the one that is being made
        asks("per_2", tool={"messageID": "msg_2"}),
    ]
    peer.messages = {"ses_1": [message("ses_1")]}
    peer.record()

    heard = hear(peer.place, count("permission.asked", 1))

    assert [one.properties["id"] for one in heard if one.type == "permission.asked"] == ["per_2"]


def test_what_the_snapshot_told_is_not_told_again_by_the_stream(peer: Peer) -> None:
    peer.status = {"ses_1": BUSY}
    peer.permissions = [asks("per_1")]
    peer.record()
    peer.say("session.status", sessionID="ses_1", status=BUSY)
    peer.say("permission.asked", **asks("per_1"))
    peer.say("message.removed", sessionID="ses_1")

    heard = hear(peer.place, count("message.removed", 1))

    assert kinds(heard) == [event.UP, "session.status", "permission.asked", "message.removed"]


def test_what_an_abort_left_listed_is_not_asked_any_more(peer: Peer) -> None:
    peer.record()

    def abort(told: Event) -> None:
        if told.type == event.UP and peer.connections == 1:
            peer.say("session.status", sessionID="ses_1", status=BUSY)
            peer.say("permission.asked", **asks("per_1"))
            peer.say("session.idle", sessionID="ses_1")
            peer.say("session.status", sessionID="ses_1", status=BUSY)
            peer.status, peer.permissions = {"ses_1": BUSY}, [asks("per_1")]
            peer.say("message.removed", sessionID="ses_1")
        if told.type == "message.removed":
            peer.break_off()

    heard = hear(peer.place, count(event.UP, 2), act=abort)

    assert kinds(heard[kinds(heard).index(event.DOWN) :]) == [event.DOWN, event.UP]


def test_a_server_that_is_stopped_ends_quietly_and_comes_back_when_it_is_started(peer: Peer) -> None:
    known = peer.record()

    def stop(told: Event) -> None:
        if told.type == event.UP and peer.connections == 1:
            record.change(known, state="stopped", server=Process())
            peer.break_off()
        if told.type == event.DOWN:
            peer.record()

    heard = hear(peer.place, count(event.UP, 2), act=stop)

    assert kinds(heard) == [event.UP, event.DOWN, event.UP]
    assert heard[1].properties == {"reason": "stopped", "stopped": True}


def test_a_server_that_is_removed_is_told_stopped_once(peer: Peer) -> None:
    known = peer.record()

    def remove(told: Event) -> None:
        if told.type == event.UP and peer.connections == 1:
            known.places.record.unlink()
            peer.break_off()
        if told.type == event.DOWN:
            peer.record()

    heard = hear(peer.place, count(event.UP, 2), act=remove)

    assert [one.properties.get("reason") for one in heard] == [None, "stopped", None]


def test_a_server_that_restarts_is_found_at_its_new_port_with_the_reason_why(peer: Peer) -> None:
    known = peer.record()

    def crash(told: Event) -> None:
        if told.type == event.UP and peer.connections == 1:
            record.change(known, state="restarting", server=Process(), reason="it was ended by SIGKILL")
            peer.break_off()
        if told.type == event.DOWN:
            peer.record()

    heard = hear(peer.place, count(event.UP, 2), act=crash)

    assert heard[1].properties == {"reason": "it was ended by SIGKILL", "stopped": False}


@pytest.mark.parametrize("state", ["stopped", "failed", "starting"])
def test_a_server_that_does_not_run_is_waited_for_in_silence(peer: Peer, state: record.State) -> None:
    known = peer.record()
    record.change(known, state=state, server=Process())
    peer.scripts = []

    heard: list[Event] = []
    with pytest.raises(AssertionError, match="not enough"):
        hear(peer.place, lambda _: False, act=heard.append, deadline=0.6)

    assert heard == []
    assert peer.connections == 0


def test_a_damaged_record_is_waited_over(peer: Peer) -> None:
    known = peer.record()

    def damage(told: Event) -> None:
        if told.type == event.UP and peer.connections == 1:
            known.places.record.write_text("{")
            peer.break_off()
        if told.type == event.DOWN:
            peer.record()

    assert kinds(hear(peer.place, count(event.UP, 2), act=damage)) == [event.UP, event.DOWN, event.UP]
