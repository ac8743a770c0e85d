"""The first part of a layout file: its alias, what it is, its variables, the programs that it needs."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn, cast

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import LayoutError
from ocprov.layout.files import shown
from ocprov.layout.variables import KINDS, Kind, Value, Variable, checked

ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
KEYS = ("alias", "description", "variables", "requires")
# Jinja's own words and ours; a variable of such a name would hide one, or could not be written.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        "dir project home have env path isdir range dict namespace loop self super caller varargs kwargs "
        "true false none and or not in is if else for",
    )
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_OPTIONS = ("type", "default", "help", "choices", "min")
_PYTHON: dict[str, type] = {"str": str, "path": str, "int": int, "bool": bool}

KeyPath = tuple[str | int, ...]
Fail = Callable[[KeyPath, str, str], NoReturn]


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says; `requires` maps a program to how to get it."""

    alias: str = ""
    description: str = ""
    variables: Mapping[str, Variable] = MappingProxyType({})
    requires: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Parts:
    """A layout's text cut at its `---`: both parts, and on how many lines the body is preceded."""

    header: str
    body: str
    above: int


def split(text: str) -> Parts:
    """Cut at the first `---` line that is not the first line; without one there is no header."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number and line.rstrip() == "---":
            first = "" if lines[0].rstrip() == "---" else lines[0]
            return Parts("\n".join([first, *lines[1:number]]), "\n".join(lines[number + 1 :]), number + 1)
    return Parts("", text, 0)


def parse(text: str, path: Path) -> Header:
    """The header of the layout `path`, whose whole text is given; LayoutError `file:line: …` when it is wrong."""
    written = split(text).header
    if not any(line.strip() and not line.lstrip().startswith("#") for line in written.split("\n")):
        return Header()
    from ocprov.layout.document import read

    name = shown(path)
    document = read(written, lambda line: f"{name}:{line}")

    def fail(place: KeyPath, message: str, hint: str) -> NoReturn:
        raise LayoutError(f"{name}:{document.line(place)}: {message}", hint)

    return _header(document.data, fail)


def _header(data: Mapping[str, object], fail: Fail) -> Header:
    _known((), data, KEYS, "the header", fail)
    alias = _line(data, "alias", fail)
    if "alias" in data and not ALIAS.fullmatch(alias):
        fail(("alias",), f'"{printable(alias)}" cannot be an alias', "use letters, digits, - and _")
    return Header(
        alias,
        _line(data, "description", fail),
        {name: _variable(name, spec, fail) for name, spec in _table(data, "variables", fail).items()},
        {name: _program(name, how, fail) for name, how in _table(data, "requires", fail).items()},
    )


def _known(place: KeyPath, data: Mapping[str, object], known: tuple[str, ...], what: str, fail: Fail) -> None:
    for key in data:
        if key not in known:
            import difflib

            close = difflib.get_close_matches(key, known, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"it has: {', '.join(known)}"
            fail((*place, key), f'unknown key "{printable(key)}" in {what}', hint)


def _line(data: Mapping[str, object], key: str, fail: Fail) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or not value.strip().isprintable():
        fail((key,), f"{key} must be one line of text", "put it in quotes")
    return value.strip()


def _table(data: Mapping[str, object], key: str, fail: Fail) -> Mapping[str, object]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        fail((key,), f"{key} must be a mapping", f"write {key}: and one NAME: … a line below it")
    return value


def _program(name: str, how: object, fail: Fail) -> str:
    place = ("requires", name)
    if not name or not name.isprintable() or "/" in name or " " in name:
        fail(place, f'"{printable(name)}" is no name of a program', "name what is looked up on PATH")
    if not isinstance(how, str) or not how.strip().isprintable():
        fail(place, f"{name} must say in one line how to get it", f"write {name}: pipx install {name}")
    return how.strip()


def _variable(name: str, spec: object, fail: Fail) -> Variable:
    place: KeyPath = ("variables", name)
    if not _NAME.fullmatch(name) or name in RESERVED:
        hint = "use letters, digits and _, and none of Jinja's or ocprov's own names"
        fail(place, f'"{printable(name)}" cannot be a variable', hint)
    options: Mapping[str, object] = spec if isinstance(spec, dict) else {"default": spec}
    _known(place, options, _OPTIONS, f"variable {name}", fail)
    default = options.get("default")
    kind = options.get("type") or _kind_of(default)
    if kind not in KINDS:
        fail(
            (*place, "type"),
            f'variable {name} has no type "{printable(str(kind))}"',
            f"use one of: {', '.join(KINDS)}",
        )
    bare = Variable(name, cast("Kind", kind))
    variable = Variable(
        name,
        bare.kind,
        None if default is None else _value(bare, default, (*place, "default"), fail),
        str(options.get("help") or ""),
        _choices(bare, options.get("choices"), (*place, "choices"), fail),
        _minimum(bare, options.get("min"), (*place, "min"), fail),
    )
    _check_default(variable, place, fail)
    return variable


def _kind_of(default: object) -> str:
    return "bool" if isinstance(default, bool) else "int" if isinstance(default, int) else "str"


def _value(variable: Variable, value: object, place: KeyPath, fail: Fail) -> Value:
    if type(value) is not _PYTHON[variable.kind]:
        hint = (
            "put it in quotes"
            if _PYTHON[variable.kind] is str
            else "take the quotes away, or change its type"
        )
        fail(place, f"{place[-1]} of variable {variable.name} must be of type {variable.kind}", hint)
    if isinstance(value, str) and not value.isprintable():
        fail(
            place, f"{place[-1]} of variable {variable.name} has a control character", "write it on one line"
        )
    return cast("Value", value)


def _choices(variable: Variable, value: object, place: KeyPath, fail: Fail) -> tuple[Value, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not value:
        fail(place, f"choices of variable {variable.name} must be a list", "write choices: [one, two]")
    return tuple(_value(variable, item, place, fail) for item in value)


def _minimum(variable: Variable, value: object, place: KeyPath, fail: Fail) -> int | None:
    if value is None:
        return None
    if variable.kind != "int" or type(value) is not int:
        fail(place, f"min of variable {variable.name} needs a whole number and type int", "add type: int")
    return value


def _check_default(variable: Variable, place: KeyPath, fail: Fail) -> None:
    if variable.default is None:
        return
    try:
        checked(variable, variable.default)
    except ValueError as error:
        fail((*place, "default"), f"default of variable {variable.name}: {error}", "change the default")
