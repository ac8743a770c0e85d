"""OpenCode's own interface on a server, as a child of this process for as long as there is something to be attached to."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import environment, password, process, program, record
from ocprov.opencode.look import reopening
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from ocprov.state import private_dir

_PASSED = (signal.SIGTERM, signal.SIGHUP)
_LOOK = 1.0
_PATIENCE = 5.0
_FOLDER = re.compile(r"attach-(\d+)")
# What a killed interface leaves on: other screen, mouse, pasting, keys, hidden cursor.
_PLAIN = "\033[?1049l\033[?1000;1002;1003;1006;2004l\033[<u\033[?25h\033[0m"


class EndedError(OcprovError):
    """The server that was attached to has been ended by somebody, or failed."""


def attach(known: Record, arguments: Sequence[str], tell: Callable[[str], None], shown: str = "") -> int:
    """Run `opencode attach` until it ends; its exit code, 128 and the signal's number where a signal ended it.

    It begins with the conversation `shown`, and stays over restarts of the server, also at another port, with the
    conversation that was worked on. EndedError when that has been ended meanwhile, OcprovError
    where it cannot be run.
    """
    found = program.find(Path(known.options.binary) if known.options.binary else None, Path.cwd())
    program.version(found)
    with _folder(known.places) as folder:
        variables = environment.attached(
            os.environ, known.places, known.options, password.read(known.places), folder
        )
        while True:
            opened = ("--session", shown) if shown else ()
            words = [str(found), "attach", known.url, "--dir", known.directory, *arguments, *opened]
            began = time.time()
            code, now = _once(words, variables, known)
            if now is None:
                return code if code >= 0 else 128 - code
            tell(f"the server has port {now.port} now, and is attached to again")
            known, shown = now, asyncio.run(reopening.again(now, arguments, shown, began))


def _once(words: Sequence[str], variables: dict[str, str], known: Record) -> tuple[int, Record | None]:
    """Run it once: its code, and the record to attach to again, None where it ended by itself or by a signal."""
    with _terminal(), _passed_on() as passing:
        child = _started(words, variables, known)
        passing.to(child)
        ended = threading.Event()
        threading.Thread(target=_awaited, args=(child, ended), daemon=True).start()
        while not ended.wait(_LOOK):
            now = _moved(known)
            if now is not known and not passing.told:
                _end(child, ended)
                return 0, _required(now, known)
    return child.returncode, None


def _started(words: Sequence[str], variables: dict[str, str], known: Record) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(words, env=variables, cwd=_there(known.directory))
    except OSError as error:
        raise OcprovError(
            f"cannot run {words[0]}: {(error.strerror or '').lower()}", program.PACKAGE
        ) from error


def _awaited(child: "subprocess.Popen[bytes]", ended: threading.Event) -> None:
    child.wait()
    ended.set()


def _moved(known: Record) -> Record | None:
    """The record once it has another address; None when the server has been ended for good."""
    try:
        now = record.read(known.places)
    except OcprovError:
        return known  # for now: it is told by others
    if now is None or (now.state in ("stopped", "failed") and not process.runs(now.server)):
        return None
    return now if now.url != known.url and now.state == "ready" else known


def _required(now: Record | None, known: Record) -> Record:
    if now:
        return now
    try:
        last = record.read(known.places)
    except OcprovError:
        last = None
    why = f"failed: {printable(last.reason)}" if last and last.state == "failed" else "has been stopped"
    raise EndedError(
        f"the server of {printable(known.directory)} {why}",
        f"ocprov server attach --ensure --dir {quote(printable(known.directory))}",
    )


def _end(child: "subprocess.Popen[bytes]", ended: threading.Event) -> None:
    with suppress(ProcessLookupError):
        child.terminate()
        if not ended.wait(_PATIENCE):
            child.kill()
    ended.wait(_PATIENCE)


class _Passing:
    """What is to end us, passed on to the child, also when it came before there was one."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self._child: subprocess.Popen[bytes] | None = None

    def to(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        for number in self.told:
            self._pass(child, number)

    def __call__(self, number: int, _: object) -> None:
        self.told.append(number)
        if self._child is not None:
            self._pass(self._child, number)

    def _pass(self, child: "subprocess.Popen[bytes]", number: int) -> None:
        with suppress(ProcessLookupError):
            child.send_signal(number)
        timer = threading.Timer(_PATIENCE, child.kill)
        timer.daemon = True
        timer.start()


@contextmanager
def _passed_on() -> Iterator[_Passing]:
    """Pass on what is to end us, and give the child a while to end; Ctrl-C is the child's alone."""
    passing = _Passing()
    before = {one: signal.signal(one, passing) for one in _PASSED}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield passing
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _terminal() -> Iterator[None]:
    """Leave the terminal as it was, also after an interface that was killed."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        with suppress(OSError, termios.error):  # the window may be gone
            if termios.tcgetattr(sys.stdin) != before:
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
                sys.stdout.write(_PLAIN)
                sys.stdout.flush()


@contextmanager
def _folder(place: Places) -> Iterator[Path]:
    """A TMPDIR for as long as it is needed; those of processes that are gone go first."""
    for one in place.root.iterdir():
        match = _FOLDER.fullmatch(one.name)
        if match and not process.of(int(match[1])).started:
            shutil.rmtree(one, ignore_errors=True)
    folder = private_dir(place.root / f"attach-{os.getpid()}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _there(directory: str) -> str | None:
    return directory if Path(directory).is_dir() else None
