"""The same for programs without a loop: `with blocking.Server.ensure(spec) as server: …`."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

from ocprov.opencode import pool, server
from ocprov.opencode.api.client import PAGE
from ocprov.opencode.api.values import Info, Known, Page
from ocprov.opencode.blocking_conversation import Conversation
from ocprov.opencode.heard import feed
from ocprov.opencode.heard.event import Event
from ocprov.opencode.places import Places
from ocprov.opencode.pool import MAX
from ocprov.opencode.portal import Portal
from ocprov.opencode.record import Record
from ocprov.opencode.spec import ServerSpec

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Conversation", "Pool", "Server", "events"]


class Server:
    """As `ocprov.opencode.Server`. A context manager: its connections live in a thread, which ends with the block."""

    def __init__(self, inner: server.Server) -> None:
        self.inner = inner
        self.portal = Portal()

    @classmethod
    def ensure(cls, spec: ServerSpec, *, wait: float = 60) -> Self:
        """The server of the spec's directory, started where it does not run."""
        return cls(server.Server.started(spec, wait=wait))

    @classmethod
    def of(cls, known: Record) -> Self:
        """The server of a record; nothing is started."""
        return cls(server.Server.of(known))

    @property
    def record(self) -> Record:
        """What is known of it, as it was read last."""
        return self.inner.record

    def __enter__(self) -> Self:
        self.portal.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        try:
            self.portal.run(self.inner.__aexit__)
        finally:
            self.portal.__exit__(kind, error, trace)

    def stop(self, *, delete: bool = False) -> None:
        """Stop it, whatever it works on; `delete`: and remove its state directory."""
        self.portal.run(partial(self.inner.stop, delete=delete))

    def known(self, *, fresh: bool = False) -> Known:
        """Its models, agents and commands; fetched once."""
        return self.portal.run(partial(self.inner.known, fresh=fresh))

    def page(self, *, limit: int = PAGE, cursor: str = "", search: str = "", children: bool = False) -> Page:
        """Conversations of its directory, those that changed last first."""
        ask = partial(self.inner.page, limit=limit, cursor=cursor, search=search, children=children)
        return self.portal.run(ask)

    def since(self, updated: float | None = None) -> Sequence[Info]:
        """Conversations that changed at or after `updated`, or since the last call."""
        return self.portal.run(partial(self.inner.since, updated))

    def create(self, title: str = "", model: str = "", agent: str = "") -> Conversation:
        """A new conversation."""
        return Conversation(self.portal, self.portal.run(partial(self.inner.create, title, model, agent)))

    def conversation(self, name: str) -> Conversation:
        """The conversation of that id."""
        return Conversation(self.portal, self.inner.conversation(name))


class Pool:
    """As `ocprov.opencode.Pool`, for several threads; a context manager within that of its server."""

    def __init__(
        self,
        server: Server,
        max_conversations: int = MAX,
        *,
        title: str = "",
        model: str = "",
        agent: str = "",
        delete: bool = False,
    ) -> None:
        self.server = server
        self._pool = pool.Pool(
            server.inner, max_conversations, title=title, model=model, agent=agent, delete=delete
        )

    @property
    def idle(self) -> tuple[str, ...]:
        """The ids of those that nobody uses, the one used longest ago first."""
        return self._pool.idle

    @property
    def used(self) -> frozenset[str]:
        """The ids of those in use."""
        return self._pool.used

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.portal.run(self._pool.__aexit__)

    @contextmanager
    def conversation(self, name: str = "", *, fresh: bool = False) -> Iterator[Conversation]:
        """The one of that id, or an idle one, or a new one; waits while all are in use."""
        portal = self.server.portal
        with portal.context(self._pool.conversation(name, fresh=fresh)) as found:
            yield Conversation(portal, found)

    def cleanup(self) -> tuple[str, ...]:
        """Forget idle ones that cannot be used; their ids."""
        return self.server.portal.run(self._pool.cleanup)


def events(
    chosen: Collection[Places] | None = None, *, wanted: Callable[[Event], bool] | None = None
) -> Iterator[Event]:
    """The events of all servers, or of the `chosen` ones, as they come, for ever; see `ocprov.opencode.events`."""
    with Portal() as portal:
        yield from portal.each(feed.feed(chosen, wanted=wanted))
