"""What one run of a tool needs of the machine, whatever else that is doing; such a run is not timed."""

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench.figures import Counted
from tests.bench.place import Place
from tests.bench.run import Command, countable_tmux, imports, peak_memory, tmux_calls
from tests.bench.setting import Setting, empty, filled
from tests.bench.tools import Tool

FEW = 10  # windows up to which imports are listed: they do not depend on the number
MANY = 50  # windows up to which peers are counted: they take long, and their counts grow evenly


def building(tool: Tool, windows: int, root: Path) -> Counted | None:
    """Of a run that brings the session up where no server runs; None for what takes too long."""
    if tool.peer and windows > MANY:
        return None
    setting = filled if tool.kept else empty
    with setting(root, windows, front(root)) as at:
        counted = count(tool.command(at, windows), at)
    return with_imports(counted, tool, windows, root, setting)


def with_imports(counted: Counted, tool: Tool, windows: int, root: Path, setting: Setting) -> Counted:
    """With what ocprov imports in that setting; unchanged for other tools, and for many windows."""
    if windows > FEW or not tool.ours:
        return counted
    with setting(root, windows, None) as at:
        names = imports(tool.command(at, windows).argv, at)
    return replace(counted, imports=tuple(sorted(names)))


def front(root: Path) -> Path:
    """A directory with a tmux that can be counted."""
    return countable_tmux(Path(tempfile.mkdtemp(dir=root)))


def count(command: Command, at: Place) -> Counted:
    """Of a command in a place with such a front; ValueError without."""
    if at.front is None:
        raise ValueError("no tmux that can be counted is in front")
    peak, noted = tmux_calls(at.front, partial(peak_memory, command, at))
    return Counted(len(noted), peak)
