"""Work that ends properly when a signal ends it."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def until_signal(work: Coroutine[Any, Any, None]) -> int:
    """Wait for the work, which is cancelled when a signal comes; the signal's number, 0 where none came."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def end(number: int) -> None:
        heard.append(number)
        task.cancel()

    # nohup's SIGHUP stays ignored
    ours = [number for number in _NUMBERS if signal.getsignal(number) != signal.SIG_IGN]
    for number in ours:
        loop.add_signal_handler(number, end, number)
    try:
        await task
    except asyncio.CancelledError:
        if not heard:
            raise
        return heard[0]
    finally:
        for number in ours:
            loop.remove_signal_handler(number)
    return 0
