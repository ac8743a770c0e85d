"""Many programs at once, each with a time limit of its own, and a bound to what is kept of what it prints."""

import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from ocprov.core.value import dataclass
from ocprov.fleet.ssh import missing

# As many as a small limit of open files allows; the others wait for their turn.
AT_ONCE = 64
LARGEST = 8 * 1024 * 1024
_LARGEST_TALK = 64 * 1024
_CHUNK = 1 << 16
# An ssh that goes on as a master of connections keeps its stderr open: that it ended is looked for, not listened to.
_NAP = 0.01
# BatchMode does not reach the ssh to a jump host, which would ask in a window where there is no terminal.
_NOBODY_ASKED = {"SSH_ASKPASS_REQUIRE": "never"}
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a program: its exit code, None where it was ended for taking too long, and what it printed.

    `whole` is whether that is all: a program that prints more than LARGEST is ended.
    """

    code: int | None
    out: str
    err: str
    whole: bool = True


class _Running:
    """One program that runs, in a session of its own: the terminal's Ctrl-C is for us, who end it with all it started."""

    def __init__(self, place: int, arguments: Sequence[str], limit: float) -> None:
        self.place = place
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **_NOBODY_ASKED},
            start_new_session=True,
        )
        self.deadline = time.monotonic() + limit
        self.streams = [stream.fileno() for stream in self._pipes()]
        self.out: list[bytes] = []
        self.err: list[bytes] = []
        self.size = 0
        self.closed = False
        for stream in self.streams:
            os.set_blocking(stream, False)

    def _pipes(self) -> list[IO[bytes]]:
        """Its stdout and stderr."""
        return [pipe for pipe in (self.process.stdout, self.process.stderr) if pipe]

    def read(self, stream: int) -> bool:
        """Take what it printed; whether there may be more."""
        try:
            piece = os.read(stream, _CHUNK)
        except BlockingIOError:
            return True
        if stream == self.streams[1]:
            if sum(map(len, self.err)) < _LARGEST_TALK:
                self.err.append(piece)
        else:
            self.out.append(piece)
            self.size += len(piece)
            self.closed = not piece
        return bool(piece)

    def over(self) -> bool:
        """Whether nothing more is to be expected of it."""
        return (self.closed and self.process.poll() is not None) or not self.lasts()

    def lasts(self) -> bool:
        """Whether it is within its limits."""
        return time.monotonic() < self.deadline and self.size <= LARGEST

    def ended(self) -> Ended:
        """What became of it; it is ended, where it has not."""
        whole = self.size <= LARGEST
        code = self.process.poll()
        self.end()
        out, err = (b"".join(pieces).decode("utf-8", "replace") for pieces in (self.out, self.err))
        return Ended(code, out, err, whole)

    def end(self) -> None:
        """Kill it with all that it started, and let its streams go."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):  # it ended meanwhile
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pipe in self._pipes():
            pipe.close()


def run(programs: Sequence[Sequence[str]], limit: float) -> list[Ended]:
    """What became of each, in their order; `limit` is seconds for each of them. OcprovError where one does not start.

    Whatever ends this, an exception too, ends them.
    """
    found: dict[int, Ended] = {}
    waiting = list(enumerate(programs))[::-1]
    running: dict[int, _Running] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    _start(*waiting.pop(), limit, running, selector)
                _listen(selector, running)
                for one in [one for one in running.values() if one.over()]:
                    _forget(selector, one)
                    found[one.place] = running.pop(one.place).ended()
        finally:
            with _unbroken():
                for one in running.values():
                    one.end()
    return [found[place] for place in range(len(programs))]


@contextmanager
def _unbroken() -> Iterator[None]:
    """Ctrl-C, or a kill, waits for the end of this: a program that is started and not known yet would go on for ever."""
    late: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDING}
    ours = {number: handler for number, handler in before.items() if callable(handler)}
    for number in ours:
        signal.signal(number, lambda number, _: late.append(number))
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)
        if late:
            signal.raise_signal(late[0])


def _start(
    place: int,
    arguments: Sequence[str],
    limit: float,
    running: dict[int, _Running],
    selector: selectors.BaseSelector,
) -> None:
    try:
        with _unbroken():
            one = running[place] = _Running(place, arguments, limit)
    except OSError as error:
        raise missing(arguments[0], error) from error
    for stream in one.streams:
        selector.register(stream, selectors.EVENT_READ, one)


def _listen(selector: selectors.BaseSelector, running: dict[int, _Running]) -> None:
    """Take what was printed, until something was, or the first limit is reached."""
    first = min(one.deadline for one in running.values())
    ending = any(one.closed for one in running.values())
    patience = _NAP if ending else max(0.0, first - time.monotonic())
    for key, _ in selector.select(patience):
        if not key.data.read(key.fd):
            selector.unregister(key.fd)


def _forget(selector: selectors.BaseSelector, one: _Running) -> None:
    """Read what is still there to be read, and listen no more."""
    known = selector.get_map()
    for stream in [stream for stream in one.streams if stream in known]:
        while one.read(stream) and _ready(stream):
            pass
        selector.unregister(stream)


def _ready(stream: int) -> bool:
    """Whether something waits to be read."""
    return bool(select.select([stream], [], [], 0)[0])
