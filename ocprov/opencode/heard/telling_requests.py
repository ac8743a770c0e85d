"""What conversations ask of a person, in words; see `telling`."""

from collections.abc import Callable

from ocprov.opencode.api import reading
from ocprov.opencode.heard import standing
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.recent import Recent

_REPLIES = {"once": "allowed once", "always": "allowed from now on", "reject": "refused"}


class Requests:
    """What was asked, for when it is answered."""

    def __init__(self) -> None:
        self._asked: Recent[str] = Recent()

    def ways(self) -> dict[str, Callable[[Event], str]]:
        """What tells an event, by its type."""
        return {
            "permission.asked": self._permission,
            "permission.replied": self._replied,
            "question.asked": self._question,
            "question.replied": self._answered,
            "question.rejected": self._rejected,
        }

    def _permission(self, event: Event) -> str:
        asked = reading.permission(event.properties)
        return self._asks(asked.id, standing.asked(asked))

    def _question(self, event: Event) -> str:
        asked = reading.question(event.properties)
        labels = ", ".join(label for one in asked.questions for label in one.labels)
        return self._asks(asked.id, standing.asked(asked) + (f" ({labels})" if labels else ""))

    def _asks(self, name: str, what: str) -> str:
        return "" if self._asked.note(name, what) else f"asks {what}"

    def _replied(self, event: Event) -> str:
        reply = reading.text(event.properties.get("reply"))
        return f"{_REPLIES.get(reply, reply) or 'asks no longer'}: {self._what(event)}"

    def _answered(self, event: Event) -> str:
        answers = event.properties.get("answers")
        rows = answers if isinstance(answers, list) else []
        labels = ", ".join(str(one) for row in rows if isinstance(row, list) for one in row)
        return f"{f'answered {labels}' if labels else 'asks no longer'}: {self._what(event)}"

    def _rejected(self, event: Event) -> str:
        return f"declined: {self._what(event)}"

    def _what(self, event: Event) -> str:
        name = reading.text(event.properties.get("requestID"))
        return self._asked.pop(name, event.type.partition(".")[0])
