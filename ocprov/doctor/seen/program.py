"""Ask a program something, and come back in time whatever it does."""

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ocprov.core.value import dataclass
from ocprov.tmux.here import environment as without_ours

SECONDS = 5.0
MOST = 256 * 1024

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Said:
    """What it printed on both streams, and its exit code; `trouble` is why there is no answer, empty where there is one."""

    text: str = ""
    code: int = 0
    trouble: str = ""


def ask(
    arguments: Sequence[str],
    *,
    seconds: float | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: str = "/",
) -> Said:
    """Run it in `cwd`, without input; after `seconds` (SECONDS), or MOST bytes, it is ended with what it started."""
    try:
        child = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(without_ours() if environment is None else environment),
            start_new_session=True,
        )
    except OSError as error:
        return Said(trouble=f"cannot be run: {(error.strerror or '').lower()}")
    with child:
        try:
            return _answer(child, SECONDS if seconds is None else seconds)
        finally:
            if child.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)


def ask_apart(arguments: Sequence[str], names: Iterable[str], **more: str) -> Said:
    """The same in a directory of its own, to which the variables `names` lead: with it goes what a program leaves there.

    `more` is for its environment too.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="ocprov-", ignore_cleanup_errors=True) as apart:
            environment = without_ours() | dict.fromkeys(names, apart) | more
            return ask(arguments, environment=environment, cwd=apart)
    except OSError as error:
        return Said(trouble=f"cannot be asked: {(error.strerror or str(error)).lower()}")


def _answer(child: "subprocess.Popen[bytes]", seconds: float) -> Said:
    deadline = time.monotonic() + seconds
    heard = _heard(child, deadline)
    if heard is None:
        return Said(trouble="prints without end")
    try:
        code = child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Said(trouble=f"gave no answer within {seconds:g} s")
    return Said(heard.decode("utf-8", "replace"), code)


def _heard(child: "subprocess.Popen[bytes]", deadline: float) -> bytes | None:
    """All until the end, or the deadline; None where it is too much.

    What is there when the deadline is over counts: it may be this process that stood still.
    """
    heard = b""
    while child.stdout is not None and len(heard) <= MOST:
        left = max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select([child.stdout], [], [], left)
        chunk = os.read(child.stdout.fileno(), _CHUNK) if ready else b""
        heard += chunk
        if not chunk and (ready or not left):
            return heard
    return None
