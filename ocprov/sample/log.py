"""The sample as OpenCode's log: logfmt lines, as OpenCode 1.18 writes them."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ocprov.sample.conversation import Conversation, Step
from ocprov.sample.database import OPENCODE, project_id

MOST = 400

_BARE = re.compile(r"[^\s\"=\\]+")
_FAILS_EVERY = 23

Line = tuple[int, str]


def text(conversations: Iterable[Conversation]) -> str:
    """The last lines of a log that these conversations left, sorted by time."""
    found = sorted(line for conversation in conversations for line in _lines(conversation))
    return "".join(f"{line}\n" for _, line in found[-MOST:])


def _lines(conversation: Conversation) -> Iterator[Line]:
    """What one conversation logs."""
    run = hashlib.sha256(conversation.project.directory.encode()).hexdigest()[:8]
    yield _line(conversation.created, "INFO", run, "created", _created(conversation))
    for number, step in enumerate(conversation.steps):
        yield from _step(conversation, run, number, step)
    yield _line(conversation.updated + 1, "INFO", run, "exiting loop", {"session.id": conversation.id})


def _created(conversation: Conversation) -> dict[str, object]:
    found: dict[str, object] = {
        "id": conversation.id,
        "version": OPENCODE,
        "projectID": project_id(conversation.project),
        "directory": conversation.project.directory,
        "title": conversation.title,
    }
    return {**found, "parentID": conversation.parent} if conversation.parent else found


def _step(conversation: Conversation, run: str, number: int, step: Step) -> Iterator[Line]:
    session = {"session.id": conversation.id}
    model = {"providerID": conversation.model.provider, "modelID": conversation.model.name}
    mode = {
        "small": "false",
        "agent": conversation.agent,
        "mode": "subagent" if conversation.parent else "primary",
    }
    yield _line(step.created, "INFO", run, "loop", {**session, "step": number})
    yield _line(step.created + 4, "INFO", run, "stream", {**model, **session, **mode})
    runtime = {"llm.runtime": "ai-sdk", "llm.provider": model["providerID"], "llm.model": model["modelID"]}
    yield _line(step.created + 31, "INFO", run, "llm runtime selected", {**runtime, **session})
    if step.created % _FAILS_EVERY == 0:
        error = {"error.error": "AI_APICallError: Overloaded"}
        yield _line(step.created + 900, "ERROR", run, "stream error", {**model, **session, **error})
    if step.tool:
        yield from _tool(conversation, run, step)


def _tool(conversation: Conversation, run: str, step: Step) -> Iterator[Line]:
    asked = {"permission": step.tool, "pattern": step.about}
    allowed = {"action.permission": "*", "action.pattern": "*", "action.action": "allow"}
    yield _line(step.completed - 60, "INFO", run, "evaluated", {**asked, **allowed})
    if step.tool in ("read", "edit"):
        file = f"{conversation.project.directory}/{step.about}"
        yield _line(step.completed - 20, "INFO", run, "touching file", {"file": file})


def _line(milliseconds: int, level: str, run: str, message: str, fields: dict[str, object]) -> Line:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    head = {"timestamp": moment.replace("+00:00", "Z"), "level": level, "run": run, "message": message}
    return milliseconds, " ".join(f"{key}={_value(str(value))}" for key, value in {**head, **fields}.items())


def _value(value: str) -> str:
    return value if _BARE.fullmatch(value) else json.dumps(value)
