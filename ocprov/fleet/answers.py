"""What this machine will answer once the files of a request are there: so a layout can be rendered before they are."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ocprov import state
from ocprov.fleet.files import Step
from ocprov.questions import answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.questions import Answers

_MODE = 0o700  # of a file and its folder together, as questions has it
_NOWHERE = "No such file or directory"


def answers(steps: Sequence[Step]) -> "Answers":
    """The questions of `layout.facts` that will be answered otherwise, each with that answer; none where nothing changes.

    Of a file that is in conflict as well: what it was to declare is told beside the conflict, not what is there.
    """
    written = [step for step in steps if step.writes or step.action == "conflict"]
    removed = [step for step in steps if step.action == "remove"]
    found: dict[tuple[str, str], object] = {}
    for step in written:
        found["text", str(step.place)] = step.data
        found["link", str(step.place)] = _leads(step.name)
    for step in removed:
        found["text", str(step.place)] = None
        found["link", str(step.place)] = _NOWHERE
    for folder in dict.fromkeys(above for step in (*written, *removed) for above in _folders(step.name)):
        where = state.config_dir() / folder
        found["names", str(where)] = _names(where, folder, written, removed)
        if not os.path.isdir(where):  # noqa: PTH112 # it raises nothing, wherever that is
            found["link", str(where)] = _leads(folder)
    return found


def _folders(name: str) -> Iterator[str]:
    """Every folder of a path, below the directory, the directory itself being no layouts folder."""
    parts = name.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))


def _leads(name: str) -> tuple[str, int, int]:
    real = Path(os.path.realpath(state.config_dir()), name)
    return str(real), os.geteuid(), _MODE


def _names(where: Path, folder: str, written: Sequence[Step], removed: Sequence[Step]) -> tuple[str, ...]:
    there = answer("names", str(where))
    gone = {step.name.removeprefix(f"{folder}/") for step in removed}
    more = {_child(step.name, folder) for step in written} - {""}
    return tuple(sorted({*(there if isinstance(there, tuple) else ())} - gone | more))


def _child(name: str, folder: str) -> str:
    """What a path is called in a folder above it, with a slash behind for a folder; empty where it is elsewhere."""
    if not name.startswith(f"{folder}/"):
        return ""
    first, slash, _ = name[len(folder) + 1 :].partition("/")
    return first + slash
