"""Which conversation to open where OpenCode's interface has to be started again; it tells nobody which one it showed."""

from collections.abc import Iterable, Sequence

from ocprov.errors import OcprovError
from ocprov.opencode import password
from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Info
from ocprov.opencode.record import Record

_NAMED = ("-s", "--session", "-c", "--continue")
_PATIENCE = 5.0


async def again(known: Record, arguments: Sequence[str], shown: str, since: float) -> str:
    """The conversation to open besides `arguments`: the one worked on `since` (epoch), else the one `shown` before.

    None, empty, where `arguments` name one. Of several it cannot be told which one was on show.
    """
    if any(one.partition("=")[0] in _NAMED for one in arguments):
        return ""
    try:
        async with Client(
            known.url, password.read(known.places), known.directory, timeout=_PATIENCE
        ) as client:
            return worked_on(await client.since(since)) or shown
    except OcprovError:
        return shown


def worked_on(changed: Iterable[Info]) -> str:
    """The one of them that is no sub-agent's; empty where there is none, or a choice."""
    found = [one.id for one in changed if not one.parent and not one.archived]
    return found[0] if len(found) == 1 else ""
