"""Which answer is whose, where prompts queue up in one conversation."""

import pytest

from ocprov.opencode.api.values import Message, Part, Problem
from ocprov.opencode.talk.turns import answer, passed, whole

ABORTED = Problem("MessageAbortedError")


def user(name: int, part: str = "text", *, synthetic: bool = False) -> Message:
    return Message(f"msg_{name}", "ses_1", "user", 0, (Part("prt_1", part, "asked", synthetic=synthetic),))


def said(
    name: int, parent: int, *, completed: float = 1, problem: Problem | None = None, part: str = "text"
) -> Message:
    parts = (Part("prt_1", part, "answer"),)
    return Message(f"msg_{name}", "ses_1", "assistant", 0, parts, f"msg_{parent}", completed, problem)


def test_a_prompt_is_passed_where_another_came_after_it() -> None:
    assert not passed([user(1), said(2, 1)], "msg_1")
    assert passed([user(1), user(2)], "msg_1")
    assert not passed([user(1)], "msg_2")


@pytest.mark.parametrize(
    ("messages", "found", "merged"),
    [
        ([user(1), said(2, 1)], "msg_2", False),
        ([user(1), said(2, 1, part="tool"), said(3, 1)], "msg_3", False),
        ([user(1), said(2, 1), user(3), user(4), said(5, 4)], "msg_2", False),
        ([user(1), user(2), user(3), said(4, 3)], "msg_4", True),
        ([user(1), said(2, 1, part="tool"), user(3), said(4, 3)], "msg_4", True),
        ([user(1), said(2, 1, part="tool"), user(3), said(4, 3), user(5), said(6, 5)], "msg_4", True),
        ([user(1), said(2, 1, part="tool")], "msg_2", False),
        ([user(1), said(2, 1, problem=ABORTED), user(3), said(4, 3)], "msg_2", False),
        ([user(1), said(2, 1, part="tool"), user(3, synthetic=True), said(4, 3)], "msg_4", False),
        (
            [user(1), said(2, 1, part="tool"), user(3), user(4, synthetic=True), said(5, 4)],
            "msg_5",
            True,
        ),
        (
            [
                user(1),
                said(2, 1, part="tool"),
                user(3, "compaction"),
                said(4, 3),
                user(5, synthetic=True),
                said(6, 5),
            ],
            "msg_6",
            False,
        ),
        ([user(1)], "", False),
        ([user(1), user(2)], "", False),
        ([], "", False),
    ],
    ids=[
        "its own",
        "after tools",
        "others queued behind",
        "merged into one",
        "merged amid its tools",
        "merged into the next, not the last",
        "stopped amid its tools",
        "aborted",
        "after a sub-agent",
        "merged after a sub-agent",
        "after it was made shorter",
        "none yet",
        "none, and a queue",
        "gone",
    ],
)
def test_an_answer_is_that_to_the_prompt_or_said_to_be_merged(
    messages: list[Message], found: str, merged: bool
) -> None:
    told = answer(messages, "msg_1")
    assert (told.id if told else "", bool(told and told.merged)) == (found, merged)


@pytest.mark.parametrize(
    ("message", "is_whole"),
    [
        (said(2, 1), True),
        (said(2, 1, completed=0), False),
        (said(2, 1, problem=ABORTED), False),
        (said(2, 1, part="tool"), False),
    ],
    ids=["yes", "cut off", "aborted", "amid its tools"],
)
def test_an_answer_counts_when_it_is_whole(message: Message, is_whole: bool) -> None:
    assert whole(message) == is_whole
