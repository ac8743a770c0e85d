"""The process of a server that a supervisor has: started by it, or found."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from ocprov.opencode import process
from ocprov.opencode.record import Process

if TYPE_CHECKING:
    from subprocess import Popen

_PATIENCE = 5.0
_EVERY = 0.5


class Serving:
    """A server's process; `child` is what was started, None for one that was found."""

    def __init__(self, known: Process, child: "Popen[bytes] | None" = None) -> None:
        self.process = known
        self._child = child

    def lives(self) -> bool:
        """Whether it runs."""
        return process.runs(self.process)

    async def gone(self) -> None:
        """Return when it has ended, however it did."""
        try:
            descriptor = os.pidfd_open(self.process.pid)
        except (OSError, AttributeError):  # it is gone already, or this is no Linux
            while self.lives():
                await asyncio.sleep(_EVERY)
            return
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, ended.set)
        try:
            if self.lives():
                await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)

    async def end(self, patience: float = _PATIENCE) -> None:
        """End it: asked first, killed after `patience` seconds, with what is left of its process group."""
        await asyncio.to_thread(process.end, self.process, patience, group=True)
        self.how()

    def how(self) -> str:
        """How it ended, in words; what it left in its process group is killed."""
        if self._child is None:
            return "ended"
        if not self.lives() and self._child.returncode is None:
            # Before it is waited for: until then no other process group can have its number.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
        code = self._child.poll()
        if code is None:
            return "does not end"
        return f"ended with code {code}" if code >= 0 else f"was killed by {_signal(-code)}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
