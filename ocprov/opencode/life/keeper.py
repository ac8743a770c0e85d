"""One server kept alive: started or adopted, watched, started again when it ends or hangs."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import password, process, record
from ocprov.opencode.life import adopt, ports, rotation, symptoms
from ocprov.opencode.life.launch import launch
from ocprov.opencode.life.limits import Limits
from ocprov.opencode.life.ready import gone, ready
from ocprov.opencode.life.serving import Serving
from ocprov.opencode.record import Process, Record

Tell = Callable[[str], None]
_TRIES = 3
# What OpenCode's log has then (1.18.33); nothing else makes its start fail so.
_MET = "Failed query"
_ASK = 3.0


class NotStartedError(OcprovError):
    """A server was started and did not get ready."""


class Keeper:
    """The server of `known`, for the process that holds its lock; every change is told, and written to the record."""

    def __init__(self, known: Record, tell: Tell, changed: Callable[[], None], limits: Limits) -> None:
        self.known = known
        self.serving = Serving(Process())
        self._tell = tell
        self._changed = changed
        self._limits = limits
        self._unwritten: OcprovError | None = None

    async def keep(self) -> None:
        """Until cancelled; OcprovError when it does not start the first time, or its directory is gone."""
        self._note(supervisor=process.this())
        self._require_written()
        failures = 0
        if not await self._adopted():
            await self._start()
            self._require_written()
        while True:
            began = time.monotonic()
            reason = await self._until_it_fails()
            failures = 1 if time.monotonic() - began >= self._limits.well else failures + 1
            while reason:
                reason = await self._again(reason, failures)
                failures += 1

    async def stop(self, state: record.State, reason: str = "") -> None:
        """End the server, and write how it is."""
        await self.serving.end()
        self._note(state=state, reason=reason, since=time.time(), server=Process(), supervisor=Process())

    async def busy(self) -> bool:
        """Whether a conversation works; also where the server runs and does not tell."""
        from ocprov.opencode.api.client import Client

        if self.known.state != "ready":
            return False
        try:
            secret = password.read(self.known.places)
            async with Client(self.known.url, secret, self.known.directory, timeout=_ASK) as client:
                return bool(await client.status())
        except OcprovError:
            return self.serving.lives()

    # --- starting ---------------------------------------------------------------------------------------------

    async def _adopted(self) -> bool:
        """Whether a server of before answers: it goes on as it is. One that does not is ended."""
        found = adopt.orphan(self.known)
        if found is None:
            return False
        password.read(self.known.places)  # one that cannot be asked for the lack of it is not ended
        self._note(server=found.server, port=found.port, url=found.url)
        self.serving = Serving(found.server)
        try:
            await self._answered()
        except OcprovError as error:
            self._tell(f"its process {found.server.pid} is of no use, and is ended: {error.message}")
            await self.serving.end()
            return False
        self._is_ready("runs on, found again")
        return True

    async def _start(self) -> None:
        """Start it; on another port where a stranger has taken this one. OcprovError when it does not get ready."""
        for left in reversed(range(_TRIES)):
            self._launch()
            try:
                await self._answered()
            except BaseException as error:  # also when this is cancelled: nothing is left running
                why = self._unready(error) if isinstance(error, OcprovError) else error
                await self.serving.end()
                if not left or not (self._port_was_taken() or self._met_another(error)):
                    raise why from error
                self.known = ports.claim(self.known, self._tell)
            else:
                self._is_ready("ready")
                return

    def _launch(self) -> None:
        self._note(state="starting", since=time.time(), began=time.time(), server=Process())
        child = launch(self.known)
        self.serving = Serving(process.of(child.pid), child)
        self._note(server=self.serving.process)

    async def _answered(self) -> None:
        secret = password.read(self.known.places)
        await ready(self.known, secret, self.serving.lives, self.known.options.startup_timeout)

    def _unready(self, error: OcprovError) -> OcprovError:
        why = error.message if self.serving.lives() else f"it {self.serving.how()}"
        last = rotation.end(self.known.places.log)
        told = f"; its log ends with: {last}" if last else ""
        return NotStartedError(
            f"the server of {printable(self.known.directory)} did not start: {why}{told}",
            f"the whole log: ocprov server logs {self.known.name}",
        )

    def _port_was_taken(self) -> bool:
        """Whether a stranger has it, now that the server has ended, and another one may be chosen."""
        return not self.known.options.port and ports.taken(self.known.port)

    def _met_another(self, error: BaseException) -> bool:
        """Whether it ended because another OpenCode made, or converted, the same database in that very moment."""
        return isinstance(error, OcprovError) and _MET in rotation.tail(self.known.places.log)

    def _is_ready(self, word: str) -> None:
        self._note(state="ready", reason="", since=time.time())
        self._tell(f"{word}: {self.known.url}, process {self.known.server.pid}")

    # --- watching ---------------------------------------------------------------------------------------------

    async def _until_it_fails(self) -> str:
        """Why it is to be started again; OcprovError when its directory is gone."""
        watched = (
            symptoms.ends(self.serving),
            symptoms.hangs(self.known, self._limits),
            symptoms.loses_directory(self.known, self._limits),
            symptoms.hears(self.known, self._changed, self._tell, self._limits),
            self._writes_later(),
        )
        tasks = [asyncio.create_task(one) for one in watched]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return str(done.pop().result())
        finally:
            await symptoms.let_go(tasks)

    # --- again ------------------------------------------------------------------------------------------------

    async def _again(self, reason: str, failures: int) -> str:
        """Start it after a pause; why that did not work, or nothing."""
        pause = self._limits.pause(failures)
        self._note(state="restarting", reason=reason, since=time.time(), restarts=self.known.restarts + 1)
        self._tell(f"{reason}; started again in {pause:g} s")
        await self.serving.end()
        await asyncio.sleep(pause)
        if not Path(self.known.directory).is_dir():
            raise gone(self.known)
        try:
            self.known = ports.claim(self.known, self._tell)
            await self._start()
        except OcprovError as error:
            return error.message
        return ""

    def _note(self, **changes: Any) -> None:
        """Write what changed; a full disk does not end a server that works."""
        self.known = replace(self.known, **changes)
        before, self._unwritten = self._unwritten, None
        try:
            record.write(self.known)
        except OcprovError as error:
            self._unwritten = error
            if before is None:
                self._tell(error.message)

    def _require_written(self) -> None:
        """OcprovError when the record of a server that nobody uses yet could not be written: none would find it."""
        if self._unwritten:
            raise self._unwritten

    async def _writes_later(self) -> str:
        """Nothing, ever: what the disk did not take is written when it does."""
        while True:
            await asyncio.sleep(self._limits.look)
            if self._unwritten:
                self._note()
