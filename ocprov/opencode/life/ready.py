"""Waiting for a server to answer with its directory, and asking it whether it still does."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode.life.proof import same
from ocprov.opencode.record import Record
from ocprov.opencode.spec import LOOPBACK

if TYPE_CHECKING:
    from ocprov.opencode.api.client import Client

_NAP = 0.05
_SHORT, _LONG = 1.0, 5.0


async def ready(known: Record, password: str, lives: Callable[[], bool], timeout: float) -> None:
    """Return when the server answers with the record's directory.

    ForeignError when somebody else answers there, OcprovError when its process no longer `lives`, or after `timeout`
    seconds.
    """
    deadline = time.monotonic() + timeout
    listening = asyncio.create_task(_listens(known))
    from ocprov.opencode.api.client import Client  # late: it is loaded while the server starts

    patience = _SHORT
    try:
        async with Client(known.url, password, known.directory) as client:
            while not (listening.done() and await answers(client, patience)):
                # A request that comes while OpenCode starts may never be answered: a short one, and then again.
                patience = min(patience + 1, _LONG) if listening.done() else patience
                _require(known, lives, deadline, timeout)
                await asyncio.sleep(_NAP)
    finally:
        listening.cancel()


async def answers(client: "Client", patience: float) -> bool:
    """Whether it answers with its directory within `patience` seconds; ForeignError when somebody else does."""
    from ocprov.opencode.failures import ForeignError, ServerError

    try:
        async with asyncio.timeout(patience + 1):
            where = await client.where(patience)
    except ForeignError:
        raise
    except (ServerError, TimeoutError):
        return False
    if not same(where.directory, client.directory):
        raise ForeignError(
            f"the server at {client.url} works in {printable(where.directory)}", "ocprov server ls"
        )
    return True


def gone(known: Record) -> OcprovError:
    """That there is nothing to work in any more."""
    return OcprovError("its directory is gone", f"ocprov server stop --delete {known.name}")


async def _listens(known: Record) -> None:
    """Return when somebody takes connections there."""
    while True:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, known.port)
        except OSError:
            await asyncio.sleep(_NAP)
        else:
            writer.close()
            return


def _require(known: Record, lives: Callable[[], bool], deadline: float, timeout: float) -> None:
    if not Path(known.directory).is_dir():
        raise gone(known)
    if not lives():
        raise OcprovError("it ended", "ocprov server logs")
    if time.monotonic() >= deadline:
        raise OcprovError(f"it did not answer within {timeout:g} s", "ocprov server logs")
