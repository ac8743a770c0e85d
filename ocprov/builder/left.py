"""What a build that failed leaves behind, for tmuxp's question whether to kill it."""

from libtmux.exc import LibTmuxException
from libtmux.server import Server
from libtmux.session import Session


# No dataclass of its own, which would take ten milliseconds to make at every start.
class Given(Session):
    """A session that was there before the build: killing it kills only the windows that the build added."""

    added: tuple[str, ...] = ()

    def kill(
        self, all_except: bool | None = None, clear: bool | None = None, group: bool | None = None
    ) -> None:
        """Kill what the build added; the arguments, which mean other sessions, are refused."""
        if all_except or clear or group:
            raise LibTmuxException("a session that was there before the build is not killed")
        for window in self.added:
            self.server.cmd("kill-window", target=window)


def of(server: Server, session_id: str, name: str, added: tuple[str, ...], *, given: bool) -> Session:
    """The session that is left; one that nothing can be done to when it is gone, or never was."""
    kind = Given if given else Session
    try:
        found = kind.from_session_id(server, session_id)
    except LibTmuxException:
        return Given(server=server, session_id=session_id or None, session_name=name)
    if isinstance(found, Given):
        found.added = added
    return found
