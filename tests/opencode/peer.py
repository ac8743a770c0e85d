"""A server that answers as OpenCode does, or as badly as a test wants, on loopback; and a record that names it."""

import asyncio
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ocprov.opencode import password, places, process, record
from ocprov.opencode.heard.event import Event
from ocprov.opencode.heard.stream import Stream
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from tests.conftest import DEADLINE

Document = dict[str, Any]
Script = Callable[["Talk"], None]

CONNECTED = {"payload": {"id": "evt_0", "type": "server.connected", "properties": {}}}


@dataclass
class Peer:
    """What it answers; a stream is played by the next of `scripts`, and after the last one it is a good one."""

    directory: Path
    port: int = 0
    status: Document = field(default_factory=dict)
    permissions: list[Document] = field(default_factory=list)
    sessions: list[Document] = field(default_factory=list)
    messages: dict[str, list[Document]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    scripts: list[Script] = field(default_factory=list)
    connections: int = 0
    lines: "queue.Queue[bytes | None]" = field(default_factory=queue.Queue)

    def record(self, **changes: Any) -> Record:
        """The record of it as a ready server, written."""
        url = f"http://127.0.0.1:{self.port}"
        made = Record(str(self.directory), url, self.port, "ready", server=process.this(), **changes)
        password.ensure(made.places.make())
        record.write(made)
        return made

    @property
    def place(self) -> Places:
        return places.of(self.directory)

    def event(self, kind: str, **properties: Any) -> Document:
        """An event as it is sent, made now."""
        made = f"evt_{(time.time_ns() // 1_000_000 * 0x1000 + 1) & 0xFFFFFFFFFFFF:012x}AAAAAAAAAAAAAA"
        payload = {"id": made, "type": kind, "properties": properties}
        return {"directory": str(self.directory), "project": "global", "payload": payload}

    def say(self, kind: str, **properties: Any) -> None:
        """Send an event on the good stream."""
        self.lines.put(data(self.event(kind, **properties)))

    def break_off(self) -> None:
        """End the good stream, and begin another one when it is asked for."""
        self.lines.put(None)

    def next(self, number: int) -> bytes | None:
        """What is to be said on the connection of that number: nothing any more once there is a newer one."""
        while number == self.connections:
            with suppress(queue.Empty):
                return self.lines.get(timeout=0.02)
        return None


class Talk:
    """One connection, as a script has it."""

    def __init__(self, handler: BaseHTTPRequestHandler, peer: Peer) -> None:
        self._handler = handler
        self.peer = peer
        self.number = peer.connections

    def head(self, code: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        self._handler.send_response(code)
        for name, value in {"content-type": kind, "connection": "close", **more}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._handler.close_connection = True

    def write(self, content: bytes) -> None:
        self._handler.wfile.write(content)
        self._handler.wfile.flush()

    def gone(self) -> None:
        """Wait until the other side has left."""
        self._handler.connection.settimeout(DEADLINE)
        with suppress(OSError):
            while self._handler.connection.recv(1024):
                pass


def data(document: object) -> bytes:
    """A line of a stream."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def good(talk: Talk) -> None:
    """As OpenCode: what the test says, until it wants another end."""
    talk.head()
    talk.write(data(CONNECTED))
    while (line := talk.peer.next(talk.number)) is not None:
        talk.write(line)


@contextmanager
def running(directory: Path) -> Iterator[Peer]:
    """A peer that answers for as long as the block runs."""
    peer = Peer(directory)

    class Handler(_Handler):
        told = peer

    class Server(ThreadingHTTPServer):
        request_queue_size = 50

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.break_off()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Peer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        peer, path = self.told, self.path.partition("?")[0]
        if path == "/global/event":
            peer.connections += 1
            script = peer.scripts.pop(0) if peer.scripts else good
            with suppress(ConnectionError):
                script(Talk(self, peer))
            self.close_connection = True
            return
        gone = path.removeprefix("/session/").partition("/")[0] in peer.deleted
        content = json.dumps({"name": "NotFoundError"} if gone else self._answer(path)).encode()
        self.send_response(404 if gone else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, path: str) -> object:
        peer = self.told
        fixed = {
            "/path": {"directory": str(peer.directory), "worktree": "/"},
            "/session/status": peer.status,
            "/permission": peer.permissions,
            "/question": [],
            "/session": peer.sessions,
        }
        if path in fixed:
            return fixed[path]
        name, _, rest = path.removeprefix("/session/").partition("/")
        if rest == "message":
            return peer.messages.get(name, [])
        return next((one for one in peer.sessions if one["id"] == name), {"id": name})


def hear(
    place: Places,
    enough: Callable[[list[Event]], object],
    *,
    silence: float = 25.0,
    act: Callable[[Event], None] | None = None,
    deadline: float = DEADLINE,
) -> list[Event]:
    """What is heard of a server until it is enough; `act` is called with each event. A fault of the stream is raised."""
    heard: list[Event] = []

    async def listen() -> None:
        done = asyncio.Event()

        def take(event: Event) -> None:
            heard.append(event)
            if act:
                act(event)
            if enough(heard):
                done.set()

        stream = Stream(
            place, take, silence=silence, timeout=DEADLINE, pause=(0.05, 0.2), settle=(0.1, 0.3, 20)
        )
        follow = asyncio.create_task(stream.follow())
        waiting = asyncio.create_task(done.wait())
        ended, _ = await asyncio.wait(
            (follow, waiting), timeout=deadline, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (follow, waiting):
            task.cancel()
        await asyncio.gather(follow, waiting, return_exceptions=True)
        if follow in ended:
            follow.result()
        assert ended, f"not enough after {deadline} s: {[(one.type, one.properties) for one in heard]}"

    asyncio.run(listen())
    return heard


def kinds(heard: list[Event]) -> list[str]:
    """Their types."""
    return [one.type for one in heard]
