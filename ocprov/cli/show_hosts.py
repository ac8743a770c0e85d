"""What several machines answered, in one table: what calls for somebody comes first; pure.

Nothing of an answer is believed to be of the right kind, and everything of it is made printable.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ocprov.cli.output import counted, table
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.fleet.reply import Reply

# Host, a word, what it is about, more about it.
Row = tuple[str, str, str, str]
_WORD = 1
_SHARE = 0.3  # of the columns, for each of two where lines are cut
_LEAST = 10  # of the last column
_HUGE = 1e15


@dataclass(frozen=True, slots=True)
class Rows:
    """The lines of one host; `calling` where one of them calls for somebody."""

    calling: bool
    rows: tuple[Row, ...]


def lines(replies: Sequence[Reply], of: Callable[[Reply], Rows], columns: int, last: str = "") -> list[str]:
    """A table of all hosts, those that call for somebody first; `last` is said at its end of several."""
    each = [of(one) if one.ok else _without(one) for one in replies]
    ordered = [row for calling in (True, False) for one in each if one.calling is calling for row in one.rows]
    shown = table(_fitted(ordered, columns), paint=_WORD) if ordered else []
    return [*shown, _cut(_total(replies, last), columns)] if len(replies) > 1 else shown


def text(value: object) -> str:
    """`value` as a line that a terminal can be shown, where it is a text."""
    return printable(value) if isinstance(value, str) else ""


def number(value: object) -> float:
    """`value` where it is a number, else 0."""
    return float(value) if isinstance(value, (int, float)) and abs(value) < _HUGE else 0.0


def whole(value: object) -> int:
    """`value` as a whole number, else 0."""
    return int(number(value))


def entries(document: object, name: str) -> list[Mapping[str, Any]]:
    """The objects in a list of an object."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def part(document: object, name: str) -> Mapping[str, Any]:
    """An object in an object, empty where there is none."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _without(reply: Reply) -> Rows:
    return Rows(True, ((printable(reply.host), reply.state, "", reply.why),))


def _total(replies: Sequence[Reply], last: str) -> str:
    """`3 hosts: 2 answered, 1 unreachable`."""
    states: dict[str, int] = {}
    for one in replies:
        word = "answered" if one.ok else one.state
        states[word] = states.get(word, 0) + 1
    ordered = sorted(states.items(), key=lambda item: item[0] != "answered")
    said = ", ".join(f"{number} {word}" for word, number in ordered)
    return f"{counted(len(replies), 'host')}: {said}" + (f"; {last}" if last else "")


def _fitted(rows: Sequence[Row], columns: int) -> list[tuple[str, ...]]:
    """The rows with cells so short that a line fits."""
    widest = [max(len(row[place]) for row in rows) for place in range(3)]
    share = int(columns * _SHARE)
    host, what = min(widest[0], share), min(widest[2], share)
    if sum(widest) + 6 + max(len(row[3]) for row in rows) <= columns:
        host, what = widest[0], widest[2]
    more = max(columns - host - widest[1] - what - 6, _LEAST)
    return [(_cut(row[0], host), row[1], _cut(row[2], what), _cut(row[3], more)) for row in rows]


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + "…"
