"""A plan as tmux commands, for one client to send; nothing here is run."""

from collections.abc import Iterator

from ocprov.core import attention, build, launcher
from ocprov.core.build import Command, Terms
from ocprov.core.change import (
    Change,
    CreatePane,
    CreateSession,
    CreateWindow,
    KillPane,
    RenameWindow,
    RunAgain,
    SetSession,
    SetWindow,
    TagPane,
    WriteLauncher,
)
from ocprov.core.desired import Pane, Session
from ocprov.core.observed import STATE_TAG
from ocprov.core.plan import Plan
from ocprov.core.quoting import line as line
from ocprov.core.quoting import shown as shown
from ocprov.core.rows import OBSERVE as OBSERVE


def commands(plan: Plan, terms: Terms) -> tuple[Command, ...]:
    """The batch of a plan, the reading of the outcome included; empty when tmux has nothing to do."""
    batch = tuple(command for change in plan.changes for command in _change(change, plan.session, terms))
    set_again = (change for change in plan.changes if isinstance(change, SetSession))
    tags = (tag for change in set_again for tag in build.session_tag(change.session, f"{change.session_id}:"))
    return (*batch, *tags, *attention.COMPOSE, OBSERVE) if batch else ()


def launchers(plan: Plan) -> tuple[Pane, ...]:
    """The panes whose launcher files must be there before the batch is sent."""
    return tuple(pane for change in plan.changes for pane in _panes(change) if pane.launched)


def _panes(change: Change) -> tuple[Pane, ...]:
    match change:
        case CreateSession(windows=windows):
            return tuple(pane for window in windows for pane in window.panes)
        case CreateWindow(window=window):
            return window.panes
        case CreatePane(pane=pane) | RunAgain(pane=pane) | WriteLauncher(pane=pane):
            return (pane,)
        case _:
            return ()


def _change(change: Change, session: Session, terms: Terms) -> Iterator[Command]:
    match change:
        case CreateSession():
            yield from build.create_session(change, terms)
        case CreateWindow():
            yield from build.create_window(change, session, terms)
        case CreatePane():
            yield from build.split(change.window, change.pane, change.window_id, session, terms)
            yield ("select-pane", "-t", change.restore)
        case RunAgain():
            yield from _run_again(change, terms)
        case _:
            yield from _mended(change)


def _mended(change: Change) -> Iterator[Command]:
    match change:
        case SetSession():
            target = f"{change.session_id}:"
            yield from (("set-environment", "-u", "-t", target, name) for name in change.gone_environment)
            yield from (("set-option", "-u", "-t", target, name) for name in change.gone_options)
            yield from build.session_values(change.session, target)
            if change.renamed:
                yield ("rename-session", "-t", target, change.session.name)
        case RenameWindow():
            yield ("rename-window", "-t", change.window_id, change.window.name)
        case SetWindow():
            yield from (("set-option", "-w", "-u", "-t", change.window_id, name) for name in change.gone)
            yield from build.kept_name(change.window, change.window_id)
            yield from build.options("-w", change.window_id, change.window.options)
            yield from build.arranged(change.window, change.window_id)
        case TagPane():
            yield from build.tags(change.pane, change.pane_id)
            if change.pane.plain:
                # It told so itself when ocprov started it: a person's shell, whatever is declared later.
                yield ("set-option", "-p", "-F", "-t", change.pane_id, STATE_TAG, "plain 0 - #{pane_pid}")
        case KillPane():
            yield ("kill-pane", "-t", change.pane_id)


def _run_again(change: RunAgain, terms: Terms) -> Iterator[Command]:
    pane, target = change.pane, change.pane_id
    argv = launcher.process(terms.launcher(pane.key), pane.directory) if pane.launched else build.plain(pane)
    own = () if pane.launched else build.environment(pane.environment)
    yield ("set-option", "-p", "-u", "-t", target, STATE_TAG)
    yield ("respawn-pane", "-k", *own, "-t", target, *argv)
    yield from build.tags(pane, target)
    yield from build.typing(pane, target)
