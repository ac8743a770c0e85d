"""What a listener knows of a server's conversations, from events and from what the server tells when it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ocprov.opencode.api import reading
from ocprov.opencode.api.values import Info, Now, Permission, Question, Status
from ocprov.opencode.heard.event import Event

_GONE = ("permission.replied", "question.replied", "question.rejected")

_Look = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """An event to be: its type, its conversation, its properties."""

    type: str
    conversation: str
    properties: Mapping[str, Any]


class Memory:
    """What works, what asks, and when a conversation changed last (`mark`, epoch): no more than what goes on now."""

    def __init__(self) -> None:
        self.status: dict[str, Status] = {}
        self.asked: dict[str, Permission | Question] = {}
        self.mark = 0.0
        self._edge: set[_Look] = (
            set()
        )  # those that changed at `mark`: in the same millisecond more may change
        self._over: set[str] = set()  # asked by what was aborted: OpenCode lists it for ever

    def hear(self, event: Event) -> bool:
        """Take note of an event; whether it told anything new of what is kept here."""
        kind, name, told = event.type, event.conversation, event.properties
        match kind:
            case "session.status":
                return self._set(name, reading.status(reading.table(told.get("status"))))
            case "session.idle":
                return self._set(name, None)
            case "session.deleted":
                self._set(name, None)
                return True
            case "session.created" | "session.updated":
                return self._note(reading.info(reading.table(told.get("info"))))
            case "permission.asked":
                return self._ask(reading.permission(told))
            case "question.asked":
                return self._ask(reading.question(told))
        if kind in _GONE:
            return self.asked.pop(reading.text(told.get("requestID")), None) is not None
        return True

    def open(self, now: Now) -> tuple[Permission | Question, ...]:
        """What is asked by conversations that work, without what is known to have been aborted."""
        return tuple(
            one for one in listed(now) if one.conversation in now.status and one.id not in self._over
        )

    def learn(
        self, status: Mapping[str, Status], asked: Iterable[Permission | Question], changed: Iterable[Info]
    ) -> tuple[Change, ...]:
        """Take what a server tells now for what is; what changed since, as events would have told it."""
        now = {one.id: one for one in asked}
        found = [
            *self._changed(changed),
            *(_unasked(one) for name, one in self.asked.items() if name not in now),
            *(_state(name, None) for name in self.status if name not in status),
            *(_state(name, one) for name, one in status.items() if self.status.get(name) != one),
            *(_ask(one) for name, one in now.items() if name not in self.asked),
        ]
        self.status, self.asked = dict(status), now
        return tuple(found)

    def over(self, listed: Iterable[str], left: Iterable[str]) -> None:
        """Of what a server lists as asked, `left` is asked by nobody any more."""
        self._over = (self._over | set(left)) & set(listed)

    def _set(self, name: str, status: Status | None) -> bool:
        if status is None:
            left = [one.id for one in self.asked.values() if one.conversation == name]
            self._over.update(left)
            for one in left:
                del self.asked[one]
            return self.status.pop(name, None) is not None
        news = self.status.get(name) != status
        self.status[name] = status
        return news

    def _ask(self, one: Permission | Question) -> bool:
        news = one.id not in self.asked and one.id not in self._over
        if news:
            self.asked[one.id] = one
        return news

    def _note(self, one: Info) -> bool:
        look = (one.id, one.title, one.reverted)
        if one.updated < self.mark or (one.updated == self.mark and look in self._edge):
            return False
        self._edge = self._edge | {look} if one.updated == self.mark else {look}
        self.mark = one.updated
        return True

    def _changed(self, changed: Iterable[Info]) -> list[Change]:
        before, known = self.mark, {name for name, *_ in self._edge}
        return [
            Change(_kind(one, before, known), one.id, _info(one))
            for one in sorted(changed, key=lambda one: one.updated)
            if self._note(one)
        ]


def _kind(one: Info, before: float, known: set[str]) -> str:
    """Whether it was there `before`, when the `known` ones changed last."""
    fresh = one.created > before or (one.created == before and one.id not in known)
    return "session.created" if fresh else "session.updated"


def listed(now: Now) -> tuple[Permission | Question, ...]:
    """What a server lists as asked: also what an abort left."""
    return (*now.permissions, *now.questions)


def _info(one: Info) -> dict[str, Any]:
    times = {"created": round(one.created * 1000), "updated": round(one.updated * 1000)}
    info: dict[str, Any] = {"id": one.id, "title": one.title, "directory": one.directory, "time": times}
    info |= {"parentID": one.parent} if one.parent else {}
    info |= {"revert": {"messageID": one.reverted}} if one.reverted else {}
    return {"sessionID": one.id, "info": info | {"cost": one.cost}}


def _state(name: str, status: Status | None) -> Change:
    told: dict[str, Any] = {"type": status.type if status else "idle"}
    if status and status.type == "retry":
        told |= {"attempt": status.attempt, "message": status.message, "next": round(status.next * 1000)}
    return Change("session.status", name, {"sessionID": name, "status": told})


def _ask(one: Permission | Question) -> Change:
    told: dict[str, Any] = {"id": one.id, "sessionID": one.conversation}
    if isinstance(one, Permission):
        told |= {"permission": one.permission, "patterns": list(one.patterns)}
        return Change("permission.asked", one.conversation, told)
    told["questions"] = [
        {
            "question": asked.text,
            "options": [{"label": label} for label in asked.labels],
            "multiple": asked.multiple,
        }
        for asked in one.questions
    ]
    return Change("question.asked", one.conversation, told)


def _unasked(one: Permission | Question) -> Change:
    """It is not asked any more; whether it was answered, and how, nobody tells."""
    kind = "permission.replied" if isinstance(one, Permission) else "question.replied"
    return Change(kind, one.conversation, {"sessionID": one.conversation, "requestID": one.id})
