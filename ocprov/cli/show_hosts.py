"""What several machines answered, in one table: what calls for somebody comes first; pure.

Nothing of an answer is believed to be of the right kind, and everything of it is made printable.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from ocprov.cli.output import counted, cut, table, wide
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.fleet.reply import Reply

# Host, a word, what it is about, more about it.
Row = tuple[str, str, str, str]
_WORD = 1
_SHARE = 0.3  # of the columns, for the host where lines are cut
_LEAST = 10  # of a host, and of all that is said of it
_LONGEST = 1000  # of a text of a host's
_HUGE = 1e15
_NAMED = re.compile(r"^connect to host \S+ port \d+: ")


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
    return [*shown, *_total(replies, last, columns)] if len(replies) > 1 else shown


def text(value: object) -> str:
    """The beginning of `value` as a line that a terminal can be shown, where it is a text."""
    return printable(value[:_LONGEST]) if isinstance(value, str) else ""


def number(value: object) -> float:
    """`value` where it is a number, else 0."""
    return float(value) if _is_number(value) else 0.0


def money(value: object) -> str:
    """US dollars."""
    return f"${number(value):,.2f}"


def is_told(document: Mapping[str, Any], *names: str) -> bool:
    """Whether these of an object are numbers: what is not known is not 0."""
    return all(_is_number(document.get(name)) for name in names)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _HUGE


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
    """The line of a host that did not answer; ssh names it once more, and what matters stands behind that."""
    why = _NAMED.sub("", reply.why)
    return Rows(True, ((printable(reply.host), reply.state, "", why),))


def _total(replies: Sequence[Reply], last: str, columns: int) -> list[str]:
    """`3 hosts: 2 answered, 1 unreachable`, and what they come to on the same line where it fits."""
    states: dict[str, int] = {}
    for one in replies:
        word = "answered" if one.ok else one.state
        states[word] = states.get(word, 0) + 1
    ordered = sorted(states.items(), key=lambda item: item[0] != "answered")
    said = ", ".join(f"{number} {word}" for word, number in ordered)
    total = f"{counted(len(replies), 'host')}: {said}"
    together = f"{total}; {last}" if last else total
    return [together] if wide(together) <= columns else [cut(one, columns) for one in (total, last) if one]


def _fitted(rows: Sequence[Row], columns: int) -> list[tuple[str, ...]]:
    """Host, word, and all the rest, so short that a line fits: what is missing at the end is told by `ocprov` there."""
    host, word, what = (max(wide(row[place]) for row in rows) for place in range(3))
    if host + word + what + 6 + max(wide(row[3]) for row in rows) > columns:
        host = min(host, max(int(columns * _SHARE), _LEAST))
        what = min(what, max(columns - host - word, 0) // 3)
    room = max(columns - host - word - 4, _LEAST)
    return [(_shortened(row[0], host), row[1], cut(_rest(row[2], row[3], what, room), room)) for row in rows]


def _rest(what: str, more: str, aligned: int, room: int) -> str:
    """What it is about, and more; where both do not fit, what it is about is cut, to `aligned` columns at the least."""
    if not (what and more):
        return what or more
    shown = cut(what, max(aligned, room - wide(more) - 2))
    return f"{shown}{' ' * (aligned - wide(shown))}  {more}"


def _shortened(name: str, width: int) -> str:
    """A host's name without its middle where it is too long: hosts differ at either end."""
    if wide(name) <= width:
        return name
    tail = name[-(width // 3) :]
    return cut(name[: -len(tail)], width - wide(tail)) + tail
