"""Lines to stdout from a program that has other things to do while nobody reads them."""

import asyncio
import os
import select
import stat
import sys

import click

# A pipe that takes anything takes as much as this at once (POSIX's PIPE_BUF on Linux; others take 512 and more).
_AT_ONCE = 512


class Outgoing:
    """Writes to a pipe or a terminal as it takes it, and lets the loop run meanwhile; in colour as Click would."""

    def __init__(self, color: bool | None = None) -> None:
        self._plain = not (sys.stdout.isatty() if color is None else color)
        self._poll = select.poll()
        try:
            self._fd = sys.stdout.fileno()
            blocks = not stat.S_ISREG(os.fstat(self._fd).st_mode)
        except (OSError, ValueError):
            blocks = False  # no file: a test's
        self._blocks = blocks
        if blocks:
            self._poll.register(self._fd, select.POLLOUT)

    async def line(self, text: str) -> None:
        """Write a line; BrokenPipeError when nobody is there to read it."""
        if not self._blocks:
            click.echo(text, color=not self._plain)
            return
        shown = click.unstyle(text) if self._plain else text
        left = memoryview(f"{shown}\n".encode(errors="backslashreplace"))
        while left:
            await self._room()
            left = left[os.write(self._fd, left[:_AT_ONCE]) :]

    async def gone(self, every: float) -> None:
        """Until nobody reads it any more, also while there is nothing to write; looks each `every` seconds."""
        while not any(what & select.POLLERR for _, what in self._poll.poll(0)):
            await asyncio.sleep(every)

    async def _room(self) -> None:
        if self._poll.poll(0):
            return
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_writer(self._fd, lambda: None if ready.done() else ready.set_result(None))
        try:
            await ready
        finally:
            loop.remove_writer(self._fd)
