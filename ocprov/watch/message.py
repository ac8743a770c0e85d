"""What is said of a crossing, in the forms that notifiers need. Pure."""

from datetime import date

from ocprov.core.value import dataclass
from ocprov.watch.limits import FULL, Standing

TITLE = "ocprov"


@dataclass(frozen=True, slots=True)
class Message:
    """A crossing, or a test of the notifiers; `text` is for a person."""

    standing: Standing
    text: str
    test: bool = False

    @property
    def urgent(self) -> bool:
        """Whether a limit itself is passed."""
        return self.standing.passed and not self.test


def of(standing: Standing) -> Message:
    """The message of a crossing."""
    return Message(standing, standing.text)


def trial(today: date) -> Message:
    """A message that tests a notifier."""
    return Message(
        Standing("daily", today, 0.0, 1.0, FULL), "A test of ocprov: alerts arrive here", test=True
    )


def payload(message: Message) -> dict[str, object]:
    """For a webhook; Slack and Mattermost show `text`, Discord shows `content`."""
    standing = message.standing
    return {
        "schema": 1,
        "event": "test" if message.test else "limit",
        "text": message.text,
        "content": message.text,
        "period": standing.period,
        "start": standing.start.isoformat(),
        "cost": round(standing.cost, 6),
        "currency": "USD",
        "limit": standing.limit,
        "percent": standing.percent,
        "step": standing.step,
    }


def variables(message: Message) -> dict[str, str]:
    """For a command's environment."""
    told = {name: value for name, value in payload(message).items() if name not in ("schema", "content")}
    return {f"OCPROV_ALERT_{name.upper()}": str(value) for name, value in told.items()}
