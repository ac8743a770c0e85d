"""Finding the session that is to be frozen, and everything that is known of it."""

from typing import TYPE_CHECKING

from ocprov.authoring import frozen as freezer
from ocprov.authoring import naming, snapshot
from ocprov.core import observed
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.state import home
from ocprov.tmux import live
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import find, observe

if TYPE_CHECKING:
    from ocprov.core.desired import Pane


@dataclass(frozen=True, slots=True)
class Frozen:
    """A session's name, its workspace, and what is to be said about that."""

    name: str
    workspace: dict[str, object]
    notes: tuple[str, ...]


def frozen(server: Server, name: str, layout: str) -> Frozen:
    """The live session that `name`, its own or a layout's, means; OcprovError when there is no such one.

    `layout` is what it is to be called, or empty: a session belongs to one layout, so another one gets its own name.
    """
    sessions = observe(server)
    session = find(sessions, name) or (
        live.one(server, name) if any(one.ours for one in sessions or ()) else None
    )
    if session is None:
        names = ", ".join(printable(one.name) for one in (sessions or ())[:10])
        hint = f"there are: {names}" if names else "no tmux server runs: ocprov up LAYOUT"
        raise OcprovError(f"no session {printable(name)} is live", hint)
    called = session.declared if session.ours else session.name
    other = layout and session.ours and live.alias(server, session) != layout
    made = freezer.freeze(
        (called, naming.beside(called, layout) if other else naming.session(called)),
        session.base_index,
        snapshot.take(server, session),
        _known(server, session),
        str(home()),
    )
    return Frozen(called, made.workspace, made.notes)


def _known(server: Server, session: observed.Session) -> freezer.Declared:
    """What the last `up` declared, for the panes that are still of it."""
    found: dict[str, Pane] = {}
    unknown = set()
    kept = {
        name: files(server, name).kept()
        for name in {pane.of or session.declared for pane in session.panes if pane.key}
    }
    for pane in session.panes:
        owner = kept.get(pane.of or session.declared) if pane.key else None
        declared = next((one for one in owner.session.panes if one.key == pane.key), None) if owner else None
        if declared:
            found[pane.id] = declared
        elif pane.key and pane.started:
            unknown.add(pane.id)
    own = kept.get(session.declared) if session.ours else None
    return freezer.Declared(own.session if own else None, found, frozenset(unknown))
