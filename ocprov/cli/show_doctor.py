"""What `ocprov doctor` prints; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ocprov.cli.output import COLORS
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.doctor.check import Check, Group

_STATES = ("ok", "warn", "fail")
_MARGIN = 2
_STATE = 4
_GAP = 2
# Columns of the names; a longer one pushes its own line only.
_WHAT = 16
_NARROW = 30


def data(groups: Sequence[Group], fixed: Sequence[str]) -> dict[str, object]:
    """The same as plain values."""
    return {
        "checks": [
            {
                **asdict(check),
                "found": printable(check.found),
                "fix": printable(check.fix),
                "group": group.name,
            }
            for group in groups
            for check in group.checks
        ],
        "fixed": list(fixed),
    }


def lines(groups: Sequence[Group], fixed: Sequence[str], *, home: str, width: int) -> Iterator[str]:
    """What was mended, a block a group, and how many there are of each state; wrapped at `width`, unless that is 0.

    Paths below `home` (empty: none is known) are shortened where they are told, and left whole where they are pasted.
    """
    for line in fixed:
        yield f"fixed: {line}"
    for group in groups:
        yield style(group.name, bold=True)
        for check in group.checks:
            yield from _check(check, home, width)
    yield _counts([check.state for group in groups for check in group.checks])


def _check(check: Check, home: str, width: int) -> Iterator[str]:
    """Its line, and its fix below: that is never wrapped, for it is there to be pasted."""
    indent = _MARGIN + _STATE + _GAP
    what, column = printable(check.what).ljust(_WHAT), indent + _WHAT + _GAP
    found = _wrapped(_short(check.found, home), width - column if width else 0)
    state = style(check.state, fg=COLORS[check.state]) + " " * (_STATE - len(check.state))
    first, *more = found
    yield f"{' ' * _MARGIN}{state}{' ' * _GAP}{what}{' ' * _GAP}{first}"
    for line in more:
        yield " " * column + line
    if check.fix:
        yield f"{' ' * indent}{style('fix:', fg='cyan')} {printable(check.fix)}"


def _short(text: str, home: str) -> str:
    """With `~` for the home directory, where a path begins with it."""
    shorter = re.sub(rf"(?<![\w/.-]){re.escape(home)}(?=/)", "~", text) if len(home) > 1 else text
    return printable(shorter)


def _wrapped(text: str, width: int) -> list[str]:
    if len(text) <= width or width < _NARROW:
        return [text]
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def _counts(states: Sequence[str]) -> str:
    told = ((state, states.count(state)) for state in _STATES)
    return ", ".join(style(f"{number} {state}", fg=COLORS[state]) for state, number in told if number)
