"""Making sessions, windows and panes: the tmux commands for each.

tmux expands `-c` as a format, so no directory is ever given to it: the client is started in the session's directory,
and other directories go through a quoted `cd`. Names are of our own alphabet (see `names`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ocprov.core import launcher
from ocprov.core.change import CreateSession, CreateWindow
from ocprov.core.desired import Pairs, Pane, Session, Window, digest
from ocprov.core.observed import DIGEST_TAG, PANE_TAG, SESSION_TAG, WINDOW_TAG, Tag
from ocprov.core.value import dataclass

Command = tuple[str, ...]

_FAR_AWAY = 30_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a batch depends on besides its plan: where a pane's launcher is, and the size of a detached session."""

    launcher: Callable[[str], str]
    width: int = 200
    height: int = 50


def size(terms: Terms) -> Command:
    """The flags for the size of a detached session."""
    return ("-x", str(terms.width), "-y", str(terms.height))


def building(session: Session) -> str:
    """The name that a session has until it is whole; only ocprov makes such names."""
    return f"ocprov-building-{digest(session.name)}"


def create_session(change: CreateSession, terms: Terms) -> Iterator[Command]:
    """Everything for a session that is not there; it has its own name only when it is whole.

    A server that this very client starts has not told its base-index, and hooks may rename windows: so they are
    made on indexes of our own and moved to theirs at the end.
    """
    session = change.session
    target = f"={building(session)}:"
    first, *others = change.windows
    places = {window.key: f"{target}{_FAR_AWAY + number}" for number, window in enumerate(change.windows)}
    start: Command = ("new-session", "-d", "-s", building(session), *size(terms), "-n", first.name)
    yield (*start, *environment(session.environment), *_process(first.panes[0], terms))
    # Where the user has it on, a detached session would be gone before its second window.
    yield ("set-option", "-t", target, "destroy-unattached", "off")
    yield ("set-option", "-t", target, "renumber-windows", "off")
    yield ("move-window", "-s", target, "-t", places[first.key])
    yield from _first_window(first, session, places[first.key], terms)
    for window in others:
        yield from _new_window(window, session, places[window.key], terms)
    focused = next((window for window in change.windows if window.focus), first)
    yield ("select-window", "-t", places[focused.key])
    yield from _moved(change.windows, places, target)
    yield ("set-option", "-u", "-t", target, "renumber-windows")
    yield from session_values(session, target)
    yield from session_tag(session, target)
    yield ("rename-session", "-t", target, session.name)


def _moved(windows: Sequence[Window], places: Mapping[str, str], target: str) -> Iterator[Command]:
    """To the declared indexes first, and the others in order to what is free from base-index on."""
    if all(window.index is None for window in windows):
        yield ("move-window", "-r", "-t", target)
        return
    for window in sorted(windows, key=lambda window: window.index is None):
        index = "" if window.index is None else str(window.index)
        yield ("move-window", "-d", "-s", places[window.key], "-t", target + index)


def session_values(session: Session, target: str) -> Iterator[Command]:
    """The session's environment and options."""
    yield ("set-option", "-t", target, "destroy-unattached", "off")
    for name, value in session.environment:
        yield ("set-environment", "-t", target, name, value)
    yield from options("-g", "", session.global_options)
    yield from options("", target, session.options)


def session_tag(session: Session, target: str) -> Iterator[Command]:
    """What makes a session ours: the last command of all, so that a batch that was cut off is known for what it is."""
    names = (tuple(name for name, _ in pairs) for pairs in (session.options, session.environment))
    tag = Tag(session.layout, session.digest, session.name, session.keys, *names)
    yield ("set-option", "-t", target, SESSION_TAG, str(tag))


def _first_window(window: Window, session: Session, target: str, terms: Terms) -> Iterator[Command]:
    pane = window.panes[0]
    own = _own_environment(pane, session)
    if own:
        # new-session -e sets the whole session's environment, so a pane's own comes with a second start.
        yield ("respawn-pane", "-k", *own, "-t", target, *_process(pane, terms))
    yield from _filled(window, session, target, terms)


def create_window(change: CreateWindow, session: Session, terms: Terms) -> Iterator[Command]:
    """A missing window, into a live session."""
    place = f"{change.session_id}:{change.index}"
    flags = ("-b",) if change.shift else ()
    yield from _new_window(change.window, session, place, terms, flags)


def _new_window(
    window: Window, session: Session, target: str, terms: Terms, flags: Command = ()
) -> Iterator[Command]:
    pane = window.panes[0]
    own = _own_environment(pane, session)
    yield ("new-window", "-d", *flags, "-t", target, "-n", window.name, *own, *_process(pane, terms))
    yield from _filled(window, session, target, terms)


def _filled(window: Window, session: Session, target: str, terms: Terms) -> Iterator[Command]:
    first, *others = window.panes
    # A hook of the user's may have split the window already; most leave the pane that was there first in its corner.
    corner = f"{target}.{{top-left}}"
    # First of all: should a later command fail, the window is known as ours.
    yield from tags(first, corner)
    yield from kept_name(window, target)
    yield from options("-w", target, window.options)
    yield from typing(first, corner)
    for pane in others:
        yield from split(window, pane, target, session, terms)
    yield from arranged(window, target)
    if others:
        focused = next(number for number, pane in enumerate(window.panes) if pane.focus)
        back = len(others) - focused
        if back:
            yield ("select-pane", "-t", f"{target}.-{back}")


def kept_name(window: Window, target: str) -> Iterator[Command]:
    """No prompt renames a window of plain shells, which after a restore is known by nothing but its name."""
    if all(pane.plain for pane in window.panes):
        yield ("set-option", "-w", "-t", target, "allow-rename", "off")


def split(window: Window, pane: Pane, target: str, session: Session, terms: Terms) -> Iterator[Command]:
    """One more pane, which gets the window's focus."""
    own = _own_environment(pane, session)
    yield ("split-window", "-t", target, *own, *_process(pane, terms))
    yield from tags(pane, target)
    yield from typing(pane, target)
    if window.layout:
        # After every pane, as tmuxp does: else there may be no space for the next one.
        yield ("select-layout", "-t", target, window.layout)


def arranged(window: Window, target: str) -> Iterator[Command]:
    """What comes after the panes: their layout, the options that depend on them, the window's tag."""
    if window.layout:
        yield ("select-layout", "-t", target, window.layout)
    yield from options("-w", target, window.options_after)
    names = (name for name, _ in (*window.options, *window.options_after))
    yield ("set-option", "-w", "-t", target, WINDOW_TAG, " ".join((window.digest, *names)))


def _process(pane: Pane, terms: Terms) -> Command:
    """The pane's process as arguments for tmux."""
    if pane.launched:
        return ("--", *launcher.process(terms.launcher(pane.key), pane.directory))
    return plain(pane)


def plain(pane: Pane) -> Command:
    """The process of a pane that no launcher runs, given in full."""
    if pane.program:
        return ("--", *launcher.program(pane.program, pane.directory))
    return ("--", *launcher.plain(pane.directory, pane.key, pane.notice))


def typing(pane: Pane, target: str) -> Iterator[Command]:
    """What tmuxp would type, with its pauses; the pauses hold up this client only.

    It is typed into this pane alone, though the user's panes be synchronized.
    """
    if not pane.typed:
        return
    yield ("set-option", "-p", "-t", target, "synchronize-panes", "off")
    for typed in pane.typed:
        if typed.sleep_before:
            yield ("run-shell", "-d", str(typed.sleep_before))
        if typed.text:
            yield ("send-keys", "-t", target, "-l", typed.text)
        if typed.enter:
            yield ("send-keys", "-t", target, "Enter")
        if typed.sleep_after:
            yield ("run-shell", "-d", str(typed.sleep_after))
    yield ("set-option", "-p", "-u", "-t", target, "synchronize-panes")


def tags(pane: Pane, target: str) -> Iterator[Command]:
    """What marks a pane as ours, and as what."""
    yield ("set-option", "-p", "-t", target, PANE_TAG, pane.key)
    yield ("set-option", "-p", "-t", target, DIGEST_TAG, pane.digest)


def options(flag: str, target: str, pairs: Pairs) -> Iterator[Command]:
    """set-option for each pair; `flag` is `-g`, `-w` or nothing."""
    where = ("-t", target) if target else ()
    for name, value in pairs:
        yield ("set-option", *((flag,) if flag else ()), *where, name, value)


def environment(pairs: Pairs) -> Command:
    """Flags that set environment variables for a new process."""
    return tuple(word for name, value in pairs for word in ("-e", f"{name}={value}"))


def _own_environment(pane: Pane, session: Session) -> Command:
    """What a shell that is typed into gets besides the session's environment; a launcher brings its own."""
    if pane.launched:
        return ()
    return environment(tuple(pair for pair in pane.environment if pair not in session.environment))
