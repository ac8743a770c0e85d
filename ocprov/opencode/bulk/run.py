"""Sending many prompts, several at a time, each once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ocprov.errors import OcprovError
from ocprov.opencode.bulk.attempt import begin, finish, result
from ocprov.opencode.bulk.jobs import Job, Prompt, chains
from ocprov.opencode.bulk.results import Result, Sink, State
from ocprov.opencode.bulk.waits import listen
from ocprov.opencode.failures import (
    CutOffError,
    FailedError,
    ForeignError,
    ServerError,
    UnreachableError,
)
from ocprov.opencode.heard.activity import Wait
from ocprov.opencode.look import logs
from ocprov.opencode.places import Places
from ocprov.opencode.server import Server


class Servers(Protocol):
    """Who knows the server of each prompt."""

    async def of(self, prompt: Prompt) -> Server:
        """The server of the prompt's directory, or conversation; the same object for the same server."""


@dataclass(slots=True)
class Run:
    """Sends prompts over `parallel` conversations at once; what comes of each goes to `sink`, and is told.

    `waits` hears what a conversation asks meanwhile, which goes on only when somebody answers.

    `timeout` (seconds, 0 for none) is for each prompt. `stop_on_error`: after a failure nothing more is sent. Of the
    prompts of a server that went away none is sent any more: `why` tells of the first.
    """

    servers: Servers
    sink: Sink
    told: Callable[[Result], None]
    waits: Callable[[Wait], None]
    parallel: int = 4
    timeout: float = 0.0
    stop_on_error: bool = False
    counts: Counter[State] = field(default_factory=Counter)
    why: OcprovError | None = None
    _busy: dict[str, Places] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _stopped: bool = False

    async def check(self, jobs: Sequence[Job]) -> None:
        """Refuse what could not be sent, before anything is: OcprovError that says which prompt."""
        for job in jobs:
            prompt = job.prompt
            try:
                server = await self.servers.of(prompt)
                await server.refuse_unknown(model=prompt.model, agent=prompt.agent)
            except OcprovError as error:
                error.message = f"prompt {job.index + 1}: {error.message}"
                raise

    async def send(self, jobs: Sequence[Job]) -> None:
        """Send them; cancelled, it aborts what is being answered, and those prompts are `interrupted`."""
        waiting = iter(chains(jobs))
        try:
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(listen(self._busy, self.waits))
                working = [group.create_task(self._work(waiting)) for _ in range(self.parallel)]
                await asyncio.wait(working)
                listening.cancel()
        except ExceptionGroup as failed:  # what keeps the results did: the disk is full, or such
            raise failed.exceptions[0] from None

    async def _work(self, waiting: Iterator[Sequence[Job]]) -> None:
        for chain in waiting:
            for job in chain:
                await self._do(job)

    async def _do(self, job: Job) -> None:
        server = await self.servers.of(job.prompt)
        if self._stopped or server.record.directory in self._gone:
            return
        began = time.monotonic()
        found = await self._tried(job, server)
        if found:
            self._keep(replace(found, seconds=round(time.monotonic() - began, 3)))
            self._stopped |= self.stop_on_error and found.state != "ok"

    async def _tried(self, job: Job, server: Server) -> Result | None:
        """What came of a prompt; None where nothing was sent."""
        try:
            begun = await begin(job, server, self.sink)
        except (UnreachableError, ForeignError) as error:
            self._leave(server, error)
            return None
        except ServerError as error:
            return result(job, "error", error=_told(server, error))
        try:
            self._busy[begun.sent.conversation] = server.record.places
            return await finish(job, server, begun, self.timeout)
        except asyncio.CancelledError:
            self._keep(result(job, "interrupted", begun.sent, error="the run was ended"))
            raise
        except (UnreachableError, ForeignError) as error:
            self._leave(server, error)
            return result(job, "interrupted", begun.sent, error=error.message)
        except CutOffError as error:
            return result(job, "interrupted", begun.sent, error=error.message)
        except ServerError as error:
            return result(job, "error", begun.sent, error=_told(server, error))
        finally:
            self._busy.pop(begun.sent.conversation, None)

    def _leave(self, server: Server, error: OcprovError) -> None:
        self._gone.add(server.record.directory)
        self.why = self.why or error

    def _keep(self, found: Result) -> None:
        self.sink.put(found)
        self.counts[found.state] += 1
        self.told(found)


def _told(server: Server, error: ServerError) -> str:
    """What went wrong, with what the server's log says of it."""
    ref = error.ref if isinstance(error, FailedError) else ""
    line = logs.find(server.record.places, ref)
    return f"{error.message}; its log says: {line}" if line else error.message
