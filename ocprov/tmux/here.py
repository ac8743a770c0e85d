"""What can be told of tmux and of this terminal without asking tmux; it imports next to nothing."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# tmux older than this is refused.
OLDEST = (3, 2)
LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107  # bytes
# Seconds that a person does not notice.
BLINK = 0.5


def inside() -> str:
    """The socket of the tmux that we are in, or an empty string."""
    return os.environ.get("TMUX", "").rsplit(",", 2)[0]


def at_terminal() -> bool:
    """Whether a person sits at a terminal that tmux could take over."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def size() -> tuple[int, int]:
    """Columns and lines of a detached session: those of the terminal, or 200 and 50 where there is none."""
    columns, lines = os.get_terminal_size() if at_terminal() else (200, 50)
    return max(columns, 40), max(lines, 10)


def environment() -> dict[str, str]:
    """The caller's environment without what must not settle in a tmux server: `OPENCODE_*`, `OCPROV_*`, its size.

    By COLUMNS in a server's environment ps cuts its lines, and with them the commands that tmux-resurrect saves.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENCODE_", "OCPROV_")) and name not in ("COLUMNS", "LINES")
    }


def older(version: str, than: tuple[int, int]) -> bool:
    """Whether a version is below another; builds without a number (`master`, `openbsd-7.6`) are taken as new."""
    major, _, rest = version.removeprefix("next-").partition(".")
    minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) < than


def alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def attach(flags: "tuple[str, ...]", target: str) -> "NoReturn":
    """Become a client that is attached to a session: `=NAME`, or its id."""
    arguments = ["tmux", *flags, "attach-session", "-t", target]
    os.execvpe("tmux", arguments, environment())  # noqa: S606 # an argument list, no shell
