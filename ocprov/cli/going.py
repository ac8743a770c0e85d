"""Bringing a person to a session, its `on_attach` run before."""

from ocprov.cli.app import WAIT, App
from ocprov.cli.projects import require_trust
from ocprov.cli.wanted import manner
from ocprov.core.observed import Session
from ocprov.errors import OcprovError
from ocprov.tmux import attach, hooks
from ocprov.tmux.client import Server


def go(app: App, server: Server, session: Session) -> None:
    """Attach to the session, or switch to it; an `on_attach` that fails is told, and hinders nobody."""
    try:
        require_trust(server, session.declared, hooks=True)
        hooks.attaching(server, session.declared, manner(app, WAIT))
    except OcprovError as error:
        app.tell(error.message)
    attach.attach(server, session)
