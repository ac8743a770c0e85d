"""The files of a request below `~/.config/ocprov`: what is to be done to each, decided; then done.

A file is replaced when it is as it was put there, and is a conflict when somebody edited it, or has one of their own there.
Links are not followed out of their place: what is behind one is left as it is.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from ocprov import state
from ocprov.configfile import compare
from ocprov.configfile.look import digest
from ocprov.configfile.target import NEW_MODE
from ocprov.core.names import printable
from ocprov.core.value import dataclass, replace
from ocprov.fleet.manifest import Known

# `forget` is of what was put there and is no longer wanted, where it is gone, or a person's by now.
Action = compare.Action | Literal["remove", "forget"]


@dataclass(frozen=True, slots=True)
class Step:
    """What to do to one file, and why; `old` is the SHA-256 of what is there, empty for nothing.

    `data` are the bytes that are wanted, `mode` the permission bits: of a file that is there its owner chose them.
    """

    name: str
    action: Action
    reason: str
    old: str = ""
    data: bytes = b""
    mode: int = NEW_MODE

    @property
    def place(self) -> Path:
        """The file itself."""
        return state.config_dir() / self.name

    @property
    def writes(self) -> bool:
        """Whether its bytes are to be put there."""
        return self.action in ("create", "replace")


def steps(wanted: Mapping[str, bytes], known: Known, *, force: bool) -> tuple[Step, ...]:
    """What is to be done to each file that is wanted, and to those that were; `force` is to replace edited ones."""
    if not wanted:
        return ()
    found = [_forced(step) if force else step for step in _wanted(wanted, known)]
    return (*found, *(_gone(name, known[name]) for name in sorted(known) if name not in wanted))


def _wanted(wanted: Mapping[str, bytes], known: Known) -> Iterator[Step]:
    for name, data in sorted(wanted.items()):
        try:
            reason = _in_the_way(name)
            yield (
                Step(name, "conflict", reason, data=data)
                if reason
                else _compared(name, data, known.get(name, ()))
            )
        except OSError as error:
            yield Step(name, "conflict", f"it cannot be looked at: {error.strerror}", data=data)


def _compared(name: str, data: bytes, hashes: tuple[str, ...]) -> Step:
    place, new = state.config_dir() / name, compare.sha(data)
    old = digest(place)
    if place.is_symlink():
        if old == new:
            return Step(name, "none", "a link leads to the same", new, data)
        leads = printable(os.readlink(place))  # noqa: PTH115 # the very text
        return Step(name, "conflict", f"it is a link to {leads}", old or "", data)
    recorded = old if old in hashes else next(iter(hashes), None)
    mode = NEW_MODE if old is None else stat.S_IMODE(place.stat().st_mode)
    decision = compare.decide(new, old, recorded, mode)
    return Step(name, decision.action, decision.reason, decision.sha_old, data, mode & ~compare.ANYONE_WRITES)


def _forced(step: Step) -> Step:
    """The step when what a person wrote gives way; what is no file stays in the way."""
    if step.action != "conflict" or not step.old:
        return step
    return replace(step, action="replace", reason=f"forced; {step.reason}")


def _gone(name: str, hashes: tuple[str, ...]) -> Step:
    """What to do to a file that was put here and is wanted no longer."""
    place = state.config_dir() / name
    try:
        if _in_the_way(name) or place.is_symlink():
            return Step(name, "forget", "it is another thing by now, and stays")
        old = digest(place)
    except OSError as error:
        return Step(name, "forget", f"it cannot be looked at, and stays: {error.strerror}")
    if old is None:
        return Step(name, "forget", "it is gone already")
    if old in hashes:
        return Step(name, "remove", "it is wanted no longer", old)
    return Step(name, "forget", "it is wanted no longer, and stays, for it was edited on this host")


def _in_the_way(name: str) -> str:
    """Why a path below the directory must not be written, whatever is in a file there; or an empty string."""
    root = state.config_dir()
    home = os.path.realpath(state.home())
    if not Path(os.path.realpath(root)).is_relative_to(home) and root.is_relative_to(state.home()):
        return f"{printable(str(root))} leads out of the home, to {printable(os.path.realpath(root))}"
    above = [root, *(root.joinpath(*name.split("/")[:length]) for length in range(1, name.count("/") + 1))]
    for folder in above:
        if folder != root and folder.is_symlink():
            return f"its folder {folder.name} is a link"
        if os.path.lexists(folder) and (reason := _why_no_folder(folder)):
            return reason
    place = root / name
    if place.is_symlink() or not place.exists():
        return ""
    about = place.stat()
    if not stat.S_ISREG(about.st_mode):
        return "it is no plain file"
    return "" if about.st_uid == os.geteuid() else "it belongs to another user"


def _why_no_folder(folder: Path) -> str:
    about = folder.stat()
    if not stat.S_ISDIR(about.st_mode):
        return f"{printable(folder.name)} is not a folder"
    return "" if about.st_uid == os.geteuid() else f"{printable(folder.name)} belongs to another user"
