"""Whether a server answers with its directory: one small request, without what a client needs to be imported."""

import json
import os
import socket
from base64 import b64encode

from ocprov.opencode.environment import USER
from ocprov.opencode.record import Record
from ocprov.opencode.spec import LOOPBACK

_LARGEST = 65536


def answers(known: Record, password: str, patience: float) -> bool:
    """Whether the server of that record answers, with our password, that it works in that directory.

    `patience` in seconds is for each step of it.
    """
    secret = b64encode(f"{USER}:{password}".encode()).decode()
    asked = f"GET /path HTTP/1.0\r\nHost: {LOOPBACK}\r\nAuthorization: Basic {secret}\r\n\r\n"
    try:
        with socket.create_connection((LOOPBACK, known.port), timeout=patience) as connection:
            connection.sendall(asked.encode())
            head, _, body = _whole(connection).partition(b"\r\n\r\n")
    except OSError:
        return False
    return b" 200 " in head.splitlines()[0] + b" " and same(_directory(body), known.directory)


def same(told: str, directory: str) -> bool:
    """Whether a server's word for its directory is that real directory."""
    return bool(told) and os.path.realpath(told) == directory


def _whole(connection: socket.socket) -> bytes:
    content = b""
    while len(content) < _LARGEST and (chunk := connection.recv(_LARGEST)):
        content += chunk
    return content


def _directory(body: bytes) -> str:
    try:
        found = json.loads(body)
        return str(found["directory"])
    except (ValueError, KeyError, TypeError):
        return ""
