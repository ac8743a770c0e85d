"""Asking ocmonitor itself whether it takes a configuration, without a file of it anywhere."""

import os
import signal
import time
from contextlib import suppress

from ocprov.configfile import filling
from ocprov.configfile.ocmonitor import Document
from ocprov.core.names import printable
from ocprov.errors import OcprovError

SECONDS = 20.0
LONGEST = 256 * 1024

_CHUNK = 1 << 16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen

_REFUSED = "Invalid configuration file"
_SHOWN = "onfiguration"  # the heading of `config show`


def ask(program: str, data: bytes, document: Document, seconds: float | None = None) -> str:
    """Have the ocmonitor `program` read `data` in so many `seconds` (SECONDS); a warning when it is of no use, else empty.

    OcprovError with its reason when it refuses. It reads from a pipe, and is told of no directory that it could make or
    of a network: nothing is written.
    """
    seconds = SECONDS if seconds is None else seconds
    try:
        code, out, err = _run(program, filling.harmless(data, document), seconds)
    except OSError as error:
        return _useless(program, f"cannot be run: {error.strerror}")
    if code is None:
        return _useless(program, f"gave no answer within {seconds:g} s")
    if code and _REFUSED in err:
        raise OcprovError(f"ocmonitor refuses it: {_reason(err)}", "correct the source; nothing was touched")
    if code or _SHOWN not in out:
        return _useless(program, f"gave no answer that can be used (exit {code})")
    return ""


def _useless(program: str, why: str) -> str:
    return f"{printable(program)} {why}; only ocprov's own check was made"


def _reason(err: str) -> str:
    """What comes behind the file's name, on one line, without the address of pydantic's manual."""
    said = err.partition(_REFUSED)[2].partition(": ")[2] or err
    lines = [line.strip() for line in said.splitlines() if "errors.pydantic.dev" not in line]
    return printable(" ".join(line for line in lines if line))[:300]


def _run(program: str, data: bytes, seconds: float) -> tuple[int | None, str, str]:
    """Its exit code (None: it had to be ended) and what it printed, up to a limit."""
    from subprocess import PIPE, Popen

    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"LC_ALL": "C.UTF-8", "COLUMNS": "500", "PYTHONDONTWRITEBYTECODE": "1"}
    with Popen(
        [program, "-c", "/dev/stdin", "config", "show"],
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd="/",
        env=environment,
        start_new_session=True,  # what it starts ends with it
    ) as child:
        try:
            printed = _talk(child, data, time.monotonic() + seconds)
        finally:
            _end(child)
    code = None if printed is None else child.returncode
    out, err = printed or (b"", b"")
    return code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _talk(child: "Popen[bytes]", data: bytes, deadline: float) -> tuple[bytes, bytes] | None:
    """Tell it `data` and listen until it is over; None when it takes or prints too much."""
    import selectors

    heard: dict[object, bytes] = {child.stdout: b"", child.stderr: b""}
    with selectors.DefaultSelector() as selector:
        for stream, event in (
            (child.stdin, selectors.EVENT_WRITE),
            (child.stdout, selectors.EVENT_READ),
            (child.stderr, selectors.EVENT_READ),
        ):
            if stream is not None:  # all three are pipes
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, event)
        while selector.get_map():
            left = max(0.0, deadline - time.monotonic())
            ready = selector.select(left)  # once more when it is over: perhaps this process stood still
            if sum(map(len, heard.values())) > LONGEST or not (ready or left):
                return None
            for key, _ in ready:
                if key.fileobj is child.stdin:
                    data = _written(key.fd, data)
                    over = not data
                else:
                    chunk = os.read(key.fd, _CHUNK)
                    heard[key.fileobj] += chunk
                    over = not chunk
                if over:
                    selector.unregister(key.fileobj)
                    _close(child, key.fileobj)
    return (heard[child.stdout], heard[child.stderr]) if _ends(child, deadline) else None


def _written(descriptor: int, data: bytes) -> bytes:
    """What of `data` is left to be written, nothing where nobody reads any more."""
    try:
        return data[os.write(descriptor, data[:_CHUNK]) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return b""


def _close(child: "Popen[bytes]", stream: object) -> None:
    if stream is child.stdin and child.stdin is not None:
        with suppress(BrokenPipeError):
            child.stdin.close()


def _ends(child: "Popen[bytes]", deadline: float) -> bool:
    from subprocess import TimeoutExpired

    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except TimeoutExpired:
        return False
    return True


def _end(child: "Popen[bytes]") -> None:
    """Whatever still runs of it ends; its number is nobody else's before it is waited for."""
    if child.returncode is None:
        os.killpg(child.pid, signal.SIGKILL)
