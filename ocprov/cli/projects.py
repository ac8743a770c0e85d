"""Layouts of several projects have one name, `project`: which of their sessions is meant."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from ocprov.cli.wanted import Wanted, project_directory
from ocprov.core.desired import NO_HOOKS
from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.errors import ConflictError, OcprovError
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import find_declared, observe

PROJECT = "project"  # as layout.project has it, whose import takes longer than an `up` that changes nothing


def require_same_project(server: Server, one: Wanted) -> None:
    """ConflictError where the live session of that name is another project's, as of a second clone of one repository."""
    if one.told.layout != PROJECT:
        return
    place = _place(server, one.session.name)
    if place in ("", one.told.directory) or find_declared(observe(server), one.session.name) is None:
        return
    raise ConflictError(
        f"{one.session.name} is live for the project in {printable(place)}",
        f"end it: ocprov down {one.session.name}; or put {{{{ project }}}} into the session_name of both",
    )


def meant(server: Server, sessions: Sequence[Session]) -> list[Session]:
    """Of the sessions of layouts called `project` that of this directory; OcprovError where none or several may be meant."""
    from ocprov.layout.project import FILE

    here = str(project_directory(""))
    own = [session for session in sessions if _place(server, session.declared) in ("", here)]
    if own or Path(here, FILE).exists():
        return own
    if len(sessions) > 1:
        names = ", ".join(session.name for session in sessions)
        raise OcprovError(f"{len(sessions)} sessions of {PROJECT} are live", f"name one: {names}")
    return [*sessions]


def require_trust(server: Server, name: str, *, hooks: bool) -> None:
    """OcprovError where a session, or with `hooks` only its hooks, are of a project whose trust was revoked meanwhile.

    What was trusted when it came up still is when only its file was changed since.
    """
    known = files(server, name).kept()
    if known is None or known.told.layout != PROJECT or (hooks and known.session.hooks == NO_HOOKS):
        return
    from ocprov.layout import project, source, trust

    place = str(Path(known.told.directory, project.FILE))
    if place in trust.read() or any(one.alias == PROJECT for one in source.sources()):
        return
    what = "its hooks do not run" if hooks else "it is left as it is"
    raise OcprovError(
        f"the project of {name} is no longer trusted: {what}",
        f"read it, then: ocprov trust {printable(quote(place))}",
    )


def _place(server: Server, name: str) -> str:
    """The directory that the last `up` of a session was for; empty where that is not known, or made no difference."""
    known = files(server, name).kept()
    return known.told.directory if known else ""
