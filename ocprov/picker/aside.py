"""Looking at what may take long, for a picker or a view that can be left meanwhile."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def aside(look: Callable[[], T]) -> T:
    """What `look` answers or raises, from a thread of its own, for which the end of the program does not wait.

    An executor's threads are waited for: a tmux that hangs would keep a person who leaves from leaving.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def told(done: Callable[[], None]) -> None:
        if not answer.done():  # else it was left meanwhile
            done()

    def work() -> None:
        try:
            found = look()
        except Exception as error:  # for whoever waits
            problem = error
            _call(loop, lambda: told(lambda: answer.set_exception(problem)))
        else:
            _call(loop, lambda: told(lambda: answer.set_result(found)))

    threading.Thread(target=work, daemon=True).start()
    return await answer


def _call(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(what)
