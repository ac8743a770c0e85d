"""Which server a conversation belongs to: that of its directory, and no other one.

Another server takes its prompts, reverts and aborts too, and knows nothing of what the first one does: answers get
mixed, and nothing is stopped.
"""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode import places, process, record
from ocprov.opencode.conversation import identified
from ocprov.opencode.failures import NotFoundError, UnreachableError
from ocprov.opencode.life import found, proof
from ocprov.opencode.record import Record
from ocprov.opencode.talk.homes import PATIENCE, Home, answering, client, of_home, runs, search


async def find(conversation: str, near: Path | None = None) -> Record:
    """The server that a conversation belongs to; `near` is the directory whose server is asked first.

    NotFoundError where nobody knows it; else a refusal, with what to start, where its server is not there to be asked.
    """
    identified(conversation)
    known = readable()
    homes, unheard = await search(conversation, _nearest_first(known, near))
    if not homes:
        raise _unknown(conversation, unheard)
    owners = [(home, of_home(known, home)) for home in homes]
    home, owner = next((pair for pair in owners if runs(pair[1])), owners[0])
    if owner is None:
        raise _lost(conversation, home)
    await refuse_silent(owner)
    return owner


def readable() -> tuple[Record, ...]:
    """Every record that can be read, by name."""
    return tuple(one for one in record.every() if isinstance(one, Record))


def expected(known: Iterable[Record]) -> tuple[Record, ...]:
    """Those that somebody wants to run: what they do not answer is missing. What was stopped is not among them."""
    return tuple(
        one
        for one in known
        if process.runs(one.server) or (one.state != "stopped" and process.runs(one.supervisor))
    )


async def of(directory: Path) -> Record:
    """The server of a real directory (`spec.real`), refused as by `find` where it is not there to be asked."""
    known = record.read(places.of(directory))
    if known is None:
        raise _without_server(f"no server of ocprov's works in {printable(str(directory))}", str(directory))
    await refuse_silent(known)
    return known


def start(directory: str) -> str:
    """The command that starts a directory's server."""
    return f"ocprov server ensure --dir {quoted(directory)}"


def quoted(directory: str) -> str:
    """A directory as a word of a command that a person is shown."""
    return shlex.quote(printable(directory))


async def refuse_silent(known: Record) -> None:
    """UnreachableError, with what to do, for a server that does not run or does not answer; one that starts is waited for."""
    how = known.reason or known.state
    if not process.runs(known.server):
        if process.runs(known.supervisor) and known.state not in ("stopped", "failed"):
            return
        gone = "not running" if known.state in ("ready", "stopped") else how
        raise _refused(known, f"is {printable(gone)}")
    if known.state != "ready":
        return
    async with client(known) as asked:
        try:
            where = await asked.where(patience=PATIENCE)
        except UnreachableError as error:
            raise UnreachableError(
                f"the server {known.name} of {printable(known.directory)} runs, and does not answer",
                f"ocprov server stop --force --dir {known.quoted}, then: {start(known.directory)}",
            ) from error
    if not proof.same(where.directory, known.directory):
        raise _refused(known, "is not the one that answers at its port")


def _refused(known: Record, how: str) -> UnreachableError:
    return UnreachableError(
        f"the server {known.name} of {printable(known.directory)} {how}",
        start(known.directory),
    )


def _nearest_first(known: Sequence[Record], near: Path | None) -> Sequence[Record]:
    name = places.of(near).name if near else ""
    return sorted(known, key=lambda one: one.name != name)


def _unknown(conversation: str, unheard: Sequence[str]) -> OcprovError:
    if unheard:
        return UnreachableError(
            f"conversation {conversation} was not found, and not all could be asked: {unheard[0]}",
            "ocprov server ls",
        )
    return NotFoundError(f"there is no conversation {conversation}", "ocprov chat ls")


def _lost(conversation: str, home: Home) -> OcprovError:
    """Why there is no server for a conversation that there is."""
    shown = printable(home.directory)
    other = record.read(places.of(Path(home.directory)))
    if other is None:
        return _without_server(
            f"conversation {conversation} is of {shown}, where no server runs", home.directory
        )
    return UnreachableError(
        f"conversation {conversation} is of {shown}, whose server {other.name} has other data: its isolation is "
        f"{other.options.isolation}",
        f"ocprov server stop --dir {quoted(home.directory)}, then: {start(home.directory)} --isolation shared",
    )


def _without_server(what: str, directory: str) -> OcprovError:
    hand = next(iter(found.by_hand(Path(directory)) or ()), None)
    if hand is not None:
        return ConflictError(
            f"{what}, but `{printable(hand.command)}` does, started by hand (process {hand.pid})",
            f"end that one, then: {start(directory)}",
        )
    above = [one.directory for one in answering(readable()) if Path(directory).is_relative_to(one.directory)]
    if above:
        return UnreachableError(what, f"one works above it: --dir {quoted(max(above, key=len))}")
    return UnreachableError(what, start(directory))
