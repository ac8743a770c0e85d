"""What a listener knows: from events, and from what a server tells when it is asked; each change is news once."""

from typing import Any

import pytest

from ocprov.opencode.api import reading
from ocprov.opencode.api.values import Now, Permission, Question, Status
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.memory import Change, Memory

BUSY = {"sessionID": "ses_1", "status": {"type": "busy"}}
ASKED = {"id": "per_1", "sessionID": "ses_1", "permission": "bash", "patterns": ["rm"]}


def event(kind: str, **properties: Any) -> Event:
    return Event(kind, 0.0, conversation=str(properties.get("sessionID", "")), properties=properties)


def info(name: str, created: int, updated: int, title: str = "t") -> dict[str, Any]:
    return {"id": name, "title": title, "time": {"created": created, "updated": updated}}


def changes(found: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(one.type, one.conversation) for one in found]


def heard(*told: Event) -> Memory:
    memory = Memory()
    for one in told:
        memory.hear(one)
    return memory


@pytest.mark.parametrize(
    ("before", "told", "news"),
    [
        ([], event("session.status", **BUSY), True),
        ([event("session.status", **BUSY)], event("session.status", **BUSY), False),
        ([event("session.status", **BUSY)], event("session.idle", sessionID="ses_1"), True),
        ([], event("session.idle", sessionID="ses_1"), False),
        ([event("permission.asked", **ASKED)], event("permission.asked", **ASKED), False),
        ([event("permission.asked", **ASKED)], event("permission.replied", requestID="per_1"), True),
        ([], event("permission.replied", requestID="per_1"), False),
        ([], event("question.rejected", requestID="que_1"), False),
        ([], event("session.deleted", sessionID="ses_1"), True),
        ([], event("message.updated", sessionID="ses_1"), True),
    ],
)
def test_whether_an_event_tells_anything_new(before: list[Event], told: Event, news: bool) -> None:
    assert heard(*before).hear(told) is news


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        pytest.param(info("ses_1", 10, 10), [], id="as it was heard"),
        pytest.param(info("ses_1", 10, 10, "new"), ["session.updated"], id="renamed in the same millisecond"),
        pytest.param(info("ses_1", 10, 30), ["session.updated"], id="created before, changed since"),
        pytest.param(info("ses_2", 10, 10), ["session.created"], id="another of the same millisecond"),
        pytest.param(info("ses_2", 20, 30), ["session.created"], id="created since"),
        pytest.param(info("ses_2", 5, 30), ["session.updated"], id="an old one"),
        pytest.param(info("ses_2", 5, 9), [], id="one that did not change"),
    ],
)
def test_what_changed_since_is_told_as_what_happened(listed: dict[str, Any], found: list[str]) -> None:
    memory = heard(event("session.created", sessionID="ses_1", info=info("ses_1", 10, 10)))

    told = memory.learn({}, (), [reading.info(listed)])

    assert [one.type for one in told] == found
    assert memory.learn({}, (), [reading.info(listed)]) == ()


def test_what_a_server_tells_is_compared_with_what_was_known() -> None:
    memory = heard(event("session.status", **BUSY), event("permission.asked", **ASKED))
    retry = Status("retry", 2, "429", 9.0)
    question = Question("que_1", "ses_2")

    told = memory.learn({"ses_2": retry}, (question,), ())

    assert changes(told) == [
        ("permission.replied", "ses_1"),
        ("session.status", "ses_1"),
        ("session.status", "ses_2"),
        ("question.asked", "ses_2"),
    ]
    assert told[2].properties["status"] == {"type": "retry", "attempt": 2, "message": "429", "next": 9000}
    assert "reply" not in told[0].properties
    assert memory.learn({"ses_2": retry}, (question,), ()) == ()


def test_events_made_of_what_a_server_tells_are_read_as_its_own() -> None:
    asked = Permission("per_1", "ses_1", "bash", ("rm",))
    told = Memory().learn({"ses_1": Status("busy")}, (asked,), ())

    memory = heard(*(event(one.type, **one.properties) for one in told))

    assert memory.status == {"ses_1": Status("busy")}
    assert memory.asked == {"per_1": asked}


def test_what_was_asked_by_what_was_aborted_is_not_open_although_it_is_listed() -> None:
    memory = heard(
        event("session.status", **BUSY),
        event("permission.asked", **ASKED),
        event("session.idle", sessionID="ses_1"),
    )
    asked = reading.permission(ASKED)

    assert memory.asked == {}
    assert memory.open(Now({"ses_1": Status("busy")}, (asked,))) == ()
    assert Memory().open(Now({}, (asked,))) == ()
    assert Memory().open(Now({"ses_1": Status("busy")}, (asked,))) == (asked,)
