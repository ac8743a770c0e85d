"""Checking a TOML document against a table of keys: unknown keys, types, ranges, choices. Nothing is read here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ocprov.core.names import printable
from ocprov.core.value import dataclass

Kind = Literal["text", "path", "whole", "number", "flag", "texts", "wholes"]

_SAID = {
    "text": "a text in quotes",
    "path": "a path in quotes",
    "whole": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "texts": "a list of texts",
    "wholes": "a list of whole numbers",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a file, `section.name`, and what its value may be; `low` and `high` bound each number of it."""

    name: str
    kind: Kind
    default: object
    help: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one key; `line` is where it stands, 0 when that is not known."""

    name: str
    message: str
    line: int = 0


def problems(document: Mapping[str, object], keys: Sequence[Key], text: str = "") -> tuple[Problem, ...]:
    """Everything wrong with `document`, in its order; `text` is what it was read from, to tell lines."""
    known = {key.name: key for key in keys}
    sections = {key.name.partition(".")[0] for key in keys}
    found: list[Problem] = []
    for section, table in document.items():
        if section not in sections:
            found.append(_problem(section, _unknown(section, sections), text))
        elif not isinstance(table, Mapping):
            found.append(_problem(section, f"must be a section: [{section}]", text))
        else:
            found += (_problem(name, why, text) for name, why in _wrong(section, table, known))
    return tuple(found)


def _wrong(section: str, table: Mapping[str, object], known: Mapping[str, Key]) -> Iterator[tuple[str, str]]:
    for entry, value in table.items():
        name = f"{section}.{entry}"
        why = why_not(known[name], value) if name in known else _unknown(name, known)
        if why:
            yield name, why


def why_not(key: Key, value: object) -> str:
    """Why `value` cannot be the value of `key`, or an empty string when it can."""
    if not _is(key.kind, value):
        return f"must be {_SAID[key.kind]}"
    for one in value if isinstance(value, list) else (value,):
        why = _bounds(key, one)
        if why:
            return why
    return ""


def allowed(key: Key) -> str:
    """What the value of `key` may be, in words: `a number, at least 0`."""
    which = ""
    if key.choices:
        which = f"{', each ' if key.kind == 'texts' else ', '}{' or '.join(key.choices)}"
    elif key.low is not None or key.high is not None:
        which = f", {_range(key.low, key.high)}"
    return _SAID[key.kind] + which


def _is(kind: Kind, value: object) -> bool:
    if kind in ("texts", "wholes"):
        one: Kind = "text" if kind == "texts" else "whole"
        return isinstance(value, list) and all(_is(one, item) for item in value)
    if kind == "flag":
        return isinstance(value, bool)
    if kind in ("text", "path"):
        return isinstance(value, str)
    return isinstance(value, int if kind == "whole" else (int, float)) and not isinstance(value, bool)


def _bounds(key: Key, value: object) -> str:
    if isinstance(value, str):
        return _text(key, value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = key.low, key.high
        if not abs(value) < float("inf"):  # nan is less than nothing; neither is JSON
            return "must be a finite number"
        inside = (low is None or value >= low) and (high is None or value <= high)
        return "" if inside else f"must be {_range(low, high)}"
    return ""


def _text(key: Key, value: str) -> str:
    if key.choices and value not in key.choices:
        return f"must be {' or '.join(key.choices)}"
    return "" if printable(value) == value else "holds a control character"


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else "a number"


def _unknown(name: str, known: Mapping[str, Key] | set[str]) -> str:
    import difflib  # late: most files are right

    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no such {'key' if '.' in name else 'section'}" + (
        f"; did you mean {close[0]}?" if close else ""
    )


def _problem(name: str, message: str, text: str) -> Problem:
    return Problem(name, message, line(text, name))


def line(text: str, name: str) -> int:
    """The line (from 1) of `section.key`, or of `[section]`, in a TOML text; 0 when it is written in another way."""
    section, _, entry = name.partition(".")
    inside = ""
    for number, raw in enumerate(text.splitlines(), 1):
        bare = raw.strip()
        if bare.startswith("["):
            inside = bare.strip("[] ").split("#")[0].strip("] ")
        here = bare.split("=")[0].strip().strip("\"'")
        if (inside == section and (not entry or here == entry)) or here == name:
            return number
    return 0
