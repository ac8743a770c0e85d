"""What is at the target now: hashes and marks, never more than a config file's bytes in memory."""

import os
import stat
from pathlib import Path

from ocprov.configfile import atomic
from ocprov.configfile import target as targets
from ocprov.configfile.compare import sha
from ocprov.configfile.record import Record
from ocprov.core.hashed import sha256
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """A target as found.

    `own` is its own place, `real` where it leads through links, `leads` what a link at `own` says, and `linked` whether
    ocprov made that. `sha` is None where there is no file, `data` also where it is larger than a config file is.
    `twins` counts its other hard links.
    """

    target: Path
    own: Path
    real: Path
    leads: str
    linked: bool
    sha: str | None = None
    data: bytes | None = None
    mode: int = targets.NEW_MODE
    twins: int = 0

    @property
    def place(self) -> Path:
        """The path to write: the real file behind links, but not behind a link that ocprov made."""
        return self.own if self.linked else self.real

    def still(self, place: Path) -> bool:
        """Whether `place`, one of the two, still is what was found."""
        leads = self.leads if place == self.own else ""
        return _leads(place) == leads and digest(place) == self.sha


def look(target: Path, known: Record) -> Seen:
    """Look at `target`; OcprovError when what is there cannot be a config file of this user."""
    own = targets.own(target)
    leads = _leads(own)
    linked = known.linked(own, leads)
    if linked and not own.exists():  # its source moved, and the link may follow it
        return Seen(target, own, own, leads, linked)
    real, status = targets.locate(target)
    if status is None:
        return Seen(target, own, real, leads, linked)
    mode, twins = stat.S_IMODE(status.st_mode), status.st_nlink - 1
    try:
        if status.st_size > LARGEST:
            return Seen(target, own, real, leads, linked, digest(real), None, mode, twins)
        data = atomic.read(real)
    except OSError as error:
        raise targets.unreadable(real, error) from error
    return Seen(target, own, real, leads, linked, None if data is None else sha(data), data, mode, twins)


def digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes in hex; None where there is none. OSError where it cannot be read."""
    total = sha256()
    try:
        for chunk in atomic.chunks(path):
            total.update(chunk)
    except FileNotFoundError:
        return None
    return total.hexdigest()


def is_same_file(one: Path, other: Path) -> bool:
    """Whether both are the same file, through links and hard links too."""
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OcprovError(f"cannot look at {one}: {error.strerror}", f"look at it: ls -ld {one}") from error


def _leads(path: Path) -> str:
    """What a symbolic link says; empty for anything else."""
    try:
        return os.readlink(path)  # noqa: PTH115 # the very text, which a Path would tidy
    except OSError:
        return ""
