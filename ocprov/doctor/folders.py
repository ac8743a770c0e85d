"""Judges the directories that ocprov uses: whose they are, who may look into them, whether they can be written."""

import shlex
from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.place import Place, why_not_ours

_ANYBODY = 0o077
_WRITE_OTHERS = 0o022
_NETWORK = frozenset(["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.gvfsd-fuse"])
LEAST = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory of ours; `private` is whether nobody else may look into it.

    `writable`, `free` bytes (None: not to be told) and `system`, the kind of file system (empty: not to be told), are
    of the directory, or where it is not there of the next one above it.
    """

    what: str
    place: Place
    private: bool
    writable: bool = True
    free: int | None = None
    system: str = ""
    nearest: str = "/"

    @property
    def look(self) -> str:
        """The command that shows whose the nearest directory is."""
        return f"ls -ld {printable(shlex.quote(self.nearest))}"


@dataclass(frozen=True, slots=True)
class Folders:
    """The directories; `loose` is what below the state directory others may read, `more` how much else of that there is.

    `relative` are XDG variables that are ignored; `home` is HOME's.
    """

    home: Place
    folders: tuple[Folder, ...]
    me: int
    loose: tuple[Place, ...] = ()
    relative: tuple[str, ...] = ()


def judge(seen: Folders) -> Iterator[Check]:
    """One check a directory, and one for each thing that is wrong besides."""
    if seen.home.kind == "nothing" or why_not_ours(seen.home, seen.me)[0]:
        why = why_not_ours(seen.home, seen.me)[0] if seen.home.kind != "nothing" else "is not there"
        fix = "export HOME=… to your own; with sudo: sudo -H"
        yield Check("HOME", "warn", why if seen.home.shown in why else f"{seen.home.shown} {why}", fix)
    for name in seen.relative:
        yield Check(
            name, "warn", "it is no absolute path, and so ignored", f"unset {name}, or write it in full"
        )
    for folder in seen.folders:
        yield _folder(folder, seen.me)
        yield from _around(folder)
    if seen.loose:
        first = seen.loose[0]
        more = f" and {len(seen.loose) - 1} more" if len(seen.loose) > 1 else ""
        found = f"others may look into {first.shown} ({first.mode:04o}){more}"
        yield Check("state files", "warn", found, "ocprov doctor --fix")


def _folder(folder: Folder, me: int) -> Check:
    place, what = folder.place, folder.what
    if place.kind == "nothing":
        if folder.writable:
            return Check(what, "ok", f"{place.shown}, made when it is needed")
        return Check(what, "fail", f"{place.shown} cannot be made: no permission", folder.look)
    why, fix = why_not_ours(place, me)
    if why:
        return Check(what, "fail", why, fix)
    if not folder.writable:
        return Check(what, "fail", f"{place.shown} cannot be written", f"chmod u+rwx {place.quoted}")
    if folder.private and place.mode & _ANYBODY:
        fix = f"ocprov doctor --fix, or: chmod 700 {place.quoted}"
        return Check(what, "warn", f"{place.shown} has mode {place.mode:04o}: others may look into it", fix)
    if place.mode & _WRITE_OTHERS:
        fix = f"chmod go-w {place.quoted}"
        return Check(what, "fail", f"{place.shown} has mode {place.mode:04o}: others may write to it", fix)
    return Check(what, "ok", place.shown)


def _around(folder: Folder) -> Iterator[Check]:
    if folder.free is not None and folder.free < LEAST:
        found = f"{folder.free // (1024 * 1024)} MB are left for {folder.place.shown}"
        yield Check(
            "disk",
            "fail" if folder.free == 0 else "warn",
            found,
            f"df -h {printable(shlex.quote(folder.nearest))}",
        )
    if folder.private and folder.system in _NETWORK:
        found = f"{folder.place.shown} is on {folder.system}: locks there are slow, or none"
        yield Check("file system", "warn", found, "set XDG_STATE_HOME to a directory on a local disk")
