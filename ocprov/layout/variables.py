"""A layout's variables: what a header declares, and the values that a run gives them."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import LayoutError
from ocprov.layout.facts import Facts

Kind = Literal["str", "int", "bool", "path"]
Value = str | int | bool

KINDS: tuple[str, ...] = get_args(Kind)

_SWITCHES = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_NUMBER = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `default` None means that a run must give it."""

    name: str
    kind: Kind = "str"
    default: Value | None = None
    help: str = ""
    choices: tuple[Value, ...] = ()
    minimum: int | None = None


def values(
    variables: Mapping[str, Variable], settings: Sequence[str], facts: Facts, directory: str
) -> dict[str, Value]:
    """The value of each variable, settings (`name=value`) over defaults; LayoutError for one that is not meant."""
    given = dict(_setting(text, variables) for text in settings)
    result: dict[str, Value] = {}
    for name, variable in variables.items():
        value = given.get(name, variable.default)
        if value is None:
            raise LayoutError(f"variable {name} has no value", f"give it one: --set {name}=VALUE")
        result[name] = facts.path(str(value), directory) if variable.kind == "path" else value
    return result


def _setting(text: str, variables: Mapping[str, Variable]) -> tuple[str, Value]:
    name, equals, written = text.partition("=")
    if not equals:
        raise LayoutError(f'"{printable(text)}" sets nothing', "write --set NAME=VALUE")
    if name not in variables:
        raise LayoutError(f'there is no variable "{printable(name)}"', _nearest(name, variables))
    try:
        return name, parsed(variables[name], written)
    except ValueError as error:
        raise LayoutError(f"variable {name}: {error}", _wanted(variables[name])) from error


def _nearest(name: str, variables: Mapping[str, Variable]) -> str:
    import difflib  # late: only for somebody who mistyped

    close = difflib.get_close_matches(name, variables, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"this layout has: {', '.join(variables)}" if variables else "this layout has no variables"


def _wanted(variable: Variable) -> str:
    if variable.choices:
        return f"use one of: {', '.join(str(choice) for choice in variable.choices)}"
    low = f" from {variable.minimum} on" if variable.minimum is not None else ""
    meant = {
        "int": f"a whole number{low}",
        "bool": "true or false",
        "str": "one line of text",
        "path": "a path",
    }
    return f"--set {variable.name}= takes {meant[variable.kind]}"


def parsed(variable: Variable, written: str) -> Value:
    """The value that `written` gives to `variable`; ValueError says why it cannot."""
    if not all(char.isprintable() for char in written):
        raise ValueError(f'a control character in "{printable(written)[:60]}"')
    return checked(variable, _typed(variable.kind, written))


def _typed(kind: Kind, written: str) -> Value:
    if kind == "int":
        if not _NUMBER.fullmatch(written):
            raise ValueError(f'"{written}" is not a whole number')
        return int(written)
    if kind == "bool":
        if written.lower() not in _SWITCHES:
            raise ValueError(f'"{written}" is neither true nor false')
        return _SWITCHES[written.lower()]
    if kind == "path" and not written:
        raise ValueError("an empty path")
    return written


def checked(variable: Variable, value: Value) -> Value:
    """`value` when choices and minimum allow it; ValueError says why not."""
    if variable.choices and value not in variable.choices:
        raise ValueError(f'"{value}" is not one of its choices')
    if variable.minimum is not None and isinstance(value, int) and value < variable.minimum:
        raise ValueError(f"{value} is less than {variable.minimum}")
    return value
