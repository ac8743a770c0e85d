"""What changed among a server's conversations since the last look, by their time of change."""

from collections.abc import Mapping, Sequence

from ocprov.opencode.api.client import Client
from ocprov.opencode.api.values import Info

_LIMIT = 200


class Changes:
    """How far a server's conversations have been looked at."""

    def __init__(self) -> None:
        self._mark = 0.0
        self._edge: Mapping[str, Info] = {}

    async def ask(self, client: Client, updated: float | None) -> Sequence[Info]:
        """Those that changed at or after `updated`; without it since the last call of this."""
        if updated is not None:
            return in_order(await every(client, updated))
        found = await every(client, self._mark) if self._mark else (await client.page(children=True)).items
        fresh = [one for one in found if self._is_new(one)]
        self._note(fresh)
        return in_order(fresh)

    def _is_new(self, one: Info) -> bool:
        return one.updated > self._mark or (one.updated == self._mark and self._edge.get(one.id) != one)

    def _note(self, fresh: Sequence[Info]) -> None:
        """Keep those of the last millisecond: in the same one more may change."""
        last = max((one.updated for one in fresh), default=self._mark)
        edge = {one.id: one for one in fresh if one.updated == last}
        self._edge = {**self._edge, **edge} if last == self._mark else edge
        self._mark = last


async def every(client: Client, updated: float) -> Sequence[Info]:
    """All of them: the server cuts silently at the limit."""
    limit = _LIMIT
    while len(found := await client.since(updated, limit=limit)) >= limit:
        limit *= 4
    return found


def in_order(found: Sequence[Info]) -> Sequence[Info]:
    """Oldest change first."""
    return tuple(sorted(found, key=lambda one: (one.updated, one.id)))
