"""The servers that the prompts of a file go to, each found once."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from ocprov.core.names import printable
from ocprov.opencode import places, record
from ocprov.opencode.bulk.jobs import Prompt
from ocprov.opencode.failures import UnreachableError
from ocprov.opencode.record import Record
from ocprov.opencode.server import Server
from ocprov.opencode.talk import owner


class Owners:
    """Of a directory its own server, of a conversation the one that it belongs to; an async context manager."""

    def __init__(self) -> None:
        self._servers: dict[str, Server] = {}
        self._directories: dict[str, str] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def of(self, prompt: Prompt) -> Server:
        """The server of a prompt; OcprovError where it is not there to be asked."""
        known = None
        directory = prompt.directory
        if prompt.conversation:
            directory = self._directories.get(prompt.conversation, "")
        if not directory:
            known = await owner.find(prompt.conversation)
            directory = self._directories[prompt.conversation] = known.directory
        if directory not in self._servers:
            server = Server.of(known or await _running(Path(directory)))
            self._servers[directory] = await self._open.enter_async_context(server)
        return self._servers[directory]


async def _running(directory: Path) -> Record:
    known = record.read(places.of(directory))
    if known is None:
        shown = printable(str(directory))
        raise UnreachableError(f"no server runs in {shown}", f"ocprov server ensure --dir {shown}")
    await owner.refuse_silent(known)
    return known
