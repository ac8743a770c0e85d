"""A layout's `before_script`: run before its session is made, and never the end of a session that is there."""

from collections.abc import Callable

from ocprov.core.desired import Session
from ocprov.core.names import printable
from ocprov.tmux import outside


def run(session: Session, tell: Callable[[str], None]) -> None:
    """Run it in the session's directory, its output to stderr; OcprovError when it fails or takes over 10 minutes."""
    if not session.before_script:
        return
    shown = printable(" ".join(session.before_script))
    tell(f"running {shown}")
    outside.run("before_script", session.before_script, shown, session.directory, hint="it is no shell line")
