"""What runs on this machine, read from /proc."""

from collections.abc import Iterator
from pathlib import Path


def content(pid: int, name: str) -> bytes:
    """A file of a process; nothing once that is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _stat(pid: int) -> list[bytes]:
    """State, parent, and what follows in /proc/PID/stat; nothing once it is gone."""
    return content(pid, "stat").rpartition(b")")[2].split()


def parents() -> Iterator[tuple[int, int]]:
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and (about := _stat(int(one.name))):
            yield int(one.name), int(about[1])


def has(pid: int, variable: str) -> bool:
    return variable.encode() in content(pid, "environ").split(b"\0")


def lives(pid: int) -> bool:
    return _stat(pid)[:1] not in ([], [b"Z"])
