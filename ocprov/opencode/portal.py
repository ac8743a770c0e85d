"""A loop in a thread of its own, for callers that have none."""

import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from types import TracebackType

    from anyio import CancelScope
    from anyio.from_thread import BlockingPortal

T = TypeVar("T")

# For what is cancelled to end its connections.
_UNWINDING = 5.0


class Portal:
    """The thread, which runs while the context is open. What is interrupted here (Ctrl-C) is cancelled there."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(start_blocking_portal("asyncio"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        self._portal = None
        self._stack.__exit__(kind, error, trace)

    def run(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives, waited for."""
        portal = self._open()
        call = _Call(ask)
        try:
            return portal.start_task_soon(call).result()
        except BaseException:  # Ctrl-C above all: what was asked ends with who asked
            # It may come in start_task_soon itself, when the call runs and nobody holds its future.
            if not call.ended.is_set():
                portal.start_task_soon(call.give_up)
                call.ended.wait(_UNWINDING)
            raise

    def each(self, found: AsyncIterator[T]) -> Iterator[T]:
        """Its items, as they come; where it is a generator it is closed when the caller stops."""
        try:
            while True:
                items = self.run(lambda: _next(found))
                if not items:
                    return
                yield from items
        finally:
            if isinstance(found, AsyncGenerator):
                self.run(found.aclose)

    def context(self, manager: AbstractAsyncContextManager[T]) -> AbstractContextManager[T]:
        """The context of it."""
        return self._open().wrap_async_context_manager(manager)

    def _open(self) -> "BlockingPortal":
        if self._portal is None:
            raise OcprovError("the server is not open", "use it in a `with` block")
        return self._portal


class _Call(Generic[T]):
    """One call in the loop, which can be given up from the moment it is handed over."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self.ended = threading.Event()
        self._ask = ask
        self._given_up = False
        self._scope: CancelScope | None = None

    async def __call__(self) -> T:
        from anyio import CancelScope

        try:
            with CancelScope() as self._scope:
                if self._given_up:
                    self._scope.cancel()
                return await self._ask()
            raise CancelledError
        finally:
            self.ended.set()

    async def give_up(self) -> None:
        self._given_up = True
        if self._scope is None:
            self.ended.set()
        else:
            self._scope.cancel()


async def _next(found: AsyncIterator[T]) -> tuple[T, ...]:
    """The next item, or none."""
    async for item in found:
        return (item,)
    return ()
