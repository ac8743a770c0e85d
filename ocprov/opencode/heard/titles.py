"""Titles of conversations, asked once."""

import time
from collections.abc import Hashable

from ocprov.errors import OcprovError
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import UnreachableError
from ocprov.opencode.heard.recent import Recent
from ocprov.opencode.heard.source import Source

# A title is worth waiting for as long as nobody notices; one that does not tell is not asked for some time.
_PATIENCE = 2.0
_REST = 30.0


class Titles:
    """Titles by id, of a bounded number."""

    def __init__(self) -> None:
        self._titles: Recent[str] = Recent()
        self._clients: dict[Source, tuple[Hashable, Client]] = {}
        self._later: dict[Source, float] = {}  # when those are asked again that did not answer

    async def close(self) -> None:
        """End the connections."""
        for _, client in self._clients.values():
            await client.close()

    def note(self, conversation: str, title: str) -> None:
        """Take a title that is known."""
        self._titles.note(conversation, title)

    async def of(self, conversation: str, source: Source | None) -> str:
        """The title of a conversation on the server at `source`; its id where it has none, or nobody tells."""
        if conversation not in self._titles:
            if source and time.monotonic() < self._later.get(source, 0.0):
                return conversation
            asked = await self._asked(conversation, source) if source else ""
            self._titles.note(conversation, asked or conversation)
        return self._titles[conversation]

    async def _asked(self, conversation: str, source: Source) -> str:
        try:
            client = await self._client(source)
            return (await client.get(conversation)).title if client else ""
        except UnreachableError:
            self._later[source] = time.monotonic() + _REST
            return ""
        except OcprovError:
            return ""  # deleted, or its server is gone: the id says enough

    async def _client(self, source: Source) -> Client | None:
        """A client of what is there now, the same one until that is another."""
        known = source.look().record
        if known is None:
            return None
        now = (known.url, known.server, source.mark())
        before, client = self._clients.get(source, (None, None))
        if client is None or before != now:
            if client is not None:
                await client.close()
            client = source.client(known, _PATIENCE)
            self._clients[source] = now, client
        return client
