"""Say what is to be said of limits: once for each crossing and notifier, whoever else is at it, and remember it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.watch import memory, message, remembered
from ocprov.watch.limits import Standing
from ocprov.watch.message import Message
from ocprov.watch.notifiers import Notifiers, Send


@dataclass(frozen=True, slots=True)
class Said:
    """One notifier's part in a message: it was told, or why not; neither where there was nobody to tell."""

    standing: Standing
    notifier: str
    told: bool
    failure: OcprovError | None = None


def say(
    found: Sequence[Standing],
    notifiers: Mapping[str, Send],
    *,
    wait: float,
    blocked: Callable[[], None],
    warn: Callable[[str], None],
) -> tuple[Said, ...]:
    """Tell each crossing that was not told yet, by each notifier; one that fails is tried again the next time.

    OcprovError when it cannot be remembered, before anything is said; BusyError when another is at it for long.
    """
    if not memory.untold(remembered.read()[0], found, notifiers):
        return ()
    with held(remembered.lock(), wait=wait, blocked=blocked):
        told, lost = remembered.read()
        if lost:
            warn(f"what was said before is lost ({remembered.path()}: {lost}), so it may be said again")
        untold = memory.untold(told, found, notifiers)
        if untold:
            remembered.write(told)
        said: list[Said] = []
        for standing, name in untold:
            said.append(_said(message.of(standing), name, notifiers[name]))
            if said[-1].told:
                told = memory.tell(told, standing, name)
                remembered.write(told)
        return tuple(said)


def test(asked: Notifiers, today: date) -> tuple[Said, ...]:
    """Send a test through each notifier; nothing of it is remembered."""
    trial = message.trial(today)
    unready = [Said(trial.standing, name, told=False, failure=why) for name, why in asked.unready.items()]
    return (*(_said(trial, name, send) for name, send in asked.ready.items()), *unready)


def _said(what: Message, name: str, send: Send) -> Said:
    try:
        return Said(what.standing, name, send(what))
    except OcprovError as error:
        return Said(what.standing, name, told=False, failure=error)
