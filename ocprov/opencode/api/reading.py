"""OpenCode's JSON (1.18) into values; what is missing or of another type reads as nothing, never as a failure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ocprov.opencode.api.values import (
    Asked,
    Info,
    Message,
    Part,
    Permission,
    Problem,
    Question,
    Status,
)

Document = Mapping[str, Any]

# No time, sum or price is as much. JSON can say infinity, what is no number, and integers that no float holds.
_ENDLESS = 1e15


def table(value: object) -> Document:
    """`value` where it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[Document]:
    """The objects of a JSON array."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, Sequence) else []


def text(value: object) -> str:
    """`value` where it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """`value` where it is a number, and one that a person could mean, else 0."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    return float(value) if abs(value) < _ENDLESS else 0.0


def seconds(value: object) -> float:
    """Milliseconds as seconds."""
    return number(value) / 1000


def info(document: Document) -> Info:
    """A conversation, of `Session`."""
    time, model = table(document.get("time")), table(document.get("model"))
    return Info(
        id=text(document.get("id")),
        title=text(document.get("title")),
        directory=text(document.get("directory")),
        created=seconds(time.get("created")),
        updated=seconds(time.get("updated")),
        parent=text(document.get("parentID")),
        archived=bool(time.get("archived")),
        cost=number(document.get("cost")),
        tokens=_tokens(table(document.get("tokens"))),
        agent=text(document.get("agent")),
        model=_model(text(model.get("providerID")), text(model.get("id"))),
        reverted=text(table(document.get("revert")).get("messageID")),
    )


def message(document: Document) -> Message:
    """A message, of `{info, parts}`."""
    told = table(document.get("info"))
    time, model = table(told.get("time")), table(told.get("model"))
    error = table(told.get("error"))
    return Message(
        id=text(told.get("id")),
        conversation=text(told.get("sessionID")),
        role="assistant" if told.get("role") == "assistant" else "user",
        created=seconds(time.get("created")),
        parts=tuple(part(one) for one in rows(document.get("parts"))),
        parent=text(told.get("parentID")),
        completed=seconds(time.get("completed")),
        problem=problem(error) if error else None,
        agent=text(told.get("agent")),
        model=_model(
            text(told.get("providerID") or model.get("providerID")),
            text(told.get("modelID") or model.get("modelID")),
        ),
        cost=number(told.get("cost")),
        tokens=_tokens(table(told.get("tokens"))),
    )


def part(document: Document) -> Part:
    """A part of a message."""
    state = table(document.get("state"))
    return Part(
        id=text(document.get("id")),
        type=text(document.get("type")),
        text=text(document.get("text")),
        tool=text(document.get("tool")),
        status=text(state.get("status")),
        output=text(state.get("output") or state.get("error")),
        given=table(state.get("input")),
        synthetic=bool(document.get("synthetic")),
    )


def problem(document: Document) -> Problem:
    """An error, of `{name, data: {message}}`."""
    return Problem(
        text(document.get("name") or document.get("_tag")) or "unknown error",
        text(table(document.get("data")).get("message")) or text(document.get("message")),
    )


def status(document: Document) -> Status | None:
    """What a conversation does; None when it is idle."""
    match document.get("type"):
        case "busy":
            return Status("busy")
        case "retry":
            return Status(
                "retry",
                int(number(document.get("attempt"))),
                text(document.get("message")),
                seconds(document.get("next")),
            )
    return None


def permission(document: Document) -> Permission:
    """A request to be allowed something."""
    return Permission(
        text(document.get("id")),
        text(document.get("sessionID")),
        text(document.get("permission")),
        _texts(document.get("patterns")),
        _texts(document.get("always")),
        text(table(document.get("tool")).get("messageID")),
    )


def question(document: Document) -> Question:
    """A request to be told something."""
    asked = tuple(
        Asked(
            text(one.get("question")) or text(one.get("header")),
            tuple(text(option.get("label")) for option in rows(one.get("options"))),
            bool(one.get("multiple")),
        )
        for one in rows(document.get("questions"))
    )
    of = text(table(document.get("tool")).get("messageID"))
    return Question(text(document.get("id")), text(document.get("sessionID")), asked, of)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _tokens(document: Document) -> int:
    cache = table(document.get("cache"))
    every = [document.get(name) for name in ("input", "output", "reasoning")] + list(cache.values())
    return int(sum(map(number, every)))


def _model(provider: str, model: str) -> str:
    return f"{provider}/{model}" if provider and model else ""
