"""The master of ssh connections to a host: asked for forwards of the host's loopback, without another connection."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ocprov.errors import OcprovError
from ocprov.fleet.reply import why_not
from ocprov.fleet.ssh import Ssh, missing
from ocprov.fleet.targets import Target
from ocprov.opencode.spec import LOOPBACK

# Seconds for what asks no host.
_LIMIT = 10.0
_NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Control:
    """A master, by the socket that it listens at; `shared` is one of the user's own."""

    program: tuple[str, ...]
    path: str
    shared: bool = False

    async def runs(self) -> bool:
        """Whether somebody answers there."""
        code, _ = await asked((*self._words("check"), "--", _NOBODY))
        return code == 0

    async def forward(self, ports: Mapping[str, int]) -> None:
        """Let a Unix socket lead to each port of the host's loopback; OcprovError with why not."""
        code, said = await asked((*self._words("forward"), *_forwards(ports), "--", _NOBODY))
        if code != 0:
            raise OcprovError(f"ssh forwards nothing: {why_not(said) or code}", "ssh -v HOST tells more")

    async def cancel(self, ports: Mapping[str, int]) -> None:
        """Take forwards back; a master that is gone has none."""
        if ports:
            await asked((*self._words("cancel"), *_forwards(ports), "--", _NOBODY))
        for path in ports:
            with suppress(OSError):  # what is left goes with its folder
                os.unlink(path)  # noqa: PTH108 # the name is text already

    def _words(self, what: str) -> tuple[str, ...]:
        """Without the user's configuration, whose own forwards would be asked for, or cancelled, too."""
        return (*self.program, "-F", "none", "-S", self.path, "-O", what)


async def users(ssh: Ssh, target: Target) -> Control | None:
    """The master that the user has for that host, where one runs: who got in there once need not do so again."""
    code, said = await asked(ssh.batch(target, "", "-G"))
    found = next((line[12:] for line in said.splitlines() if line.startswith("controlpath ")), _NOBODY)
    if code != 0 or found == _NOBODY:
        return None
    control = Control(ssh.program, found, shared=True)
    return control if await control.runs() else None


async def asked(arguments: Sequence[str], limit: float = _LIMIT) -> tuple[int | None, str]:
    """The exit code of a program and what it printed; None where it took too long, and was ended."""
    process = await started(arguments, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.STDOUT)
    try:
        async with asyncio.timeout(limit):
            out, _ = await process.communicate()
    except TimeoutError:
        return None, ""
    finally:
        await end(process)
    return process.returncode, out.decode(errors="replace")


async def started(
    arguments: Sequence[str], *, stdin: int, stderr: int, limit: int = 1 << 16
) -> asyncio.subprocess.Process:
    """A program in a session of its own: the terminal's Ctrl-C is for us. OcprovError where it does not start."""
    try:
        return await asyncio.create_subprocess_exec(
            *arguments,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            limit=limit,
        )
    except OSError as error:
        raise missing(arguments[0], error) from error


async def end(process: asyncio.subprocess.Process, patience: float = 2.0) -> None:
    """End it with all that it started; killed where it has not ended after `patience` seconds, or nobody waits so long."""
    try:
        await _ended(process, signal.SIGTERM, patience)
    finally:
        await _ended(process, signal.SIGKILL, patience)


async def _ended(process: asyncio.subprocess.Process, number: signal.Signals, patience: float) -> None:
    """What nobody read of what it printed is read too: Python takes it for running, and complains at the end, else."""
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it ended meanwhile
            os.killpg(process.pid, number)
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(patience):
            while process.stdout and await process.stdout.read(1 << 16):
                pass
            await process.wait()


def _forwards(ports: Mapping[str, int]) -> list[str]:
    return [word for path, port in ports.items() for word in ("-L", f"{path}:{LOOPBACK}:{port}")]
