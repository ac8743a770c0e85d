"""What must be there before a session can be made; found out before tmux is touched."""

import os
from collections.abc import Callable

from ocprov.core.desired import Session
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.tmux.here import older

_MIRRORED = (3, 5)


def require_directories(session: Session) -> None:
    """OcprovError when a directory of the session, or of one of its panes, cannot be entered."""
    wanted = {session.directory: "the session"}
    for pane in session.panes:
        wanted.setdefault(pane.directory, f"window {pane.key}")
    for directory, who in wanted.items():
        reason = _why_not(directory)
        if reason:
            raise OcprovError(
                f"the directory of {who} {reason}: {printable(directory)}",
                f"make it, or declare another one in the layout {session.layout}",
            )


def require_layouts(session: Session, version: Callable[[], str]) -> None:
    """OcprovError for a layout of panes that this tmux does not know: 3.3 would end over it, with all of its sessions."""
    for window in session.windows:
        if window.layout.endswith("-mirrored") and older(version(), _MIRRORED):
            raise OcprovError(
                f"the layout {window.layout} of window {window.key} needs tmux {'.'.join(map(str, _MIRRORED))}",
                f"upgrade tmux, or write layout: {window.layout.removesuffix('-mirrored')}",
            )


def _why_not(directory: str) -> str:
    try:
        os.stat(os.path.join(directory, "."))  # noqa: PTH116, PTH118 # with the dot, permission to enter is asked for
    except NotADirectoryError:
        return "is not a directory"
    except FileNotFoundError:
        return "does not exist"
    except OSError as error:
        return f"cannot be entered ({error.strerror})"
    return ""
