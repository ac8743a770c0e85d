"""tmux-resurrect's saves: what one holds, what is wrong with it, and which one a restore reads."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocprov.core.names import printable
from ocprov.errors import OcprovError

Kind = Literal["empty", "no panes", "no windows", "damaged", "odd", "cut short", "shifted", "stray"]

# With one of these a restore brings back nothing, or rubbish; resurrect itself writes the others every day. A line
# that cannot be read is damage where the end is missing too; else it is one pane, in a directory with a TAB perhaps.
_BROKEN: frozenset[Kind] = frozenset({"empty", "no panes", "no windows", "damaged"})
_PANE_FIELDS = 11
_WINDOW_FIELDS = 8


@dataclass(frozen=True, slots=True)
class Pane:
    """A saved pane; `command` is what a restore types into it, empty for a shell."""

    session: str
    window: int
    index: int
    directory: str
    command: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong in a save; `line` counts from 1 and is 0 where it is about the whole file."""

    kind: Kind
    line: int = 0
    text: str = ""

    @property
    def breaks(self) -> bool:
        """Whether the save as a whole is of no use."""
        return self.kind in _BROKEN


@dataclass(frozen=True, slots=True)
class Save:
    """What a save holds; `grouped` are the sessions that share another one's windows and have no lines of their own."""

    panes: tuple[Pane, ...]
    grouped: tuple[str, ...]
    flaws: tuple[Flaw, ...]

    @property
    def broken(self) -> bool:
        """Whether a restore should not read it."""
        return any(flaw.breaks for flaw in self.flaws)

    @property
    def sessions(self) -> frozenset[str]:
        """The names of the sessions in it."""
        return frozenset((*(pane.session for pane in self.panes), *self.grouped))


def parse(text: str) -> Save:
    """The save that `text` is; what cannot be read in it is told in `flaws`."""
    lines = [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), 1) if line]
    panes = tuple(pane for _, fields in lines if (pane := _pane(fields)))
    grouped = tuple(fields[1] for _, fields in lines if fields[0] == "grouped_session" and len(fields) > 1)
    types = {fields[0] for _, fields in lines}
    flaws = (*_of_all(types, panes), *_of_lines(lines, whole="state" in types))
    return Save(panes, grouped, flaws)


def _of_all(types: set[str], panes: tuple[Pane, ...]) -> Iterator[Flaw]:
    if not types:
        yield Flaw("empty")
        return
    if not panes:
        yield Flaw("no panes")
    if "window" not in types:
        yield Flaw("no windows")
    if "state" not in types:
        yield Flaw("cut short")


def _of_lines(lines: list[tuple[int, list[str]]], *, whole: bool) -> Iterator[Flaw]:
    for number, fields in lines:
        kind = _wrong(fields)
        if kind:
            yield Flaw("odd" if kind == "damaged" and whole else kind, number, "\t".join(fields))


def _wrong(fields: list[str]) -> Kind | None:
    match fields[0]:
        case "grouped_session" | "state":
            return None
        case "window":
            return None if _is_window(fields) else "damaged"
        case "pane":
            if _pane(fields) is None:
                return "damaged"
            # bash reads two TABs as one: without a title every later field moves one to the left.
            return None if fields[7].startswith(":") else "shifted"
        case _:
            return "stray"


def _pane(fields: list[str]) -> Pane | None:
    if fields[0] != "pane" or len(fields) != _PANE_FIELDS or not fields[10].startswith(":"):
        return None
    if not (fields[2].isdecimal() and fields[5].isdecimal()):
        return None
    place = fields[7] if fields[7].startswith(":") else fields[6]
    if not place.startswith(":"):
        return None
    directory = place[1:].replace("\\ ", " ")
    return Pane(fields[1], int(fields[2]), int(fields[5]), directory, fields[10][1:])


def _is_window(fields: list[str]) -> bool:
    return len(fields) == _WINDOW_FIELDS and fields[2].isdecimal() and fields[3].startswith(":")


def read(path: Path) -> Save:
    """The save in a file; FileNotFoundError when there is none, OcprovError when it cannot be read."""
    try:
        if path.exists() and not path.is_file():
            raise OcprovError(
                f"{printable(str(path))} is no file", f"look at it: ls -ld {printable(str(path))}"
            )
        return parse(path.read_text("utf-8", "surrogateescape"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _cannot("read", path, error) from error


def newest_good(directory: Path) -> Path | None:
    """The newest save in `directory` that is not broken; OcprovError when the directory cannot be read.

    A save that cannot be read is no good one: a restore could not read it either.
    """
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if re.fullmatch(r"tmux_resurrect_.*\.txt", entry.name)]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot("read", directory, error) from error
    # The time is in the name; that of the file changes when it is copied.
    ordered = sorted(names, key=lambda name: (re.sub(r"\D", "", name), name), reverse=True)
    return next((directory / name for name in ordered if good(directory / name)), None)


def good(path: Path) -> bool:
    """Whether a restore gets something from this file: it is there, can be read, and is not broken."""
    try:
        return not read(path).broken
    except (OcprovError, FileNotFoundError):
        return False


def point_last(directory: Path, good: Path) -> Path | None:
    """Make `last` lead to `good`, a save in `directory`, at once; OcprovError when it cannot be done.

    A `last` that is no link is kept as `last.broken-TIME`; returned is that path, or None.
    """
    last = directory / "last"
    beside = directory / f".last.ocprov-{os.getpid()}"
    kept = None
    try:
        if last.exists() and not last.is_symlink():
            kept = directory / f"last.broken-{time.strftime('%Y%m%dT%H%M%S')}"
            kept.hardlink_to(last)
        beside.unlink(missing_ok=True)
        beside.symlink_to(good.name)
        beside.replace(last)
    except OSError as error:
        raise _cannot("write", last, error) from error
    return kept


def _cannot(verb: str, path: Path, error: OSError) -> OcprovError:
    shown = printable(str(path))
    return OcprovError(f"cannot {verb} {shown}: {error.strerror}", f"look at it: ls -ld {shown}")
