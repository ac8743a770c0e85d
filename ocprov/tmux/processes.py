"""Which processes live, asked portably: no /proc."""

import os
import subprocess

from ocprov.errors import TmuxError


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


def parents() -> frozenset[int]:
    """The ids of all processes that have a child; TmuxError when ps cannot tell."""
    try:
        listed = subprocess.run(
            ["ps", "-A", "-o", "ppid="], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TmuxError("cannot list processes with ps", "install it: apt install procps") from error
    return frozenset(int(word) for word in listed.stdout.split())
