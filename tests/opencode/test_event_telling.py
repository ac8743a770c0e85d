"""Events in words: a line for what a person cares about, nothing for the rest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event, read
from ocprov.opencode.heard.telling import Teller

DATA = Path(__file__).parent / "data"


def told(teller: Teller, kind: str, **properties: Any) -> str:
    conversation = event.conversation(kind, properties)
    return teller.line(Event(kind, 1000.0, conversation=conversation, properties=properties))


def story(name: str, directory: str) -> list[str]:
    """What is told of a real transcript; each event is heard when it says that it happened."""
    teller, at, lines = Teller(), 0.0, []
    for line in (DATA / name).read_bytes().split(b"\n"):
        moments = re.findall(rb'"(?:created|updated|completed|end|time)":(\d{13})', line)
        at = max([at, *(int(one) / 1000 for one in moments)])
        found = read(line, at, directory=directory)
        if isinstance(found, Event) and (text := teller.line(found)):
            lines.append(re.sub(r"\d\d:\d\d:\d\d", "TIME", text))
    return lines


def test_a_real_conversation_reads_as_what_happened() -> None:
    assert story("talk.sse", "/home/dev/shop")[:36] == [
        "created",
        "prompt: say hello to me",
        "busy",
        "answered (1001 tokens, $0.0025): echo: say hello to me",
        "idle",
        "renamed, was: first",
        "prompt: tool rm -f nothing",
        "busy",
        "runs bash: rm -f nothing",
        "asks permission bash: rm -f nothing",
        "allowed once: permission bash: rm -f nothing",
        "ran bash: rm -f nothing",
        "answered (2001 tokens, $0.0049): tool done",
        "idle",
        "prompt: tool rm -f other",
        "busy",
        "asks permission bash: rm -f other",
        "runs bash: rm -f other",
        "refused: permission bash: rm -f other",
        "failed bash: rm -f other: The user rejected permission to use this specific tool call.",
        "idle",
        "prompt: question please",
        "busy",
        "asks question: Which color? (red, blue)",
        "runs question",
        "answered red: question: Which color? (red, blue)",
        "ran question",
        "answered (2002 tokens, $0.0050): tool done",
        "idle",
        "prompt: question please 2",
        "busy",
        "asks question: Which color? (red, blue)",
        "runs question",
        "declined: question: Which color? (red, blue)",
        "failed question: The user dismissed this question",
        "idle",
    ]


def test_retries_reverts_copies_and_ends_read_as_what_happened() -> None:
    assert story("talk.sse", "/home/dev/shop")[36:] == [
        "created",
        "prompt: fail 429",
        "busy",
        "renamed, was: New session - 2026-11-21TTIME.268Z",
        "retry 1: fake 429, again at TIME",
        "busy",
        "retry 2: fake 429, again at TIME",
        "busy",
        "retry 3: fake 429, again at TIME",
        "busy",
        "retry 4: fake 429, again at TIME",
        "idle",
        "prompt: fail 401",
        "busy",
        "error: APIError: fake 401",
        "idle",
        "prompt: slow 5",
        "busy",
        "answered (1005 tokens, $0.0025): w0 w1 w2 w3 w4",
        "idle",
        "reverted to before msg_1fee7484e001XQVSJtjv2wUDcf",
        "no longer reverted",
        "reverted to before msg_1fee7484e001XQVSJtjv2wUDcf",
        "no longer reverted",
        "prompt: after revert",
        "busy",
        "answered (1001 tokens, $0.0025): echo: after revert",
        "idle",
        "created",
        "deleted",
        "prompt: Create or update `AGENTS.md` for this repository. The goal is a compact instruction file that "
        "helps future OpenCode sessions avoid mistakes and ramp up quickly. Every line should answer: "
        '"Would an ag',
        "busy",
        "asks question: Which color? (red, blue)",
        "runs question",
        "aborted",
        "idle",
        "failed question: Tool execution aborted",
        "command: /init",
        "server unloads its directory",
        "server unloads everything",
    ]


@pytest.mark.parametrize(
    ("kind", "properties", "text"),
    [
        (event.UP, {"url": "http://127.0.0.1:1"}, "server up"),
        (event.DOWN, {"reason": "it broke off", "stopped": False}, "server down: it broke off"),
        (event.DOWN, {"reason": "stopped", "stopped": True}, "server stopped"),
        (
            event.DROPPED,
            {"count": 7, "by": {"delta": 5, "noise": 2}},
            "7 events were left out, as they came faster than they were read (5 delta, 2 noise)",
        ),
        (event.UNREADABLE, {"count": 10}, "lines of its events that could not be read: 10"),
        (event.INTERRUPTED, {"sessionID": "ses_1"}, "interrupted: go on with ocprov chat resume ses_1"),
        ("session.compacted", {"sessionID": "ses_1"}, "compacted"),
        ("permission.replied", {"requestID": "per_1"}, "asks no longer: permission"),
        ("session.error", {}, "error: unknown error"),
    ],
)
def test_other_events_in_words(kind: str, properties: dict[str, Any], text: str) -> None:
    assert told(Teller(), kind, **properties) == text


@pytest.mark.parametrize(
    "kind",
    ["plugin.added", "catalog.updated", "session.diff", "message.part.delta", "message.removed", "new.type"],
)
def test_noise_has_no_words(kind: str) -> None:
    assert told(Teller(), kind, sessionID="ses_1") == ""
    assert not Teller().tells(kind)


def test_the_same_state_is_told_once() -> None:
    teller = Teller()
    busy = {"sessionID": "ses_1", "status": {"type": "busy"}}

    assert [told(teller, "session.status", **busy) for _ in range(3)] == ["busy", "", ""]
    assert told(teller, "session.idle", sessionID="ses_1") == "idle"
    assert told(teller, "session.status", **busy) == "busy"


def test_foreign_text_is_one_printable_line() -> None:
    info = {"id": "ses_1", "title": "old\x1b[31m\n\u202etitle"}
    teller = Teller()
    told(teller, "session.created", sessionID="ses_1", info=info)

    text = told(teller, "session.updated", sessionID="ses_1", info=info | {"title": "new"})

    assert text == "renamed, was: old\\x1b[31m \\u202etitle"
    assert teller.title("ses_1") == "new"


def test_a_long_text_is_cut() -> None:
    asked = {"id": "per_1", "sessionID": "ses_1", "permission": "bash", "patterns": ["x" * 10_000_000]}

    assert len(told(Teller(), "permission.asked", **asked)) <= 400


@pytest.mark.parametrize("shape", [None, 7, "text", [], {}, [None], {"info": 3}])
def test_properties_of_other_shapes_break_nothing(shape: object) -> None:
    teller = Teller()
    known = json.dumps((DATA / "talk.sse").read_text())
    every = set(re.findall(r'type\\":\\"([a-z.]+)', known)) | {event.DROPPED, event.DOWN, event.INTERRUPTED}

    for kind in every:
        for name in (
            "info",
            "part",
            "status",
            "error",
            "questions",
            "patterns",
            "answers",
            "by",
            "requestID",
        ):
            assert told(teller, kind, **{name: shape}) is not None


def test_what_is_remembered_is_bounded() -> None:
    teller = Teller()
    for number in range(2000):
        info = {"id": f"ses_{number}", "title": "t"}
        told(teller, "session.created", sessionID=f"ses_{number}", info=info)

    assert teller.title("ses_0") is None
    assert teller.title("ses_1999") == "t"


@pytest.mark.parametrize("number", [10**400, 1e300, -1e300, 1e17, -(10**15)], ids=str)
@pytest.mark.parametrize("key", ["attempt", "next"])
def test_a_number_that_nobody_can_mean_breaks_nothing(number: float, key: str) -> None:
    status = {"type": "retry", "attempt": 1, "message": "wait", key: number}
    assert "wait" in told(Teller(), "session.status", sessionID="ses_1", status=status)
    assert told(Teller(), event.HOST_UP, servers=number) == "host up: no server runs"
