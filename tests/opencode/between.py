"""A connection to a server on loopback that is listened to, and can be cut."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_REQUEST = re.compile(rb"^([A-Z]+ /\S*) HTTP/1\.1\r$", re.MULTILINE)


@dataclass
class Between:
    """Where it listens, and the requests that went through, as `GET /path?query`."""

    target: int
    listener: socket.socket
    requests: list[str] = field(default_factory=list)
    sockets: set[socket.socket] = field(default_factory=set)
    lost: list[bytes] = field(default_factory=list)  # a request with such a thing in it does not arrive, once

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def asked(self, start: str) -> int:
        """How many requests began so."""
        return sum(one.startswith(start) for one in self.requests)

    def cut(self) -> None:
        """End every connection; new ones are taken."""
        for one in tuple(self.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:  # it is being started again
                client.close()
                continue
            self.sockets |= {client, server}
            for source, sink, told in ((client, server, self.requests), (server, client, None)):
                threading.Thread(target=self._pump, args=(source, sink, told), daemon=True).start()

    def _loses(self, content: bytes) -> bool:
        found = [one for one in self.lost if one in content]
        for one in found:
            self.lost.remove(one)
        return bool(found)

    def _pump(self, source: socket.socket, sink: socket.socket, told: list[str] | None) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                if told is not None:
                    told += [one.decode() for one in _REQUEST.findall(content)]
                    if self._loses(content):
                        break
                sink.sendall(content)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets -= {source, sink}


@contextmanager
def between(target: int) -> Iterator[Between]:
    """A listener whose connections go to the port `target`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Between(target, listener)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            made.cut()
            thread.join(5)
