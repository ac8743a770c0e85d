"""What the keys of the live view do, as the commands of the same names would; each answers with a line for a person."""

from ocprov.cli import going, show_plan
from ocprov.cli.app import WAIT, App
from ocprov.cli.live_frame import Row
from ocprov.cli.restart import as_told
from ocprov.cli.wanted import known, manner, require, wanted
from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.core.plan import Wish
from ocprov.core.status import SessionStatus
from ocprov.errors import OcprovError, TmuxError
from ocprov.tmux import hooks, live, provision
from ocprov.tmux.client import Server, run


def restart(app: App, row: Row) -> str:
    """Run the commands of a row's window again."""
    server = app.server
    there = live.one(server, row.session.name)
    one = as_told(server, there, _layout(server, there))
    window = row.window
    only = known(one.session, [window.key]) if window else ()
    provision.restart(server, one.kept, Wish(again=True, only=only), manner(app, WAIT))
    return f"{printable(window.name)} of {there.name} was run again" if window else ""


def up(app: App, session: SessionStatus) -> str:
    """Make a session live as it is declared, told what its last `up` was."""
    server = app.server
    if session.live:
        there = live.one(server, session.name)
        one = as_told(server, there, _layout(server, there))
    else:
        one = wanted(session.layout, (), "")
        require(one)
    how = manner(app, WAIT)
    outcome = provision.up(server, one.kept, Wish().only_in(one.windows), how)
    hooks.start(server, one.kept, how)
    return show_plan.summary(outcome.done, done=True)


def go(app: App, row: Row) -> None:
    """Bring a person to a session and, where the row has one, to its pane."""
    server = app.server
    there = _there(server, row)
    pane = row.pane
    if pane is not None:
        answer = run(server, ["select-window", "-t", pane.id, ";", "select-pane", "-t", pane.id])
        if answer.code:
            raise TmuxError("this window is gone by now", "ocprov status")
    going.go(app, server, there)


def _layout(server: Server, session: Session) -> str:
    layout = live.alias(server, session)
    if not layout:
        raise OcprovError(f"nobody knows which layout {session.name} is of", "bring it up: ocprov up LAYOUT")
    return layout


def _there(server: Server, row: Row) -> Session:
    found = next((one for one in live.ours(server) if one.name == row.session.name), None)
    if found is None:
        raise OcprovError(f"{row.session.name} is gone by now", "ocprov status")
    return found
