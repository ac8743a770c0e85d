"""Whether a server works, asked before it is ended."""

import asyncio

from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.opencode import password
from ocprov.opencode.api.client import Client
from ocprov.opencode.failures import ServerError
from ocprov.opencode.record import Record

_PATIENCE = 10.0  # a busy machine is no reason to call a server hung
_NAMED = 3


def refuse(known: Record) -> None:
    """ConflictError, which names them, where conversations of that server are busy; also where it does not tell."""
    try:
        secret = password.read(known.places)
    except OcprovError as error:
        raise ConflictError(
            f"{error.message}; so server {known.name} cannot be asked whether it is busy",
            f"end it all the same: ocprov server stop --force {known.name}",
        ) from error
    try:
        busy = asyncio.run(_busy(known, secret))
    except (ServerError, TimeoutError) as error:
        if known.state == "starting":
            return  # it has been sent nothing yet
        raise ConflictError(
            f"server {known.name} runs and does not tell whether a conversation is busy",
            f"end it all the same: ocprov server stop --force {known.name}",
        ) from error
    if busy:
        more = f" and {len(busy) - _NAMED} more" if len(busy) > _NAMED else ""
        raise ConflictError(
            f"server {known.name} is busy: {', '.join(busy[:_NAMED])}{more}",
            f"wait, or: ocprov chat abort ID; or: ocprov server stop --force {known.name}",
        )


async def _busy(known: Record, secret: str) -> list[str]:
    """The busy conversations, each with its title."""
    async with asyncio.timeout(_PATIENCE * 2):
        async with Client(known.url, secret, known.directory, timeout=_PATIENCE) as client:
            names = sorted(await client.status())
            titles = {name: (await client.get(name)).title for name in names[:_NAMED]}
    return [f"{name} ({printable(titles[name])})" if name in titles else name for name in names]
