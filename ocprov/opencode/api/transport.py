"""One HTTP request to one server: what it answers, or why not, told apart."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from ocprov.core.names import printable
from ocprov.opencode.api import reading
from ocprov.opencode.environment import USER
from ocprov.opencode.failures import (
    FailedError,
    ForeignError,
    NotFoundError,
    OccupiedError,
    RefusedError,
    ServerError,
    UnreachableError,
)

LARGEST = 256 * 1024 * 1024
# Of another machine's server, which is not trusted with this one's memory.
LARGEST_ELSEWHERE = 32 * 1024 * 1024

_KINDS: dict[int, type[ServerError]] = {404: NotFoundError, 409: OccupiedError}


class Transport:
    """A connection to the server at `url`, which works in its own directory: no request names another.

    `socket` is the path of a Unix socket that leads there, where `url` is another machine's loopback.
    """

    def __init__(self, url: str, password: str, timeout: float, socket: str = "") -> None:
        self.url = url
        self._largest = LARGEST_ELSEWHERE if socket else LARGEST
        # Loopback is asked without TLS, and to read the system's certificates takes 0.2 s; none is trusted.
        none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self._http = httpx.AsyncClient(
            base_url=url,
            auth=(USER, password) if password else None,
            timeout=timeout,
            transport=httpx.AsyncHTTPTransport(
                verify=none, limits=limits, uds=socket or None, trust_env=False
            ),
            trust_env=False,  # a proxy of the user's is for other hosts
        )

    async def close(self) -> None:
        """End the connections."""
        await self._http.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        patience: float | None = None,
    ) -> tuple[Any, httpx.Headers]:
        """The JSON of an answer (None where it has no content) and its headers; a ServerError for anything else."""
        limit = httpx.USE_CLIENT_DEFAULT if patience is None else httpx.Timeout(patience, connect=10)
        try:
            async with self._http.stream(
                method, path, params=dict(query or {}), timeout=limit, json=body
            ) as answer:
                content = await _content(answer, self._largest)
        except httpx.HTTPError as error:
            raise unreachable(self.url, error) from error
        except UnicodeEncodeError as error:
            raise RefusedError("what was to be sent is not text", "leave out what is not UTF-8") from error
        return _judged(answer, content, self.url), answer.headers

    @asynccontextmanager
    async def lines(self, path: str, silence: float) -> AsyncIterator[AsyncIterator[bytes]]:
        """The lines of an event stream; UnreachableError when it is silent for longer than `silence` seconds."""
        limit = httpx.Timeout(silence, connect=10)
        try:
            async with self._http.stream("GET", path, timeout=limit) as answer:
                if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                    _judged(answer, await _content(answer, self._largest), self.url)
                    raise _strange(self.url)
                yield _lines(answer)
        except httpx.HTTPError as error:
            raise unreachable(self.url, error) from error


_LONGEST_LINE = 32 * 1024 * 1024


async def _lines(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Lines, whole: a last one without its end is not told."""
    rest = bytearray()
    async for chunk in answer.aiter_bytes():
        *whole, last = chunk.split(b"\n")
        for one in whole:
            yield bytes(rest + one).rstrip(b"\r")
            rest.clear()
        rest += last
        if len(rest) > _LONGEST_LINE:
            raise ForeignError(f"the server at {answer.url} sends a line without end", "ocprov server ls")


async def _content(answer: httpx.Response, largest: int) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > largest:
            raise ForeignError(
                f"the server at {answer.url} answers with more than {largest >> 20} MiB", "ocprov server ls"
            )
    return bytes(content)


def unreachable(url: str, error: httpx.HTTPError) -> UnreachableError:
    """Why nobody was reached, for a person."""
    if isinstance(error, httpx.TimeoutException):
        why = "did not answer in time"
    elif isinstance(error, httpx.ConnectError):
        why = "does not answer: nothing listens there"
    else:
        why = f"broke off: {printable(str(error)) or type(error).__name__}"
    return UnreachableError(f"the server at {url} {why}", "see how it is: ocprov server ls")


def _judged(answer: httpx.Response, content: bytes, url: str) -> object:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise ForeignError(f"the server at {url} does not take ocprov's password", "ocprov server ls")
    if answer.status_code == httpx.codes.NO_CONTENT or (answer.is_success and not content):
        return None
    if "json" not in answer.headers.get("content-type", ""):
        raise _strange(url)  # OpenCode answers an unknown path with its web page
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _strange(url) from error
    if not answer.is_success:
        raise _failure(answer.status_code, reading.table(found))
    return found


def _strange(url: str) -> ForeignError:
    return ForeignError(
        f"what answers at {url} does not answer as OpenCode 1.18 does", "ocprov server ls; ocprov doctor"
    )


def _failure(status: int, document: Mapping[str, Any]) -> ServerError:
    found = reading.problem(document)
    said = printable(f"{found.name}: {found.message}" if found.message else found.name)
    if status in _KINDS:
        return _KINDS[status](said)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return FailedError(said, ref=reading.text(reading.table(document.get("data")).get("ref")))
    return RefusedError(said)
