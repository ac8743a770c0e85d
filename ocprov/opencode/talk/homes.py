"""Where a conversation is: asked of the servers, or read in their data where none of those answers."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode import password, process
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import NotFoundError
from ocprov.opencode.record import Record
from ocprov.opencode.talk import stored

# Seconds that a server has for an answer: all it does for it is to look into its database.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Home:
    """Where a conversation is: its directory, and the database that has it."""

    directory: str
    database: Path


async def search(conversation: str, known: Sequence[Record]) -> tuple[list[Home], list[str]]:
    """Where it is, until its server runs; and which data nobody could look into. A server that hangs holds up no other."""
    databases = dict.fromkeys([*map(stored.database, known), stored.shared()])
    asked = [asyncio.create_task(_home(conversation, one, answering(known))) for one in databases]
    homes: list[Home] = []
    unheard: list[str] = []
    try:
        for answer in asyncio.as_completed(asked):
            try:
                home = await answer
            except OcprovError as error:
                unheard.append(error.message)
                continue
            homes += [home] if home else []
            if home and runs(of_home(known, home)):
                break
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    return homes, unheard


async def _home(conversation: str, database: Path, known: Sequence[Record]) -> Home | None:
    """By the first server on a database that answers, else by the database itself."""
    for one in known:
        if stored.database(one) == database:
            try:
                async with client(one) as asked:
                    return Home((await asked.get(conversation)).directory, database)
            except NotFoundError:
                return None
            except OcprovError:
                continue  # the next one has the same data, and then there is the file
    directory = await asyncio.to_thread(stored.directory, database, conversation)
    return Home(directory, database) if directory else None


def of_home(known: Iterable[Record], home: Home) -> Record | None:
    """The server of the directory, where it has that data."""
    mine = (one for one in known if one.directory == home.directory)
    return next((one for one in mine if stored.database(one) == home.database), None)


def runs(known: Record | None) -> bool:
    """Whether there is a server, and it runs."""
    return known is not None and process.runs(known.server)


def answering(known: Iterable[Record]) -> tuple[Record, ...]:
    """Those whose server runs and was ready last."""
    return tuple(one for one in known if one.state == "ready" and process.runs(one.server))


def client(known: Record) -> Client:
    """A client that does not wait for long."""
    return Client(known.url, password.read(known.places), known.directory, timeout=PATIENCE)
