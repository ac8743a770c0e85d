"""What hosts answered: the JSON of a command there, or why there is none; pure."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import NOT_AS_WANTED
from ocprov.fleet import command
from ocprov.fleet.at_once import LARGEST, Ended

State = Literal["ok", "unreachable", "timeout", "not installed", "failed", "unreadable"]
SCHEMA = 1
_LONGEST = 200
_DEEPEST = 50
_NO_CONNECTION = 255
USAGE = 2  # of words that this one knows
OTHER_VERSION = "its ocprov is of another version"
# What a command ends with that answers.
_GOOD = (0, NOT_AS_WANTED)
# What an answer has at the least, by its command: lists of objects. One without them knows nothing, which is not none.
_LISTS = {"status": ("sessions", "waits"), "ls": ("layouts",), "alert": ("limits",)}
# What ssh says once what it came by is gone, a jump host's ssh or another program: that has said why.
_FOLLOWING = ("kex_exchange_identification: ", "Connection closed by UNKNOWN", "Connection reset by UNKNOWN")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a host answered: the `data` of its JSON where the state is ok, else `why` there is none."""

    host: str
    state: State
    why: str = ""
    data: Any = None

    @property
    def ok(self) -> bool:
        """Whether it answered."""
        return self.state == "ok"


def read(host: str, asked: str, ended: Ended, limit: float) -> Reply:
    """The answer of a host that was asked for a command by `command.reading`."""
    printed = command.answered(ended.out)
    if not ended.whole:
        return Reply(host, "unreadable", f"it answered with more than {LARGEST >> 20} MiB")
    if ended.code is None:
        when = "connected, but " if printed is not None else ""
        return Reply(host, "timeout", f"{when}no answer within {limit:g} s")
    if printed is None:
        return _not_reached(host, ended)
    if ended.code == _NO_CONNECTION:
        return Reply(host, "unreachable", why_not(ended.err) or "the connection was lost")
    if ended.code == command.MISSING and not printed:
        return Reply(host, "not installed", "it has no ocprov")
    if ended.code == USAGE:
        return Reply(host, "unreadable", other(ended.err))
    if ended.code not in _GOOD:
        return Reply(host, "failed", why_not(ended.err) or f"ocprov ended with {ended.code}")
    return _parsed(host, asked, printed)


def data(replies: Sequence[Reply]) -> dict[str, object]:
    """All answers as plain values."""
    return {
        "hosts": [
            {"host": one.host, "state": one.state, "why": one.why or None, "data": one.data}
            for one in replies
        ]
    }


def why_not(stderr: str) -> str:
    """What a person is told of the talk of ssh, or of ocprov there: its error, else its last line."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line[6:].strip() for line in lines if line.lower().startswith("error:")]
    causes = [line for line in lines if not line.startswith(_FOLLOWING)] or lines
    said = errors[0] if errors else causes[-1] if causes else ""
    return printable(said.removeprefix("ssh: "))[:_LONGEST]


def other(stderr: str) -> str:
    """What is told of a host whose ocprov does not know the words: which; click's guess at others would mislead."""
    return f"{OTHER_VERSION}: {why_not(stderr).partition(' Did you mean ')[0]}"


def _not_reached(host: str, ended: Ended) -> Reply:
    """A host whose shell did not run what it was sent: it is not there, or does not take commands."""
    if ended.code == _NO_CONNECTION:
        return Reply(host, "unreachable", why_not(ended.err) or "ssh says nothing about it")
    why = why_not(ended.err) or why_not(ended.out)
    return Reply(host, "failed", why or f"its shell ended with {ended.code} and ran nothing")


def _parsed(host: str, asked: str, printed: str) -> Reply:
    try:
        document = json.loads(printed, parse_constant=_refused, parse_float=_finite)
        _refuse_deep(document, _DEEPEST)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or "schema" not in document:
        return Reply(host, "unreadable", f"it answered with something else: {why_not(printed) or 'nothing'}")
    data = document.get("data")
    known = document["schema"] == SCHEMA and document.get("command") == asked
    if not (known and isinstance(data, dict) and _has_lists(asked, data)):
        return Reply(host, "unreadable", OTHER_VERSION)
    return Reply(host, "ok", data=data)


def _has_lists(asked: str, data: Mapping[str, Any]) -> bool:
    lists = [data.get(name) for name in _LISTS.get(asked, ())]
    return all(isinstance(one, list) and all(isinstance(entry, dict) for entry in one) for one in lists)


def _refused(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity, which are no JSON and would be printed again


def _finite(digits: str) -> float:
    if math.isinf(found := float(digits)):
        raise ValueError(digits)  # `1e400`: it would be printed again as what is no JSON
    return found


def _refuse_deep(value: object, levels: int) -> None:
    """ValueError for what is nested deeper than any answer: printing it would take more stack than reading it did."""
    if not levels:
        raise ValueError("too deep")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        _refuse_deep(one, levels - 1)
