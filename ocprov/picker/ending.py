"""A picker or a view that is killed, or whose window is closed, leaves the terminal as it was."""

import asyncio
import signal
from typing import Any

from prompt_toolkit.application import Application


def end_by_signals(app: Application[Any]) -> None:
    """Have SIGTERM and SIGHUP, unless ignored, end a running application with SystemExit.

    An exception out of a signal handler of Python's could be one of any task, which would ask for Enter.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, _end, app, number)


def _end(app: Application[Any], number: int) -> None:
    if app.future is not None and not app.future.done():
        app.exit(exception=SystemExit(128 + number))
