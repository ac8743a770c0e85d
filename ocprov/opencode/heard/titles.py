"""Titles of conversations, asked once."""

from ocprov.errors import OcprovError
from ocprov.opencode import password, record
from ocprov.opencode.api.client import Client
from ocprov.opencode.heard.recent import Recent
from ocprov.opencode.places import Places

# A title is worth waiting for as long as nobody notices.
_PATIENCE = 2.0


class Titles:
    """Titles by id, of a bounded number."""

    def __init__(self) -> None:
        self._titles: Recent[str] = Recent()
        self._clients: dict[Places, tuple[str, Client]] = {}

    async def close(self) -> None:
        """End the connections."""
        for _, client in self._clients.values():
            await client.close()

    def note(self, conversation: str, title: str) -> None:
        """Take a title that is known."""
        self._titles.note(conversation, title)

    async def of(self, conversation: str, place: Places) -> str:
        """The title of a conversation on the server at `place`; its id where it has none, or nobody tells."""
        if conversation not in self._titles:
            self._titles.note(conversation, await self._asked(conversation, place) or conversation)
        return self._titles[conversation]

    async def _asked(self, conversation: str, place: Places) -> str:
        try:
            client = await self._client(place)
            return (await client.get(conversation)).title if client else ""
        except OcprovError:
            return ""  # deleted, or its server is gone: the id says enough

    async def _client(self, place: Places) -> Client | None:
        known = record.read(place)
        if known is None or not known.url:
            return None
        url, client = self._clients.get(place, ("", None))
        if client is None or url != known.url:
            if client is not None:
                await client.close()
            client = Client(known.url, password.read(place), known.directory, timeout=_PATIENCE)
            self._clients[place] = (known.url, client)
        return client
