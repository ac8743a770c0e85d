"""The cases: bring a session up, find it up, and many sessions side by side."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path

from tests.bench import counted
from tests.bench.figures import Counted, Figure, Size, figures
from tests.bench.files import SESSION
from tests.bench.place import Place
from tests.bench.rounds import SPELL, Contestant, Turn, interleaved, rounds_for
from tests.bench.run import Run, timed
from tests.bench.setting import WINDOWS, empty, filled, live, many
from tests.bench.tools import STATUS, Tool, key, up


def build(root: Path, windows: int, chosen: Sequence[Tool], rounds: int = 0) -> list[Figure]:
    """Bring a session of that many windows up where no server runs; ratios are to the first tool."""
    with ExitStack() as places:
        contestants = []
        for tool in chosen:
            numbers = counted.building(tool, windows, root)
            there = places.enter_context(filled(root, windows)) if tool.kept else None
            turn = partial(_build, tool, windows, root, there)
            contestants.append(_contestant(tool, turn, numbers))
        return figures(Size("build", windows), interleaved(contestants, rounds or rounds_for(windows)))


def _contestant(tool: Tool, turn: Turn, numbers: Counted | None) -> Contestant:
    return Contestant(tool.name, tool.title, turn, numbers, SPELL if tool.peer else inf)


def _build(tool: Tool, windows: int, root: Path, there: Place | None) -> Run | None:
    with ExitStack() as places:
        at = there or places.enter_context(empty(root, windows))
        run = _checked(tool, windows, at)
        at.end()
        return run


def _checked(tool: Tool, windows: int, at: Place) -> Run | None:
    """A run after which the windows are there; None when a peer's are not, which happens."""
    run = timed(tool.command(at, windows), at)
    there = at.windows()
    if not run.code and there == windows:
        return run
    if not tool.peer:
        raise RuntimeError(f"{tool.title}: {there} of {windows} windows, exit code {run.code}: {run.said}")
    return None


def again(
    root: Path, windows: int, chosen: Sequence[Tool], rounds: int = 0, case: str = "again"
) -> list[Figure]:
    """Find a session of that many windows up, with nothing to do; ratios are to the first tool."""
    with live(root, windows, counted.front(root)) as at:
        contestants = []
        for tool in chosen:
            numbers = counted.count(tool.command(at, windows), at)
            numbers = counted.with_imports(numbers, tool, windows, root, live)
            contestants.append(_contestant(tool, partial(_checked, tool, windows, at), numbers))
        return figures(Size(case, windows), interleaved(contestants, rounds or rounds_for(windows)))


def beside(root: Path, sessions: int, rounds: int = 0) -> list[Figure]:
    """What ocprov does beside one session, and beside many; ratios are to the former."""
    found = []
    with ExitStack() as places:
        few, more = (
            places.enter_context(many(root, number, counted.front(root))) for number in (1, sessions)
        )
        for case in _COMMANDS:
            both = [_one(case, number, at) for number, at in ((1, few), (sessions, more))]
            pair = figures(Size(case, WINDOWS), interleaved(both, rounds or rounds_for(WINDOWS)))
            found += [replace(one, sessions=number) for one, number in zip(pair, (1, sessions), strict=True)]
    return found


# What is run, and how many windows of one more session are there when it has run.
_COMMANDS = {
    "status of": (STATUS, 0),
    "up of one more beside": (up("bench"), WINDOWS),
    "up again beside": (up("b0"), 0),
    "a key beside": (key("opencode-observability-b0"), 0),
}


def _one(case: str, number: int, at: Place) -> Contestant:
    command, windows = _COMMANDS[case]
    numbers = counted.count(command, at)
    _leave(at, windows)

    def turn() -> Run:
        run = timed(command, at)
        if run.code:
            raise RuntimeError(f"{case}: {run.said}")
        _leave(at, windows)
        return run

    return Contestant(case, f"{case} {number}", turn, numbers)


def _leave(at: Place, windows: int) -> None:
    """End the session that was one more; RuntimeError unless it had that many windows."""
    there = at.windows()
    if there != windows:
        raise RuntimeError(f"{there} of {windows} windows")
    if there:
        at.end(SESSION)
