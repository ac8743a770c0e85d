"""Waiting for a server that somebody starts, and why it cannot be attached to."""

import asyncio
import time
from collections.abc import Callable
from shlex import quote

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode import password, record
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import FailedError, NotFoundError
from ocprov.opencode.look import seen
from ocprov.opencode.look.seen import Seen
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

_NAP = 0.2


async def reachable(
    place: Places, conversation: str, tell: Callable[[str], None], *, stay: bool = False
) -> Record:
    """The record of a server that answers and, where one is named, has that conversation in its directory.

    Waits for one that starts, for its `startup_timeout`; with `stay` for one that does not run too, for as long as it
    takes. OcprovError otherwise.
    """
    known = await _answering(place, tell, stay=stay)
    if conversation:
        await _require(known, conversation)
    return known


async def _answering(place: Places, tell: Callable[[str], None], *, stay: bool) -> Record:
    said, began, booted = "", 0.0, False
    while True:
        known = record.read(place)
        found = (await seen.look((known,), whole=False))[0] if known else None
        if known and found and found.answers:
            return known
        boots = found is not None and found.health == "starting"
        began = began if boots and booted else time.monotonic()
        booted = boots
        if known and boots and time.monotonic() - began < known.options.startup_timeout:
            text = f"waiting for the server of {printable(known.directory)}, which is {known.state}"
        else:
            why = _why_not(known, found) if known and found else _never_started(place)
            if not stay:
                raise why
            text = f"{why.message}: waiting until it runs ({why.hint})"
        if text != said:
            tell(text)
            said = text
        await asyncio.sleep(_NAP)


def _never_started(place: Places) -> OcprovError:
    return OcprovError(
        f"server {printable(place.name)} was not started yet",
        "ocprov server ensure starts one; or attach with --ensure",
    )


def _why_not(known: Record, found: Seen) -> OcprovError:
    shown = printable(known.directory)
    why = f": {found.why}" if found.why else ""
    stop, again = f"ocprov server stop --dir {quote(shown)}", f"ocprov server ensure --dir {quote(shown)}"
    told = {
        "starting": (f"is not ready after {known.options.startup_timeout:g} s{why}", "ocprov server logs"),
        "hung": (
            "runs and does not answer",
            f"its supervisor restarts it, if it has one; or: {stop}, then {again}",
        ),
        "foreign": (
            f"is not what answers at port {known.port}",
            f"{stop}, then {again}",
        ),
        "dead": (f"has ended{why}", again),
        "stopped": ("is stopped", again),
        "failed": (f"failed{why}", f"ocprov server logs; {again}"),
    }
    what, hint = told.get(found.health, (f"cannot be told about{why}", "ocprov server ls"))
    kind = ConflictError if found.health == "foreign" else OcprovError
    return kind(f"the server of {shown} {what}", hint)


async def _require(known: Record, conversation: str) -> None:
    shown, place = printable(conversation), printable(known.directory)
    none = OcprovError(
        f"the server of {place} has no conversation {shown}", f"ocprov chat ls --dir {quote(place)}"
    )
    async with Client(known.url, password.read(known.places), known.directory) as client:
        try:
            found = await client.get(conversation)
        except (NotFoundError, FailedError) as error:  # it fails over what does not look like an id
            raise none from error
    if found.directory != known.directory:
        raise ConflictError(
            f"conversation {shown} is of {printable(found.directory)}, not of {place}",
            f"ocprov server attach --dir {quote(printable(found.directory))} --conversation {shown}",
        )
