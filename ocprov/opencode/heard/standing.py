"""How a conversation stands, of what its server tells of it; pure, times come from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ocprov.opencode.api.values import Info, Message, Now, Permission, Question, Status

State = Literal["idle", "busy", "retry", "waiting", "error", "interrupted", "stuck"]
STATES: tuple[State, ...] = get_args(State)
# Those in which its server works on it; what would change it has to wait.
WORKING: frozenset[State] = frozenset(("busy", "retry", "waiting", "stuck"))
# Seconds without an event from which what works is stuck.
STUCK = 600.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation's state, and why: what a retry, an error says; `aborted` of what is idle by a person's wish.

    `permissions` and `questions` are what it waits for. `unanswered` are the ids of prompts without an answer: while it
    works those behind the one that it works on. `active` is when it last did something (epoch).
    """

    state: State
    why: str = ""
    permissions: tuple[Permission, ...] = ()
    questions: tuple[Question, ...] = ()
    unanswered: tuple[str, ...] = ()
    active: float = 0.0

    @property
    def works(self) -> bool:
        """Whether its server works on it."""
        return self.state in WORKING

    @property
    def waits_for(self) -> str:
        """The first thing that it waits for, as a line; empty where it waits for nothing."""
        return next((asked(one) for one in self.asks), "")

    @property
    def asks(self) -> tuple[Permission | Question, ...]:
        """All that it waits for."""
        return (*self.permissions, *self.questions)


def standing(
    info: Info,
    messages: Sequence[Message],
    now: Now,
    last: float | None = None,
    *,
    at: float,
    stuck: float = STUCK,
) -> Standing:
    """How it stands at the time `at`, by its newest `messages`, oldest first; `last` is its last event, where known.

    `stuck`: seconds without an event from which what works counts as stuck.
    """
    tail = kept(info, messages)
    status = now.status.get(info.id)
    active = max(last or 0.0, _newest(info, tail))
    if status is None:
        return _resting(tail, active)
    permissions = tuple(one for one in now.permissions if _open(one, info, tail))
    questions = tuple(one for one in now.questions if _open(one, info, tail))
    state, why = _working(status, waits=bool(permissions or questions), silent=at - active, stuck=stuck)
    return Standing(state, why, permissions, questions, _queued(tail), active)


def kept(info: Info, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Its messages but those that a revert takes away at the next prompt; ids sort by time."""
    return tuple(one for one in messages if not info.reverted or one.id < info.reverted)


def doubtful(info: Info, messages: Sequence[Message], now: Now) -> bool:
    """Whether the messages contradict the status: it lags behind the end of an answer, or they were read at its turn."""
    tail = kept(info, messages)
    finished = not tail or (tail[-1].role == "assistant" and _ended(tail[-1]))
    if info.id in now.status:
        entries: tuple[Permission | Question, ...] = (*now.permissions, *now.questions)
        return finished and not any(_open(one, info, tail) for one in entries)
    return not finished


def asked(entry: Permission | Question) -> str:
    """What is to be allowed or answered, as a line."""
    if isinstance(entry, Question):
        return "question: " + " / ".join(one.text for one in entry.questions)
    return " ".join(
        ("permission", f"{entry.permission}:" if entry.patterns else entry.permission, *entry.patterns)
    )


def _working(status: Status, *, waits: bool, silent: float, stuck: float) -> tuple[State, str]:
    if waits:
        return "waiting", ""
    if status.type == "retry":
        return "retry", f"attempt {status.attempt}: {status.message}"
    return ("stuck", "") if silent >= stuck else ("busy", "")


def _open(entry: Permission | Question, info: Info, tail: Sequence[Message]) -> bool:
    """Whether it waits for an answer: an abort leaves the entry there, also while a later prompt is being worked on."""
    if entry.conversation != info.id:
        return False
    said = _said(tail)
    return (
        not (entry.message and said)
        or entry.message > said.id
        or (entry.message == said.id and not _ended(said))
    )


def _resting(tail: Sequence[Message], active: float) -> Standing:
    """Nothing works on it: its end tells why."""
    said = _said(tail)
    if said is None or (said.completed and not said.problem):
        return Standing("idle", unanswered=_after(tail, said), active=active)
    if said.problem is None:
        return Standing("interrupted", unanswered=_interrupted(tail, said), active=active)
    if said.problem.aborted:
        return Standing("idle", "aborted", unanswered=_after(tail, said), active=active)
    why = ": ".join(filter(None, (said.problem.name, said.problem.message)))
    return Standing("error", why, unanswered=_after(tail, said), active=active)


def _interrupted(tail: Sequence[Message], said: Message) -> tuple[str, ...]:
    ended = next((one for one in reversed(tail) if one.role == "assistant" and _ended(one)), None)
    after = _after(tail, ended)
    return after if said.parent in after or not said.parent else (said.parent, *after)


def _queued(tail: Sequence[Message]) -> tuple[str, ...]:
    """The prompts behind the one that is being worked on."""
    said = _said(tail)
    after = _after(tail, said)
    return after if said is not None and not _ended(said) else after[1:]


def _said(tail: Sequence[Message]) -> Message | None:
    """What the assistant said last."""
    return next((one for one in reversed(tail) if one.role == "assistant"), None)


def _after(tail: Sequence[Message], said: Message | None) -> tuple[str, ...]:
    """The prompts that came after it: what is said answers every prompt before it, whichever is its parent."""
    return tuple(one.id for one in tail if one.role == "user" and (said is None or one.id > said.id))


def _ended(message: Message) -> bool:
    return bool(message.completed or message.problem)


def _newest(info: Info, tail: Sequence[Message]) -> float:
    return max((info.updated, *(max(one.created, one.completed) for one in tail)))
