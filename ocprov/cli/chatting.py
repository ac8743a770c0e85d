"""What the commands on conversations have in common: their options, and how they ask the server that it belongs to."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ocprov.cli import complete_names
from ocprov.cli.prompt_text import utf8
from ocprov.errors import OcprovError

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation
    from ocprov.opencode.failures import FailedError
    from ocprov.opencode.record import Record

Function = TypeVar("Function", bound=Callable[..., Any])
T = TypeVar("T")

_SAID = 240


def near_option(function: Function) -> Function:
    """`--dir`, of a command that names its conversation by id."""
    return click.option(
        "--dir",
        "directory",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="the directory whose server is asked first  [default: this one]",
        shell_complete=complete_names.server_directories,
    )(function)


def server_option(function: Function) -> Function:
    """`--dir`, of a command that begins a conversation."""
    return click.option(
        "--dir",
        "directory",
        type=click.Path(path_type=Path),
        default=".",
        metavar="DIR",
        help="the directory whose server it is begun on  [default: this one]",
        shell_complete=complete_names.server_directories,
    )(function)


def id_argument(function: Function) -> Function:
    """`ID`, of one conversation."""
    return click.argument("conversation", metavar="ID", shell_complete=complete_names.conversations)(function)


def model_options(function: Function) -> Function:
    """`--model` and `--agent`."""
    function = click.option("--agent", default="", metavar="NAME", help="the agent that answers")(function)
    return click.option(
        "--model", default="", metavar="PROVIDER/MODEL", help="the model that answers, and from now on"
    )(function)


def talk(
    conversation: str, directory: Path | None, ask: "Callable[[Conversation], Coroutine[Any, Any, T]]"
) -> T:
    """What the conversation answers, asked of the server that it belongs to."""

    async def asked() -> T:
        from ocprov.opencode.server import Server
        from ocprov.opencode.talk import owner

        known = await owner.find(conversation, near(directory))
        async with Server.of(known) as server:
            return await explained(known, ask(server.conversation(conversation)))

    return run(asked())


def run(asked: Coroutine[Any, Any, T]) -> T:
    """Wait for an answer."""
    import asyncio

    return asyncio.run(asked)


async def explained(known: "Record", asked: Awaitable[T]) -> T:
    """The answer; a failure with what the server's log says of it."""
    from ocprov.opencode.failures import FailedError

    try:
        return await asked
    except FailedError as error:
        raise _explained(known, error) from error


def _explained(known: "Record", error: "FailedError") -> OcprovError:
    from ocprov.opencode.look import logs

    line = logs.find(known.places, error.ref) if error.ref else ""
    if not line:
        return type(error)(
            error.message,
            error.hint or f"see what it says: ocprov server logs --dir {known.quoted}",
            error.ref,
        )
    return type(error)(
        error.message,
        f"its log says: {said(line)}; all of it: grep {error.ref} {known.places.log}",
        error.ref,
    )


def said(line: str) -> str:
    """What a line of OpenCode's log says of a failure, without most of the stack."""
    found = re.search(r'cause="(.*)"', line) or re.search(r'error="(.*)"', line)
    words = " ".join((found[1] if found else line).replace("\\n", " ").split())
    return words if len(words) <= _SAID else f"{words[:_SAID]}…"


def near(directory: Path | None) -> Path | None:
    """The real directory whose server is asked first; None where this one is gone."""
    from ocprov.opencode import spec

    if directory is not None:
        return spec.real(directory)
    try:
        return Path.cwd().resolve()
    except OSError:
        return None


def stuck() -> float:
    """Seconds without an event from which a conversation that works is stuck."""
    from ocprov.settings.read import read

    return read().number("chat.stuck") * 60


async def refuse_busy(asked: "Conversation", otherwise: str = "") -> None:
    """OccupiedError where it works, with the command that does it `otherwise`: what is asked would change what it works on."""
    from ocprov.opencode.failures import OccupiedError

    state = await asked.state()
    if state.works:
        first = f"answer it (ocprov chat show {asked.id})" if state.asks else "wait for it"
        instead = otherwise or f"stop it: ocprov chat abort {asked.id}"
        raise OccupiedError(f"conversation {asked.id} is {state.state}", f"{first}, or {instead}")


@asynccontextmanager
async def begun(directory: Path, title: str, model: str, agent: str) -> "AsyncIterator[Conversation]":
    """A new conversation on the server of a directory, which has to run."""
    from ocprov.opencode import spec
    from ocprov.opencode.server import Server
    from ocprov.opencode.talk import owner

    known = await owner.of(spec.real(directory))
    async with Server.of(known) as server:
        yield await explained(known, server.create(utf8("the title", title), model, agent))
