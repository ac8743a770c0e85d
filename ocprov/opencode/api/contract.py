"""Whether a server has what ocprov asks it, by its own description of its API."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from ocprov.opencode import password
from ocprov.opencode.api.client import ENDPOINTS, Client
from ocprov.opencode.api.reading import table
from ocprov.opencode.failures import ForeignError
from ocprov.opencode.record import Record

# It makes the description in seconds.
PATIENCE = 20.0


def missing(description: Mapping[str, Any], asked: Iterable[tuple[str, str]] = ENDPOINTS) -> tuple[str, ...]:
    """What of `asked`, methods and paths, is not in a description of OpenAPI, as `GET /path`."""
    paths = table(description.get("paths"))
    return tuple(f"{method.upper()} {path}" for method, path in asked if method not in table(paths.get(path)))


async def lacks(known: Record) -> tuple[str, ...]:
    """What that server lacks; a ServerError, or TimeoutError after PATIENCE seconds, where it does not tell."""
    async with Client(known.url, password.read(known.places), known.directory) as client:
        async with asyncio.timeout(PATIENCE):
            description = await client.description()
    if not description.get("paths"):
        raise ForeignError(f"the server at {known.url} has no description of itself", "ocprov server ls")
    return missing(description)
