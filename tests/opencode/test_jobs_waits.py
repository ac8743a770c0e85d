"""What prompts in bulk wait for is told, once each."""

import asyncio
import time

from ocprov.opencode.bulk.waits import listen
from ocprov.opencode.heard import activity
from ocprov.opencode.heard.activity import Activity, Wait
from ocprov.opencode.places import of
from tests.conftest import Machine


def test_each_wait_of_a_busy_conversation_is_told_once(machine: Machine) -> None:
    place = of(machine.home).make()
    mine, other = (Wait(f"per_{name}", name, "permission", "bash: ls") for name in ("ses_1", "ses_2"))
    told: list[Wait] = []

    async def heard() -> None:
        busy = {"ses_1": place}
        listening = asyncio.create_task(listen(busy, told.append, every=0.01))
        activity.write(place, Activity(True, time.time(), waits=(mine, other)))
        async with asyncio.timeout(60):
            while not told:
                await asyncio.sleep(0.01)
            later = Wait("que_2", "ses_1", "question", "which?")
            activity.write(place, Activity(True, time.time(), waits=(mine, other, later)))
            while later not in told:
                await asyncio.sleep(0.01)
        listening.cancel()
        assert told == [mine, later]

    asyncio.run(heard())
