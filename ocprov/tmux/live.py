"""The live sessions that are ocprov's, and which of them a person means."""

from collections.abc import Sequence

from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.core.status import SessionStatus, report
from ocprov.errors import OcprovError
from ocprov.tmux.client import Server
from ocprov.tmux.observe import observe


def ours(server: Server) -> tuple[Session, ...]:
    """Every live session that carries a mark of ocprov."""
    return tuple(session for session in observe(server) or () if session.ours)


def alias(server: Server, session: Session) -> str:
    """The layout of a session: by its tag, or by what `up` was told where that was lost; empty when unknown."""
    if session.tag is not None:
        return session.tag.layout
    from ocprov.tmux.files import files  # needed by few sessions, and slow to import

    known = files(server, session.declared).kept()
    return known.told.layout if known else ""


def named(server: Server, sessions: tuple[Session, ...], name: str) -> tuple[Session, ...]:
    """Those of a layout's alias, or the one of that full name."""
    return tuple(session for session in sessions if name in (session.name, alias(server, session)))


def one(server: Server, name: str) -> Session:
    """The live session that `name`, an alias or a full name, means; OcprovError unless it is exactly one."""
    found = named(server, ours(server), name)
    if not found:
        up = "ocprov demo" if name == "demo" else f"ocprov up {printable(name)}"
        raise OcprovError(f"no session of {printable(name)} is live", up)
    if len(found) > 1:
        raise OcprovError(
            f"{len(found)} sessions of {name} are live",
            f"name one: {', '.join(session.name for session in found)}",
        )
    return found[0]


def status(server: Server, session: Session) -> SessionStatus:
    """The status of a live session."""
    return report(session, _launched(server, session))


def statuses(server: Server, layouts: Sequence[str]) -> list[tuple[str, list[SessionStatus]]]:
    """Each of the layouts with the status of its live sessions; without layouts all of them, under an empty name."""
    sessions = ours(server)
    meant = [(layout, named(server, sessions, layout)) for layout in layouts] or [("", sessions)]
    return [(layout, [status(server, session) for session in there]) for layout, there in meant]


def _launched(server: Server, session: Session) -> frozenset[str]:
    """The keys of the panes that have a launcher file, looked up where one did not tell so itself."""
    if all(pane.state is not None for pane in session.panes if pane.key):
        return frozenset()
    from ocprov.tmux.files import files

    return files(server, session.name).keys()
