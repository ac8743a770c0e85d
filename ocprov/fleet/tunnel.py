"""A connection of ssh to a host: lines of a command that runs there, and ports of its loopback as Unix sockets here."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ocprov.fleet import command, control, reply, served
from ocprov.fleet.control import Control
from ocprov.fleet.ssh import Ssh
from ocprov.fleet.targets import Target
from ocprov.opencode.failures import ForeignError, UnreachableError

# Bytes of the talk of ssh that are kept, the last ones.
_TALK = 16 * 1024
# Seconds for ssh to say how it ended.
_LAST_WORDS = 1.0
# Seconds between two lines, of which a host has two a second: one that floods us keeps nobody else from being heard.
_BETWEEN = 0.1
_HINT = "ocprov events tries again"
# A connection that is dead is known to be so after 15 s; INFO, as ssh says there why a forward is refused.
_OPTIONS = (
    "-T",
    "-o", "LogLevel=INFO",
    "-o", "ClearAllForwardings=yes",
    "-o", "ForwardAgent=no",
    "-o", "PermitLocalCommand=no",
    "-o", "ServerAliveInterval=5",
    "-o", "ServerAliveCountMax=3",
)  # fmt: skip


class Tunnel:
    """A connection that is open; `opened` makes it."""

    def __init__(self, process: Process, master: Control, folder: Path, limit: float, silence: float) -> None:
        self._process = process
        self._master = master
        self._folder = folder
        self._limit = limit
        self._silence = silence
        self._talk = bytearray()
        self._made = 0
        self._ports: dict[str, int] = {}
        self._hearing = asyncio.create_task(self._hear())

    @property
    def prohibited(self) -> bool:
        """Whether the host's sshd refused a forward."""
        return b"administratively prohibited" in self._talk

    async def lines(self) -> AsyncGenerator[bytes, None]:
        """The lines of the command; a ServerError that says why there are no more, or none in time."""
        try:
            async with asyncio.timeout(self._limit):
                while (await self._line()).rstrip(b"\r\n") != command.MARK.encode():
                    pass  # what the shell of the host prints at its start
                line = await self._line()
        except TimeoutError as error:
            raise UnreachableError(f"no answer within {self._limit:g} s", _HINT) from error
        while True:
            if line.strip():
                yield line
            await asyncio.sleep(_BETWEEN)
            line = await self._next()

    async def forward(self, ports: Sequence[int]) -> list[str]:
        """The paths of Unix sockets that lead to ports of the host's loopback; OcprovError with why there are none."""
        paths = [self._path() for _ in ports]
        if paths:
            new = dict(zip(paths, ports, strict=True))
            self._ports |= new  # before: a master of the user's may have made some when another fails
            await self._master.forward(new)
        return paths

    async def cancel(self, paths: Collection[str]) -> None:
        """Let sockets go."""
        await self._master.cancel({path: self._ports.pop(path) for path in paths if path in self._ports})

    async def end(self) -> None:
        """Leave nothing: a master of the user's lives on."""
        try:
            if self._master.shared:
                await self._master.cancel(self._ports)
        finally:
            await control.end(self._process)
            self._hearing.cancel()
            await asyncio.wait({self._hearing})

    async def _hear(self) -> None:
        """Keep the last of what ssh says until it ends."""
        said = self._process.stderr
        while said and (more := await said.read(4096)):
            self._talk += more
            del self._talk[:-_TALK]

    def _path(self) -> str:
        self._made += 1
        return str(self._folder / str(self._made))

    async def _next(self) -> bytes:
        """The next line; an empty one comes when there is nothing to tell."""
        try:
            async with asyncio.timeout(self._silence):
                return await self._line()
        except TimeoutError as error:
            raise UnreachableError(f"it was silent for {self._silence:g} s", _HINT) from error

    async def _line(self) -> bytes:
        read = self._process.stdout
        try:
            line = await read.readline() if read else b""
        except ValueError as error:
            raise ForeignError("it answers with a line without end", _HINT) from error
        if not line.endswith(b"\n"):
            raise UnreachableError(await self._why(), _HINT)
        return line

    async def _why(self) -> str:
        """Why it is over: ssh waits with its end for connections that it forwards, so it may have to be ended."""
        with suppress(TimeoutError):  # what it said so far is told
            async with asyncio.timeout(_LAST_WORDS):
                await self._process.wait()
                await asyncio.wait({self._hearing})
        code = self._process.returncode
        if code == command.MISSING:
            return "it has no ocprov"
        said = self._talk.decode(errors="replace")
        if code == reply.USAGE:
            return reply.other(said)
        return reply.why_not(said) or "the connection was lost"


@asynccontextmanager
async def opened(ssh: Ssh, target: Target, line: str, folder: Path, silence: float) -> AsyncIterator[Tunnel]:
    """A connection that runs a line of `command.reading` on a host; `folder` is for its sockets, and has a short path.

    Over the user's own master of connections where one runs, else over one of its own, which ends with it. `silence`:
    seconds without a line after which it is given up.
    """
    master = await control.users(ssh, target) or Control(ssh.program, str(folder / "master"))
    own = () if master.shared else ("-M", "-S", master.path, "-o", "ControlPersist=no")
    arguments = ssh.batch(target, line, *own, *_OPTIONS)
    # Its standard input stays open: that it ends tells the command there that we are gone, however we went.
    process = await control.started(arguments, stdin=PIPE, stderr=PIPE, limit=served.LONGEST)
    made = Tunnel(process, master, folder, ssh.limit, silence)
    try:
        yield made
    finally:
        await made.end()
