"""What prompts wait for while they are being answered: somebody has to allow it, or to answer."""

import asyncio
from collections.abc import Callable, Mapping

from ocprov.opencode.heard import activity
from ocprov.opencode.heard.activity import Wait
from ocprov.opencode.places import Places

_EVERY = 2.0


async def listen(busy: Mapping[str, Places], told: Callable[[Wait], None], *, every: float = _EVERY) -> None:
    """Tell each wait of the `busy` conversations once, until cancelled; by what their servers' supervisors heard."""
    said: set[str] = set()
    while True:
        waits = [wait for place in set(busy.values()) for wait in activity.read(place).waits]
        for wait in waits:
            if wait.conversation in busy and wait.id not in said:
                said.add(wait.id)
                told(wait)
        await asyncio.sleep(every)
