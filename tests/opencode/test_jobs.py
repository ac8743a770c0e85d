"""Prompts of a file: how they are written, and what tells one from another."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocprov.errors import OcprovError
from ocprov.opencode.bulk import jobs
from ocprov.opencode.bulk.attempt import Begun, begin, title
from ocprov.opencode.bulk.jobs import Format, Prompt, chains, format_of, number, parse
from ocprov.opencode.bulk.results import Sent, Stream
from ocprov.opencode.record import Record
from ocprov.opencode.server import Server
from tests.conftest import Machine
from tests.opencode.peer import running


def texts(content: bytes, written: Format = "text") -> list[str]:
    return [one.prompt for one in parse(content, "p", written)]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("prompts.txt", "text"),
        ("prompts", "text"),
        ("-", "text"),
        ("prompts.jsonl", "jsonl"),
        ("PROMPTS.JSONL", "jsonl"),
        ("p.ndjson", "jsonl"),
        ("p.json", "json"),
        ("json", "text"),
    ],
)
def test_the_name_of_a_file_tells_how_it_is_written(name: str, written: Format) -> None:
    assert format_of(name) == written


@pytest.mark.parametrize(
    ("content", "prompts"),
    [
        (b"", []),
        (b"\n\n  \n", []),
        (b"one\ntwo", ["one", "two"]),
        (b"one\r\n\r\ntwo\r\n", ["one", "two"]),
        (b"\xef\xbb\xbfone\n", ["one"]),
        (b"# no comment\n  indented", ["# no comment", "  indented"]),
        ("a\u2028b\x0bc\n".encode(), ["a\u2028b\x0bc"]),
    ],
    ids=[
        "empty",
        "blank",
        "no last end",
        "from windows",
        "byte order mark",
        "no magic",
        "only \\n ends a line",
    ],
)
def test_plain_text_has_a_prompt_a_line(content: bytes, prompts: list[str]) -> None:
    assert texts(content) == prompts


def test_lines_of_json_have_a_prompt_each_as_an_object_or_a_string() -> None:
    content = b'{"prompt": "one", "model": "a/b", "title": null}\n\n"two"\n'
    assert parse(content, "p", "jsonl") == (Prompt("one", model="a/b", line=1), Prompt("two", line=3))


def test_an_array_has_them_over_several_lines() -> None:
    assert texts(b'[\n {"prompt":\n "one"},\n "two"\n]', "json") == ["one", "two"]


@pytest.mark.parametrize(
    ("content", "written", "said"),
    [
        (b"fine\n\xff\xfe", "text", "p:2: it is not UTF-8"),
        (b'{"prompt": "a"}\n{"prompt"', "jsonl", "p:2: it is not JSON"),
        (b"[1]", "jsonl", "p:1: it is no prompt"),
        (b'{"promt": "a"}', "jsonl", "p:1: there is no key promt"),
        (b'{"prompt": "a", "prompt": "b"}', "jsonl", "p:1: the key prompt stands there twice"),
        (b'{"title": "a"}', "jsonl", "p:1: prompt is not a string"),
        (b'{"prompt": 3}', "jsonl", "p:1: prompt is not a string"),
        (b'{"prompt": " "}', "jsonl", "p:1: the prompt is empty"),
        (b'{"prompt": "\\ud800"}', "jsonl", "p:1: prompt holds half a character"),
        (b'{"prompt": "a", "conversation": "../x"}', "jsonl", "p:1: ../x is not a conversation's id"),
        (b'{"prompt": "a", "conversation": "ses_1", "title": "t"}', "jsonl", "p:1: a title and a directory"),
        (
            b'{"prompt": "a", "conversation": "ses_1", "directory": "/"}',
            "jsonl",
            "p:1: a title and a directory",
        ),
        (b'{"prompt": "a"}', "json", "p: it is not an array"),
        (b'["a",\n 1]', "json", "p: prompt 2: it is no prompt"),
        (b'["a",\n', "json", "p:2: it is not JSON"),
        (b"[" * 200000, "json", "p:1: "),
        (b"1" * 5000, "jsonl", "p:1: "),
        (b"x" * (jobs.LONGEST + 1), "text", "p:1: prompt is longer than 4 MiB"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, written: Format, said: str) -> None:
    with pytest.raises(OcprovError) as refused:
        parse(content, "p", written)
    assert refused.value.message.startswith(said)
    assert refused.value.hint


def test_a_key_near_a_wrong_one_is_named() -> None:
    with pytest.raises(OcprovError) as refused:
        parse(b'{"prompt": "a", "modle": "b"}', "p", "jsonl")
    assert refused.value.hint == "did you mean model?"


def keys(*prompts: Prompt) -> list[str]:
    return [job.key for job in number(prompts)]


def test_a_prompt_keeps_its_key_wherever_it_stands() -> None:
    one, two = Prompt("one", line=1), Prompt("two", line=2)
    assert keys(one, two) == keys(two, one)[::-1]
    assert keys(Prompt("one", line=7)) == keys(one)


def test_the_same_prompt_twice_is_two_prompts() -> None:
    first, second = keys(Prompt("one"), Prompt("one"))
    assert first != second
    assert keys(Prompt("one")) == [first]


@pytest.mark.parametrize("other", ["title", "model", "agent", "conversation", "directory"])
def test_a_prompt_sent_otherwise_is_another_one(other: str) -> None:
    changes: dict[str, Any] = {other: "x"}
    assert keys(Prompt("one")) != keys(replace(Prompt("one"), **changes))


def test_the_prompts_of_one_conversation_follow_each_other() -> None:
    jobs = number(
        [Prompt("a"), Prompt("b", conversation="ses_1"), Prompt("c"), Prompt("d", conversation="ses_1")]
    )
    assert [[job.prompt.prompt for job in chain] for chain in chains(jobs)] == [["a"], ["b", "d"], ["c"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("short", "short"), ("two\n lines\t", "two lines"), ("x" * 61, "x" * 59 + "…"), ("x" * 60, "x" * 60)],
)
def test_a_conversation_is_called_as_its_prompt_begins(text: str, expected: str) -> None:
    assert title(text) == expected


def test_what_was_answered_together_with_a_later_prompt_is_not_sent_again(
    machine: Machine, tmp_path: Path
) -> None:
    def message(name: str, parent: str = "", text: str = "") -> dict[str, object]:
        info = {"id": name, "role": "assistant" if parent else "user", "parentID": parent}
        done = {"completed": 1} if parent else {}
        return {"info": {**info, "time": {"created": 1, **done}}, "parts": [{"type": "text", "text": text}]}

    async def begun(known: Record, sent: Sent) -> Begun:
        async with Server.of(known) as server:
            (job,) = number([Prompt("one", conversation="ses_1")])
            return await begin(job, server, Before(sent))

    class Before(Stream):
        def __init__(self, sent: Sent) -> None:
            super().__init__(lambda _: None)
            self._sent = sent

        def before(self, key: str) -> Sent:
            return self._sent

    with running(tmp_path) as peer:
        peer.messages["ses_1"] = [
            message("msg_1"),
            message("msg_2"),
            message("msg_3", "msg_2", "to both"),
        ]
        known = peer.record()
        sent, never = Sent("key", "ses_1", "msg_1"), Sent("key", "ses_1", "msg_0")
        found = asyncio.run(begun(known, sent))
        assert found.answer
        assert (found.sent, found.answer.text, found.answer.merged) == (sent, "to both", True)
        assert asyncio.run(begun(known, never)).sent.message not in ("msg_0", "msg_1")
        peer.messages["ses_1"].pop()
        peer.status["ses_1"] = {"type": "busy"}
        assert asyncio.run(begun(known, sent)) == Begun(sent)
