"""What is at a path, as a value, and what is wrong with a directory that should be its user's own."""

import os
import shlex
from typing import Literal

from ocprov.core.names import printable
from ocprov.core.value import dataclass

Kind = Literal["nothing", "directory", "file", "link", "socket", "other", "unreadable"]


@dataclass(frozen=True, slots=True)
class Place:
    """A path, not followed where it is a link: its kind, owner and mode; `why` is why it could not be looked at."""

    path: str
    kind: Kind = "nothing"
    owner: int = 0
    mode: int = 0
    why: str = ""

    @property
    def shown(self) -> str:
        """The path as a person is told it."""
        return printable(self.path)

    @property
    def quoted(self) -> str:
        """The path for a shell."""
        return printable(shlex.quote(self.path))


def why_not_ours(place: Place, me: int) -> tuple[str, str]:
    """Why it is no directory of the user `me`, and what to do; both empty where it is one."""
    look = f"look at it: ls -ld {place.quoted}"
    if place.kind == "unreadable":
        return f"cannot look at {place.shown}: {place.why}", look
    if place.kind != "directory":
        kind = "a symbolic link" if place.kind == "link" else f"a {place.kind}"
        return (
            f"{place.shown} is {kind}, not a directory",
            f"move it away: mv {place.quoted} {place.quoted}.old",
        )
    if place.owner != me:
        return f"{place.shown} belongs to another user (id {place.owner})", look
    return "", ""


def at(path: str | os.PathLike[str]) -> Place:
    """What is there now."""
    import stat

    text = os.fspath(path)
    try:
        about = os.lstat(text)
    except (FileNotFoundError, NotADirectoryError):
        return Place(text)
    except OSError as error:
        return Place(text, "unreadable", why=(error.strerror or "").lower())
    kinds: dict[int, Kind] = {
        stat.S_IFDIR: "directory",
        stat.S_IFREG: "file",
        stat.S_IFLNK: "link",
        stat.S_IFSOCK: "socket",
    }
    kind = kinds.get(stat.S_IFMT(about.st_mode), "other")
    return Place(text, kind, about.st_uid, stat.S_IMODE(about.st_mode))
