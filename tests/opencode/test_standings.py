"""How conversations of a server stand, asked of it."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ocprov.opencode import password
from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Info
from ocprov.opencode.heard.standing import Standing
from ocprov.opencode.talk.standings import look
from tests.conftest import Machine
from tests.opencode.peer import Peer, running

PARENT, CHILD, OTHER = "ses_parent", "ses_child", "ses_other"
BUSY = {"type": "busy"}


@pytest.fixture
def peer(machine: Machine) -> Iterator[Peer]:
    with running(machine.home) as found:
        found.sessions += [{"id": PARENT}, {"id": CHILD, "parentID": PARENT}, {"id": OTHER}]
        yield found


def said(conversation: str, *, ended: bool) -> list[dict[str, Any]]:
    at = time.time() * 1000
    times = {"created": at, "completed": at} if ended else {"created": at}
    info = {"id": "msg_1", "sessionID": conversation, "role": "assistant", "parentID": "msg_0", "time": times}
    return [{"info": info, "parts": []}]


def asks(conversation: str) -> dict[str, Any]:
    return {"id": "per_1", "sessionID": conversation, "permission": "bash", "patterns": ["ls"]}


def looked(peer: Peer, *names: str) -> Mapping[str, Standing]:
    known = peer.record()
    infos = [Info(name, "", str(peer.directory), 0, time.time()) for name in names]

    async def asked() -> Mapping[str, Standing]:
        async with Client(known.url, password.read(known.places), known.directory) as client:
            return await look(client, infos, {})

    return asyncio.run(asked())


def test_what_a_sub_agent_waits_for_its_parent_waits_for(peer: Peer) -> None:
    peer.status |= {PARENT: BUSY, CHILD: BUSY, OTHER: BUSY}
    peer.messages |= {name: said(name, ended=False) for name in (PARENT, CHILD, OTHER)}
    peer.permissions.append(asks(CHILD))
    found = looked(peer, PARENT, OTHER)
    assert {name: one.state for name, one in found.items()} == {PARENT: "waiting", OTHER: "busy"}
    assert found[PARENT].waits_for == "permission bash: ls"


def test_a_stranger_that_waits_is_nobody_here(peer: Peer) -> None:
    peer.status |= {PARENT: BUSY, OTHER: BUSY}
    peer.messages |= {name: said(name, ended=False) for name in (PARENT, OTHER)}
    peer.permissions.append(asks(OTHER))
    assert looked(peer, PARENT)[PARENT].state == "busy"


class Once(dict[str, Any]):
    """What is told once; then it is gone."""

    def items(self) -> Any:
        told = dict(self)
        self.clear()
        return told.items()


class Turning(dict[str, Any]):
    """What is told once, and then is another."""

    def __init__(self, first: Mapping[str, Any], then: Mapping[str, Any]) -> None:
        super().__init__(first)
        self._then = then

    def get(self, key: str, default: Any = None) -> Any:
        told = super().get(key, default)
        self.update(self._then)
        return told


def test_a_status_that_lags_is_asked_again(peer: Peer) -> None:
    peer.status = Once({PARENT: BUSY})
    peer.messages[PARENT] = said(PARENT, ended=True)
    assert looked(peer, PARENT)[PARENT].state == "idle"
    assert not peer.status


def test_an_answer_that_ended_between_two_questions_is_not_interrupted(peer: Peer) -> None:
    peer.messages = Turning({PARENT: said(PARENT, ended=False)}, {PARENT: said(PARENT, ended=True)})
    assert looked(peer, PARENT)[PARENT].state == "idle"


def test_what_stays_cut_off_is_interrupted(peer: Peer) -> None:
    peer.messages[PARENT] = said(PARENT, ended=False)
    assert looked(peer, PARENT)[PARENT].state == "interrupted"


def test_many_are_looked_at(peer: Peer) -> None:
    names = [f"ses_{number}" for number in range(60)]
    peer.messages |= {name: said(name, ended=True) for name in names}
    assert {one.state for one in looked(peer, *names).values()} == {"idle"}
