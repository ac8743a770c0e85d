"""What a person's words mean as the answer to what a conversation asks; pure."""

from collections.abc import Sequence
from typing import cast, get_args

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode.api.values import Asked, Permission, Question, Reply
from ocprov.opencode.heard.standing import Standing, asked

REPLIES: tuple[str, ...] = get_args(Reply)
DECLINE = "reject"


def chosen(conversation: str, standing: Standing, request: str) -> Permission | Question:
    """What is to be answered: that `request`, or the only one; OcprovError where there is none, ConflictError for several."""
    entries = standing.asks
    if not entries:
        raise OcprovError(
            f"conversation {conversation} waits for nothing: it is {standing.state}",
            f"ocprov chat show {conversation}",
        )
    known = ", ".join(f"{one.id} ({printable(asked(one))})" for one in entries)
    fitting = [one for one in entries if one.id == request or not request]
    if not fitting:
        raise OcprovError(
            f"conversation {conversation} does not wait for {printable(request)}", f"it waits for {known}"
        )
    if len(fitting) > 1:
        raise ConflictError(
            f"conversation {conversation} waits for {len(fitting)} answers: {known}",
            "say which with --request",
        )
    return fitting[0]


def permitted(words: Sequence[str]) -> Reply:
    """The reply to a permission; only a rejection takes more words, which tell the model why."""
    if words[0] not in REPLIES:
        raise OcprovError(
            f"{printable(words[0])} is no answer to a permission", f"answer {', '.join(REPLIES)}"
        )
    if len(words) > 1 and words[0] != DECLINE:
        raise OcprovError(f"{words[0]} takes no more words", f"{DECLINE} takes a reason: the model reads it")
    return cast("Reply", words[0])


def answers(question: Question, words: Sequence[str]) -> list[list[str]]:
    """An answer for each of its parts, as OpenCode takes them; none at all to decline."""
    parts = question.questions
    labels = {label for part in parts for label in part.labels}
    if tuple(words) == (DECLINE,) and DECLINE not in labels:
        return []
    if len(parts) == 1:
        whole = " ".join(words)
        several = parts[0].multiple and _label(parts[0], whole) is None
        return [[_label(parts[0], word) or word for word in (words if several else [whole])]]
    if len(words) != len(parts):
        texts = " / ".join(printable(part.text) for part in parts)
        raise OcprovError(
            f"there are {len(parts)} questions and {len(words)} answers: {texts}",
            "give one word for each, in quotes where it has blanks",
        )
    return [[_label(part, word) or word] for part, word in zip(parts, words, strict=True)]


def _label(part: Asked, word: str) -> str | None:
    """The label that is meant, also where its case is not kept."""
    return next((label for label in part.labels if label.casefold() == word.casefold()), None)
