"""A program that is started, told something, and listened to until it ends.

As subprocess has it, whose import alone takes longer than a tmux client that reads a whole server.
"""

import os
import select
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CHUNK = 1 << 16
_LONGEST_NAP = 0.05

# The same on every system there is; `signal` and its enumerations take longer to import than a program to start.
_SIGKILL = 9
_SIGPIPE = 13
_SIGXFSZ = 25


class Child:
    """A program of the PATH, in the directory `cwd`; it is over, or killed, when its `with` is left.

    OSError where it cannot be started, with the program or `cwd` as `filename`. The standard streams of this process
    have to be open, on whatever.
    """

    def __init__(
        self, arguments: "Sequence[str]", environment: "Mapping[str, str]", stdin: bytes, cwd: str | None
    ) -> None:
        self.code: int | None = None
        self._left = memoryview(stdin)
        theirs_in, self._in = os.pipe()  # no end of it is inherited but where it is put into place
        self._out, theirs_out = os.pipe()
        self._err, theirs_err = os.pipe()
        self._printed: dict[int, list[bytes]] = {self._out: [], self._err: []}
        self._poll = select.poll()
        self._open = {self._in: select.POLLOUT, self._out: select.POLLIN, self._err: select.POLLIN}
        for descriptor, event in self._open.items():
            self._poll.register(descriptor, event)
        os.set_blocking(self._in, False)
        try:
            self._pid = _spawned_in(cwd, arguments, environment, (theirs_in, theirs_out, theirs_err))
        except BaseException:  # also of Ctrl-C: no descriptor of ours stays open
            self._close(*self._open)
            raise
        finally:
            for theirs in (theirs_in, theirs_out, theirs_err):
                os.close(theirs)

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self._close(*self._open)
        if self.code is None:
            # Where whoever called us ignores SIGCHLD, the system itself reaps what has ended.
            try:
                os.kill(self._pid, _SIGKILL)
                os.waitpid(self._pid, 0)
            except (ProcessLookupError, ChildProcessError):
                return  # where the system itself reaps what has ended

    @property
    def out(self) -> str:
        """What it has printed so far."""
        return b"".join(self._printed[self._out]).decode("utf-8", "replace")

    @property
    def err(self) -> str:
        """What it has complained of so far."""
        return b"".join(self._printed[self._err]).decode("utf-8", "replace")

    def ends(self, seconds: float) -> bool:
        """Whether it is over within that time; when it is not, it can be asked again. Sets `code`."""
        deadline = time.monotonic() + seconds
        while self._open:
            events = self._poll.poll(max(0, deadline - time.monotonic()) * 1000)
            if not events:
                return False
            for descriptor, _ in events:
                if descriptor == self._in:
                    self._write()
                else:
                    self._read(descriptor)
        return self._reaped(deadline)

    def _write(self) -> None:
        try:
            self._left = self._left[os.write(self._in, self._left[:_CHUNK]) :]
        except BrokenPipeError:  # it reads no more; what it says tells why
            self._left = self._left[:0]
        if not self._left:
            self._close(self._in)

    def _read(self, descriptor: int) -> None:
        chunk = os.read(descriptor, _CHUNK)
        self._printed[descriptor].append(chunk)
        if not chunk:
            self._close(descriptor)

    def _reaped(self, deadline: float) -> bool:
        nap = 0.0005
        while self.code is None:
            try:
                pid, status = os.waitpid(self._pid, os.WNOHANG)
            except ChildProcessError:
                # Whoever called us ignores SIGCHLD, so the system reaped it: what it complained of has to tell.
                pid, status = self._pid, 256 if self.err else 0
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                return False
            else:
                time.sleep(nap)
                nap = min(nap * 2, _LONGEST_NAP)
        return True

    def _close(self, *descriptors: int) -> None:
        for descriptor in descriptors:
            del self._open[descriptor]
            self._poll.unregister(descriptor)
            os.close(descriptor)


def _spawned(
    arguments: "Sequence[str]", environment: "Mapping[str, str]", streams: tuple[int, int, int]
) -> int:
    actions: list[tuple[int, ...]] = [
        (os.POSIX_SPAWN_DUP2, theirs, place) for place, theirs in enumerate(streams)
    ]
    actions += [(os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _open_ones() if _inherited(descriptor)]
    # Python ignores these signals, and that would be inherited.
    reset = [_SIGPIPE, _SIGXFSZ]
    return os.posix_spawnp(arguments[0], [*arguments], environment, file_actions=actions, setsigdef=reset)


def _open_ones() -> list[int]:
    """The descriptors beyond the standard ones; whoever called us may have left some open."""
    try:
        return [int(name) for name in os.listdir("/dev/fd") if int(name) > 2]
    except OSError:
        return [*range(3, 256)]


def _inherited(descriptor: int) -> bool:
    """Whether a program would get this one: a tmux server would keep it open for ever."""
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False


def _spawned_in(
    directory: str | None,
    arguments: "Sequence[str]",
    environment: "Mapping[str, str]",
    streams: tuple[int, int, int],
) -> int:
    """Be in a directory for a moment, which is how a program that is spawned gets there."""
    if directory is None:
        return _spawned(arguments, environment, streams)
    here = _here()
    try:
        os.chdir(directory)
        return _spawned(arguments, environment, streams)
    finally:
        if here is not None:
            os.fchdir(here)
            os.close(here)


def _here() -> int | None:
    """Where we are, be it removed by now; None for where we may not be, and so need not come back to."""
    try:
        return os.open(os.curdir, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY)
    except PermissionError:
        return None
