"""Judges ocprov's lines for tmux.conf: whether they are installed, and read by the server that runs."""

import shlex
from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes


@dataclass(frozen=True, slots=True)
class Lines:
    """`path` is ocprov's own file, `there` whether it is, `readers` are the tmux.confs with a block that reads it.

    `loaded` is whether the server has read them, None where no server answers. `unread` is a tmux.conf that cannot be
    read, empty where all can.
    """

    path: str
    there: bool
    readers: tuple[str, ...]
    loaded: bool | None
    unread: str = ""


def judge(seen: Lines, fixed: Fixes) -> Iterator[Check]:
    """One check."""
    what, install = "tmux.conf", fixed.commands.ocprov("tmux-conf --install")
    if seen.readers and not seen.there:
        found = f"{printable(seen.readers[0])} reads {printable(seen.path)}, which is not there"
        yield Check(what, "fail", found, install)
    elif seen.there and seen.readers and seen.loaded is False:
        found = f"this server has not read the lines in {printable(seen.readers[0])}"
        yield Check(
            what, "warn", found, fixed.commands.tmux(f"source-file {shlex.quote(printable(seen.readers[0]))}")
        )
    elif seen.loaded or (seen.there and seen.readers):
        yield Check(what, "ok", "has ocprov's lines: keys, and what follows a restore")
    elif seen.unread:
        shown = printable(seen.unread)
        found = f"cannot read {shown}: not known whether it has ocprov's lines"
        yield Check(what, "warn", found, f"look at it: ls -l {shlex.quote(shown)}")
    else:
        yield Check(what, "warn", "has no lines of ocprov's: no keys, nothing comes back", install)
