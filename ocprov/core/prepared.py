"""What the short way of `up` needs of a session, made ahead: plain values, since it imports nothing that could read others."""

from collections.abc import Callable, Iterable
from typing import TypedDict

from ocprov.core import batch, build, guard, launcher, rows
from ocprov.core.build import Command, Terms
from ocprov.core.change import CreateSession
from ocprov.core.desired import Pane, Session, Window
from ocprov.core.observed import DIGEST_TAG, PANE_TAG, SESSION_TAG, STATE_TAG, WINDOW_TAG
from ocprov.core.plan import Plan

Lines = Callable[[str], str]

# What tmux answers, on a line before it tells how the session looks, or instead.
_BUILT = "ocprov built it"
_FREE = "nothing of that name"
_HOLE = "\0"

_SESSION_FIELDS = ("session_attached", "exit-unattached", "version", SESSION_TAG)
_PANE_FIELDS = (
    "window_id",
    "window_index",
    "pane_dead",
    rows.STARTED_FIELD,
    WINDOW_TAG,
    PANE_TAG,
    DIGEST_TAG,
    STATE_TAG,
    "window_name",  # last, as it may hold anything
)


class Making(TypedDict):
    """How to make a session, and how it looks when there is nothing to do.

    `batch` is the line for tmux, in two parts with the size of the session between them; None where more than tmux is
    needed. `start` and `add` are what goes around it for a tmux that starts and for one that runs; `look` only asks.
    `built` and `free` are what tmux answers then; `session` and `panes` the fields of a line about each, `started` the
    field that is 1 for a process of ocprov's. `windows` are name, tag and panes' keys by key. `launchers` are the
    beginnings of their files by key, `rest` what follows in each, `declared` how far a file tells what is declared.
    """

    name: str
    building: str
    directory: str
    directories: tuple[str, ...]
    batch: tuple[bytes, bytes] | None
    start: tuple[bytes, bytes]
    add: tuple[bytes, bytes]
    look: bytes
    built: str
    free: str
    session: tuple[str, ...]
    panes: tuple[str, ...]
    started: str
    tag: str
    windows: dict[str, tuple[str, str, tuple[str, ...]]]
    digests: dict[str, str]
    launchers: dict[str, bytes]
    declared: dict[str, int]
    rest: bytes


class Prepared(Making):
    """The same with where its files are, what is said, and what it is for: the server's flags and socket, and the PATH.

    `kept` is what is kept of the `up`, `record` what goes to the log, `foreign` is told with a window's index.
    """

    purpose: tuple[tuple[str, ...], str, str]
    version: str
    run: str
    log: str
    lock: str
    server_lock: str
    kept: bytes
    created: str
    unchanged: str
    foreign: str
    record: tuple[str, ...]
    notices: tuple[str, ...]
    how: str


def prepared(session: Session, terms: Terms, path: str, starting: Lines) -> Making:
    """What the short way needs; `path` is the PATH of the launchers, `starting` the lines for a tmux that starts."""
    launched = [pane for pane in session.panes if pane.launched]
    look = _look(session)
    free = batch.line((("display-message", "-p", _FREE),))
    uncertain = (guard.uncertain(session.name), batch.line(look))
    # A tmux.conf may make a session of that name too.
    taken = (guard.taken(session.name), batch.line(look))
    return {
        "name": session.name,
        "building": build.building(session),
        "directory": session.directory,
        "directories": tuple(dict.fromkeys((session.directory, *(pane.directory for pane in session.panes)))),
        "batch": _parts(session, terms, look),
        "start": _around(starting(guard.choice(taken, otherwise=_HOLE))),
        "add": _around(guard.choice(uncertain, otherwise=_HOLE)),
        "look": guard.choice(uncertain, otherwise=free).encode(),
        "built": _BUILT,
        "free": _FREE,
        "session": _SESSION_FIELDS,
        "panes": _PANE_FIELDS,
        "started": rows.STARTED_FIELD,
        "tag": _value(SESSION_TAG, build.session_tag(session, "")),
        "windows": {window.key: _window(window) for window in session.windows},
        "digests": {pane.key: pane.digest for pane in session.panes},
        "launchers": {pane.key: _head(pane, path) for pane in launched},
        "declared": {pane.key: _head(pane, path).index(b"\n#\n") for pane in launched},
        "rest": launcher.REST.encode(),
    }


def _look(session: Session) -> tuple[Command, ...]:
    """One line about the session, and one for each of its panes."""
    target = f"={session.name}:"
    return (
        ("display-message", "-p", "-t", target, _format(_SESSION_FIELDS)),
        ("list-panes", "-s", "-t", target, "-F", _format(_PANE_FIELDS)),
    )


def _format(fields: tuple[str, ...]) -> str:
    return "|".join(f"#{{{field}}}" for field in fields)


def _parts(session: Session, terms: Terms, look: tuple[Command, ...]) -> tuple[bytes, bytes] | None:
    sleeps = any(typed.sleep_before or typed.sleep_after for pane in session.panes for typed in pane.typed)
    newer = any(window.layout.endswith("-mirrored") for window in session.windows)
    if session.before_script or sleeps or newer:
        return None
    *commands, _ = batch.commands(Plan(session, None, (CreateSession(session, session.windows),)), terms)
    text = batch.line((*commands, ("display-message", "-p", _BUILT), *look))
    before, _, after = text.partition(batch.shown(build.size(terms)))
    return before.encode("utf-8", "surrogateescape"), after.encode("utf-8", "surrogateescape")


def _around(lines: str) -> tuple[bytes, bytes]:
    before, _, after = lines.partition(_HOLE)
    return before.encode(), after.encode()


def _head(pane: Pane, path: str) -> bytes:
    return launcher.text(pane, path=path).removesuffix(launcher.REST).encode("utf-8", "surrogateescape")


def _window(window: Window) -> tuple[str, str, tuple[str, ...]]:
    """Its name, its tag, and its panes' keys."""
    return (
        window.name,
        _value(WINDOW_TAG, build.arranged(window, "")),
        tuple(pane.key for pane in window.panes),
    )


def _value(option: str, commands: Iterable[Command]) -> str:
    """What the commands set an option to."""
    return next(command[-1] for command in commands if command[-2] == option)
