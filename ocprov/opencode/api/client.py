"""Everything that ocprov asks an OpenCode server: the one adapter to its HTTP API (version 1.18)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Self
from urllib.parse import quote

from ocprov.opencode.api import ident, reading
from ocprov.opencode.api.transport import Transport
from ocprov.opencode.api.values import (
    Info,
    Known,
    Message,
    Messages,
    Now,
    Page,
    Reply,
    Status,
    Where,
)
from ocprov.opencode.failures import ForeignError

PAGE = 50
TIMEOUT = 15.0
# A heartbeat comes every 10 s.
SILENCE = 25.0
# A prompt or a command of the shell takes as long as it takes.
LONG = 24 * 3600.0

# What is asked, as in the server's own description; `doctor` compares them with it.
ENDPOINTS = (
    ("get", "/global/health"),
    ("get", "/path"),
    ("get", "/global/event"),
    ("get", "/config/providers"),
    ("get", "/agent"),
    ("get", "/command"),
    ("get", "/session"),
    ("post", "/session"),
    ("get", "/session/status"),
    ("get", "/experimental/session"),
    ("get", "/session/{sessionID}"),
    ("delete", "/session/{sessionID}"),
    ("get", "/session/{sessionID}/message"),
    ("get", "/session/{sessionID}/message/{messageID}"),
    ("post", "/session/{sessionID}/message"),
    ("post", "/session/{sessionID}/prompt_async"),
    ("post", "/session/{sessionID}/command"),
    ("post", "/session/{sessionID}/shell"),
    ("post", "/session/{sessionID}/abort"),
    ("post", "/session/{sessionID}/revert"),
    ("post", "/session/{sessionID}/unrevert"),
    ("post", "/session/{sessionID}/fork"),
    ("get", "/permission"),
    ("post", "/permission/{requestID}/reply"),
    ("get", "/question"),
    ("post", "/question/{requestID}/reply"),
    ("post", "/question/{requestID}/reject"),
)


class Client:
    """The server at `url`, asked about `directory`; every method raises ServerError (see `failures`).

    An async context manager. `timeout` in seconds is for each request that does not have to wait for a model. `socket`
    leads to a server of another machine, whose loopback `url` is.
    """

    def __init__(
        self, url: str, password: str, directory: str, *, timeout: float = TIMEOUT, socket: str = ""
    ) -> None:
        self.url = url
        self.directory = directory
        self._http = Transport(url, password, timeout, socket)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connections."""
        await self._http.close()

    # --- the server -------------------------------------------------------------------------------------------

    async def version(self) -> str:
        """The server's version."""
        return reading.text(reading.table(await self._get("/global/health")).get("version"))

    async def where(self, patience: float | None = None) -> Where:
        """Which directory it works in; the first such request makes it load its configuration, for a second or more."""
        found = reading.table(await self._get("/path", patience=patience))
        return Where(reading.text(found.get("directory")), reading.text(found.get("worktree")))

    async def known(self) -> Known:
        """Its models, agents and commands, fetched anew at each call: keep the answer."""
        providers, agents, commands = await asyncio.gather(
            self._get("/config/providers"), self._get("/agent"), self._get("/command")
        )
        offered = reading.rows(reading.table(providers).get("providers"))
        models = [f"{one.get('id')}/{model}" for one in offered for model in reading.table(one.get("models"))]
        defaults = reading.table(reading.table(providers).get("default"))
        default = next((f"{provider}/{model}" for provider, model in defaults.items()), "")
        return Known(tuple(models), default, _names(agents), _names(commands))

    async def now(self) -> Now:
        """What works or waits in its directory."""
        status, permissions, questions = await asyncio.gather(
            self.status(), self._get("/permission"), self._get("/question")
        )
        return Now(
            status,
            tuple(map(reading.permission, reading.rows(permissions))),
            tuple(map(reading.question, reading.rows(questions))),
        )

    async def status(self) -> Mapping[str, Status]:
        """What works in its directory, by conversation; the idle ones are not in it."""
        told = reading.table(await self._get("/session/status"))
        found = {name: reading.status(reading.table(one)) for name, one in told.items()}
        return {name: one for name, one in found.items() if one is not None}

    def lines(self, silence: float = SILENCE) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The lines of its stream of all events; see `events`."""
        return self._http.lines("/global/event", silence)

    # --- conversations ----------------------------------------------------------------------------------------

    async def page(
        self, *, limit: int = PAGE, cursor: str = "", search: str = "", children: bool = False
    ) -> Page:
        """Conversations of its directory, those that changed last first; `children`: those of sub-agents too."""
        query: dict[str, str | int] = {"limit": limit, "directory": self.directory}
        query |= {"cursor": cursor} if cursor else {}
        query |= {"search": search} if search else {}
        query |= {} if children else {"roots": "true"}
        found, headers = await self._http.ask("GET", "/experimental/session", query=query)
        return Page(tuple(map(reading.info, reading.rows(found))), headers.get("x-next-cursor", ""))

    async def since(self, updated: float, *, limit: int = 1000) -> tuple[Info, ...]:
        """Conversations of its directory that changed at or after `updated` (epoch, seconds)."""
        query: dict[str, str | int] = {
            "start": int(updated * 1000),
            "limit": limit,
            "directory": self.directory,
        }
        return tuple(map(reading.info, reading.rows(await self._get("/session", query))))

    async def create(self, title: str = "", agent: str = "", model: str = "") -> Info:
        """A new conversation; `model` is `provider/model`."""
        body: dict[str, Any] = {"title": title} if title else {}
        body |= {"agent": agent} if agent else {}
        if model:
            provider, _, name = model.partition("/")
            body["model"] = {"providerID": provider, "id": name}
        return reading.info(self._table(await self._post("/session", body)))

    async def get(self, conversation: str) -> Info:
        """One conversation, also of another directory in the same data."""
        return reading.info(self._table(await self._get(f"/session/{_id(conversation)}")))

    async def delete(self, conversation: str) -> None:
        """Remove a conversation and its messages."""
        await self._http.ask("DELETE", f"/session/{_id(conversation)}")

    async def messages(self, conversation: str, *, limit: int = PAGE, before: str = "") -> Messages:
        """The newest messages, oldest first; `before` is the cursor of a page."""
        query: dict[str, str | int] = {"limit": limit} | ({"before": before} if before else {})
        found, headers = await self._http.ask(
            "GET", f"/session/{_id(conversation)}/message", query=query, patience=60
        )
        return Messages(tuple(map(reading.message, reading.rows(found))), headers.get("x-next-cursor", ""))

    async def message(self, conversation: str, message: str) -> Message:
        """One message; NotFoundError where the conversation has none of that id."""
        path = f"/session/{_id(conversation)}/message/{_id(message)}"
        return reading.message(self._table(await self._get(path, patience=60)))

    async def prompt(
        self, conversation: str, text: str, *, message: str, model: str = "", agent: str = "", part: str = ""
    ) -> Message:
        """Send a prompt and wait for its answer. With the `message` id (`ident`) of one that was sent it is not sent twice.

        `part` is the id of its text where another program gave it one.
        """
        body = _prompt(text, message, model, agent, part)
        found = await self._post(f"/session/{_id(conversation)}/message", body, patience=LONG)
        return reading.message(self._table(found))

    async def post(
        self, conversation: str, text: str, *, message: str, model: str = "", agent: str = ""
    ) -> None:
        """Send a prompt and do not wait; what goes wrong then is told by events alone. As `prompt` else."""
        await self._post(f"/session/{_id(conversation)}/prompt_async", _prompt(text, message, model, agent))

    async def command(self, conversation: str, name: str, arguments: str, *, message: str = "") -> Message:
        """Run a command of OpenCode's (`/name arguments`) and wait for its answer."""
        body = {"command": name, "arguments": arguments} | ({"messageID": message} if message else {})
        found = await self._post(f"/session/{_id(conversation)}/command", body, patience=LONG)
        return reading.message(self._table(found))

    async def shell(self, conversation: str, line: str, *, agent: str) -> Message:
        """Run a line of shell in the conversation; see `shell` for what OpenCode makes of it."""
        body = {"agent": agent, "command": line}
        found = await self._post(f"/session/{_id(conversation)}/shell", body, patience=LONG)
        return reading.message(self._table(found))

    async def abort(self, conversation: str) -> None:
        """Stop what it does; nothing where it does nothing, or is not known."""
        await self._post(f"/session/{_id(conversation)}/abort", {})

    async def revert(self, conversation: str, message: str) -> Info:
        """Go back to before `message`, files of a git project included; an unknown message changes nothing."""
        found = await self._post(f"/session/{_id(conversation)}/revert", {"messageID": message})
        return reading.info(self._table(found))

    async def unrevert(self, conversation: str) -> Info:
        """Take a revert back, as long as no prompt came after it."""
        return reading.info(self._table(await self._post(f"/session/{_id(conversation)}/unrevert", {})))

    async def fork(self, conversation: str, message: str = "") -> Info:
        """A copy, up to before `message`, or whole."""
        body = {"messageID": message} if message else {}
        return reading.info(self._table(await self._post(f"/session/{_id(conversation)}/fork", body)))

    async def reply(self, permission: str, reply: Reply, message: str = "") -> None:
        """Answer a request to be allowed something."""
        body = {"reply": reply} | ({"message": message} if message else {})
        await self._post(f"/permission/{_id(permission)}/reply", body)

    async def answer(self, question: str, answers: list[list[str]]) -> None:
        """Answer a request to be told something: the chosen labels, or free text, for each question."""
        await self._post(f"/question/{_id(question)}/reply", {"answers": answers})

    async def reject(self, question: str) -> None:
        """Decline to answer."""
        await self._post(f"/question/{_id(question)}/reject", {})

    async def description(self) -> Mapping[str, Any]:
        """The server's own description of its API, half a megabyte, made in seconds."""
        return reading.table(await self._get("/doc", patience=60))

    # --- what they have in common -----------------------------------------------------------------------------

    async def _get(
        self, path: str, query: Mapping[str, str | int] | None = None, patience: float | None = None
    ) -> object:
        found, _ = await self._http.ask("GET", path, query=query, patience=patience)
        return found

    async def _post(self, path: str, body: object, patience: float | None = None) -> object:
        found, _ = await self._http.ask("POST", path, body=body, patience=patience)
        return found

    def _table(self, found: object) -> Mapping[str, Any]:
        if not isinstance(found, dict):
            raise ForeignError(f"the server at {self.url} gave no answer to read", "ocprov server ls")
        return found


def _id(name: str) -> str:
    """An id as a part of a path: what a person typed must not become another path."""
    return quote(name, safe="")


def _names(found: object) -> tuple[str, ...]:
    return tuple(reading.text(one.get("name")) for one in reading.rows(found))


def _prompt(text: str, message: str, model: str, agent: str, part: str = "") -> dict[str, Any]:
    body: dict[str, Any] = {
        "messageID": message,
        "parts": [{"id": part or ident.part(message), "type": "text", "text": text}],
    }
    if model:
        provider, _, name = model.partition("/")
        body["model"] = {"providerID": provider, "modelID": name}
    return body | ({"agent": agent} if agent else {})
