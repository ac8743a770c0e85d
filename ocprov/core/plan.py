"""The difference between what is declared and what is there, as a value."""

from collections.abc import Collection, Iterator, Mapping

from ocprov.core import desired, match, observed
from ocprov.core.change import (
    Change,
    Changed,
    CreatePane,
    CreateSession,
    CreateWindow,
    Foreign,
    KillPane,
    Leftover,
    Note,
    RenameWindow,
    RunAgain,
    SetSession,
    SetWindow,
    TagPane,
    WriteLauncher,
)
from ocprov.core.condition import condition, why_again
from ocprov.core.place import Places
from ocprov.core.value import dataclass, replace


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do to a session, in order, and what is only said about it."""

    session: desired.Session
    live: observed.Session | None
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def in_sync(self) -> bool:
        """Whether the session is as declared: nothing to do, no leftover, and no command of an old declaration."""
        return not self.changes and not any(
            isinstance(note, Leftover) or (isinstance(note, Changed) and not note.shell)
            for note in self.notes
        )

    @property
    def creates(self) -> bool:
        """Whether the session itself is missing."""
        return self.live is None

    @property
    def restored(self) -> bool:
        """Whether the session came back from a save, which keeps no mark of ocprov's."""
        return self.live is not None and self.live.tag is None

    def without_runs(self) -> "Plan":
        """The same plan, without running commands again."""
        return replace(
            self, changes=tuple(change for change in self.changes if not isinstance(change, RunAgain))
        )

    def only_runs(self) -> "Plan":
        """Of the plan just the running of commands again."""
        return replace(self, changes=tuple(change for change in self.changes if isinstance(change, RunAgain)))


@dataclass(frozen=True, slots=True)
class Wish:
    """How far `up` may go: run again what runs an old declaration, end leftovers, in some windows only.

    `again` is for `restart`: every command is run again. `restored` is for `reconcile`, after a restore: a session
    that is not there stays so, a command that failed stays at its prompt, and windows are known by their names.
    """

    restart_changed: bool = False
    prune: bool = False
    again: bool = False
    only: Collection[str] = ()
    restored: bool = False

    def only_in(self, windows: Collection[str]) -> "Wish":
        """The same wish for these windows, or for all where there are none."""
        return replace(self, only=windows)


def plan(
    session: desired.Session,
    live: observed.Session | None,
    launchers: Mapping[str, str],
    wish: Wish,
) -> Plan:
    """The plan for one session; `launchers` maps pane keys to the digests in the launcher files that exist."""
    windows = tuple(window for window in session.windows if not wish.only or _chosen(window, wish.only))
    if live is None:
        return Plan(session, None, (CreateSession(session, windows),) if not wish.restored else ())
    found = match.windows(session, live, restored=wish.restored)
    steps: list[Change | Note] = []
    if reason := _why_set(session, live.tag, live.name):
        steps.append(
            SetSession(session, live.id, reason, *_gone(session, live.tag), live.name != session.name)
        )
    places, ours = Places(session, live, found), match.tagged(live)
    for window in windows:
        there = found.get(window.key) or _moved(window, live)
        if there is None:
            spot = places.take(window)
            steps.append(CreateWindow(window, live.id, spot.index, shift=spot.shift))
        else:
            panes = match.panes(window, there, live, ours)
            steps.extend(_window_steps(window, there, panes, live, launchers, wish))
    if not wish.only:
        steps.extend(_others(session, live, found, wish))
    return Plan(
        session,
        live,
        tuple(step for step in steps if isinstance(step, Change)),
        tuple(step for step in steps if isinstance(step, Note)),
    )


def _moved(window: desired.Window, live: observed.Session) -> observed.Window | None:
    """Where a person moved the window's first pane to, if anywhere in the session: another one is not started."""
    holds = (there for there in live.windows if any(pane.key == window.key for pane in there.panes))
    return next(holds, None)


def _why_set(session: desired.Session, tag: observed.Tag | None, live_name: str) -> str:
    if tag is None:
        return "came back without its tag"
    if tag.digest != session.digest:
        return "its options or environment changed"
    if live_name != session.name:
        return f'is called "{live_name}"'
    return (
        "" if (tag.windows, tag.layout) == (session.keys, session.layout) else "its list of windows changed"
    )


def _gone(session: desired.Session, tag: observed.Tag | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options and the variables that were set and are declared no longer."""
    options, environment = dict(session.options), dict(session.environment)
    return (
        tuple(name for name in (tag.options if tag else ()) if name not in options),
        tuple(name for name in (tag.environment if tag else ()) if name not in environment),
    )


def _chosen(window: desired.Window, only: Collection[str]) -> bool:
    return window.key in only or window.name in only


def _window_steps(
    window: desired.Window,
    there: observed.Window,
    panes: Mapping[str, observed.Pane],
    live: observed.Session,
    launchers: Mapping[str, str],
    wish: Wish,
) -> Iterator[Change | Note]:
    moved = next((pane.key for pane in there.panes if pane.key), window.key).partition(".")[0] != window.key
    if there.name != window.name and not moved:
        yield RenameWindow(window, there.id, there.name)
    for wanted in window.panes:
        pane = panes.get(wanted.key)
        if pane is None:
            yield CreatePane(window, wanted, there.id, restore=_active(there))
        else:
            yield from _pane_steps(
                window, wanted, pane, launchers, wish, restored=wish.restored or live.tag is None
            )
    if there.digest != window.digest and not moved:
        declared = {name for name, _ in (*window.options, *window.options_after)}
        yield SetWindow(window, there.id, tuple(name for name in there.options if name not in declared))


def _active(window: observed.Window) -> str:
    return next((pane.id for pane in window.panes if pane.active), window.panes[0].id)


def _pane_steps(
    window: desired.Window,
    wanted: desired.Pane,
    pane: observed.Pane,
    launchers: Mapping[str, str],
    wish: Wish,
    *,
    restored: bool,
) -> Iterator[Change | Note]:
    # In a session that came back from a save, what was typed or run without a launcher is an idle shell now.
    returned = restored and not pane.started and pane.state is None
    now = condition(pane, launched=wanted.launched or (returned and not wanted.plain))
    reason = why_again(now) if now.word != "exited" or not wish.restored else ""
    if returned and now.word == "lost":
        reason = "its command did not come back"
    changed = bool(pane.digest) and pane.digest != wanted.digest
    # A shell that a person works in is theirs: only `restart` with its window named ends it.
    shell = wanted.plain or (pane.state is not None and pane.state.told == "plain")
    if changed and wish.restart_changed and not shell and not reason:
        reason = "its declaration changed"
    if wish.again and (wish.only or not wanted.plain):
        reason = "asked for"
    if reason:
        yield RunAgain(window, wanted, pane.id, reason)
        return
    if not pane.key:
        yield TagPane(wanted, pane.id)
    if wanted.launched and launchers.get(wanted.key) != wanted.digest:
        yield WriteLauncher(
            window, wanted, "its declaration changed" if changed else "its launcher file is missing or old"
        )
    if changed:
        yield Changed(window, wanted, shell)


def _others(
    session: desired.Session, live: observed.Session, found: Mapping[str, observed.Window], wish: Wish
) -> Iterator[Change | Note]:
    """What is there and not declared: leftovers of ours, and what is not ours at all."""
    declared = {pane.key for pane in session.panes}
    # The panes in them are not marked yet.
    returned = {window.id for window in found.values()} if wish.restored or live.tag is None else set()
    for window in live.windows:
        for pane in window.panes:
            if pane.key and pane.key not in declared:
                yield (
                    KillPane(window.name, pane.key, pane.id)
                    if wish.prune
                    else Leftover(window.name, pane.key)
                )
            elif not pane.key and window.id not in returned:
                yield Foreign(
                    window.index, window.name, pane.id, whole=not any(other.key for other in window.panes)
                )
