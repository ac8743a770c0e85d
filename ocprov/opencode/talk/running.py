"""Running what is no prompt in a conversation, once: nobody can tell whether it may be done a second time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode.api import ident
from ocprov.opencode.api.client import PAGE, Client
from ocprov.opencode.api.values import Message
from ocprov.opencode.failures import UnreachableError
from ocprov.opencode.talk import shell
from ocprov.opencode.talk.link import Link
from ocprov.opencode.talk.sending import idle, own, settled
from ocprov.opencode.talk.shell import Asked, Ran

# OpenCode finds one by itself where none is named; it is like sh.
_SHELL = "/bin/sh"


async def line(link: Link, conversation: str, text: str, agent: str, limit: int) -> Ran:
    """Run a line of shell; UnreachableError when the connection was lost and the messages do not tell what came of it."""
    client = await link.ready()
    spill = link.record.places.tmp / f"line-{ident.message()}"
    asked = shell.encode(text, spill, _program(link.process.pid))
    with _spilled(asked, spill):
        try:
            found = await client.shell(conversation, asked.line, agent=agent)
        except UnreachableError as error:
            link.doubt()
            client = await link.ready()
            await idle(client, conversation)
            found = await _found(client, conversation, asked, error)
    return shell.decode(asked, found, limit)


async def command(link: Link, conversation: str, name: str, arguments: str) -> Message:
    """Run a command of OpenCode's; UnreachableError as `line`."""
    client, message = await link.ready(), ident.message()
    try:
        told = await client.command(conversation, name, arguments, message=message)
        return await own(link, conversation, message, told)
    except UnreachableError as error:
        link.doubt()
        found = await settled(await link.ready(), conversation, message)
        if not found:
            raise _unknown(conversation) from error
        return found


def _program(pid: int) -> str:
    """The shell of a server: as it was started with, where the system tells that, else this process's."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return os.environ.get("SHELL") or _SHELL
    found = next((one[6:] for one in variables if one.startswith(b"SHELL=")), b"")
    return os.fsdecode(found) or _SHELL


async def _found(client: Client, conversation: str, asked: Asked, error: UnreachableError) -> Message:
    """The message in which the line was run."""
    for one in reversed((await client.messages(conversation, limit=PAGE)).items):
        if any(asked.marker in str(part.given.get("command", "")) for part in one.parts):
            return one
    raise _unknown(conversation) from error


def _unknown(conversation: str) -> UnreachableError:
    return UnreachableError(
        "the connection was lost, and whether it ran cannot be told", f"ocprov chat show {conversation}"
    )


@contextmanager
def _spilled(asked: Asked, path: Path) -> Iterator[None]:
    """The file of a long line, in the server's TMPDIR, which is emptied when that starts."""
    if asked.content is not None:
        _write(path, asked.content)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise OcprovError(f"cannot write {path}: {error.strerror}", f"df -h {path.parent}") from error
