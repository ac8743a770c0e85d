"""The memory of processes, with what they started."""

import subprocess
from collections import defaultdict
from collections.abc import Mapping

_PATIENCE = 5.0


def every() -> Mapping[int, int]:
    """Resident bytes of each process with all below it; none where that cannot be told."""
    try:
        done = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,rss="],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
        return summed(
            [
                (int(pid), int(above), int(size))
                for pid, above, size in map(str.split, done.stdout.splitlines())
            ]
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}


def summed(rows: list[tuple[int, int, int]]) -> dict[int, int]:
    """Bytes by process, of rows of its id, that of the process above, and its own KiB."""
    own = {pid: size * 1024 for pid, _, size in rows}
    below: dict[int, list[int]] = defaultdict(list)
    for pid, above, _ in rows:
        if above != pid:
            below[above].append(pid)
    return {pid: sum(own[one] for one in _tree(pid, below)) for pid in own}


def _tree(pid: int, below: Mapping[int, list[int]]) -> set[int]:
    found: set[int] = set()
    left = [pid]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += below.get(one, ())
    return found
