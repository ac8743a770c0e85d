"""Reading another tool's file: plain data, taken apart key by key, so that nothing of it is lost without a word."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

Values = dict[str, Any]
KeyPath = tuple[str | int, ...]


class MisfitError(Exception):
    """Something is not what the tool's format has; `path` is where."""

    def __init__(self, path: KeyPath, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: a workspace, whose names may yet be anybody's, and what is to be said about it."""

    workspace: Values
    notes: list[str]


class Table:
    """A mapping of a foreign file; what is not taken out of it is named at the end."""

    def __init__(self, value: object, path: KeyPath, notes: list[str], what: str) -> None:
        if not isinstance(value, Mapping):
            raise MisfitError(path, f"{what} must be a mapping")
        self._left = dict(value)
        self.path = path
        self.notes = notes
        self.what = what

    @property
    def names(self) -> list[str]:
        """The keys that are left."""
        return list(self._left)

    def take(self, *names: str) -> Any:
        """The value of the first of these keys that is there, or None."""
        found = next((name for name in names if name in self._left), "")
        return self._left.pop(found) if found else None

    def text(self, *names: str) -> str:
        """The text of one of these keys; empty where none is there."""
        value = self.take(*names)
        if isinstance(value, Mapping | list):
            raise MisfitError((*self.path, names[0]), f"{names[0]} must be text")
        return plain(value)

    def texts(self, *names: str) -> list[str]:
        """One text or a list of them."""
        return texts(self.take(*names), (*self.path, names[0]))

    def flag(self, name: str) -> bool:
        """Whether that key says yes."""
        return self.take(name) is True

    def tables(self, *names: str, what: str) -> list["Table"]:
        """A list of mappings."""
        value = self.take(*names)
        if not isinstance(value, list | None):
            raise MisfitError((*self.path, names[0]), f"{names[0]} must be a list")
        return [
            Table(item, (*self.path, names[0], number), self.notes, f"{what} {number + 1}")
            for number, item in enumerate(value or ())
        ]

    def pairs(self, name: str, words: tuple[str, str] = ("false", "true")) -> Values:
        """A mapping of names to single values; `words` are what no and yes are called there."""
        value = self.take(name) or {}
        if not isinstance(value, Mapping):
            raise MisfitError((*self.path, name), f"{name} must be a mapping")
        return {key: words[item] if isinstance(item, bool) else plain(item) for key, item in value.items()}

    def close(self, why: Mapping[str, str]) -> None:
        """Name what was not taken; `why` is what to do instead."""
        for name, value in self._left.items():
            reason = f": {why[name]}" if why.get(name) else ""
            written = printable(" ".join(str(value).split()))[:200]
            self.notes.append(f"{self.what}: {printable(name)} is not taken over ({written}){reason}")


def plain(value: object) -> str:
    """A single value as text."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def texts(value: object, path: KeyPath) -> list[str]:
    """One text or a list of them, each a line: a key press is all that a line break would be."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    for number, item in enumerate(items):
        if isinstance(item, Mapping | list):
            raise MisfitError((*path, number), "a command must be text")
    return [line for item in items for line in plain(item).splitlines() if line.strip()]


def importer(name: str) -> Callable[[Values], Values]:
    """tmuxp's importer of that name, by its file: importing the package would cost 0.1 s and libtmux."""
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    package = find_spec("tmuxp")
    for place in (package.submodule_search_locations or ()) if package else ():
        spec = spec_from_file_location("tmuxp_workspace_importers", Path(place, "workspace", "importers.py"))
        if spec and spec.loader:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            function: Callable[[Values], Values] = getattr(module, name)
            return function
    raise OcprovError("tmuxp is not installed", "install ocprov again: pipx reinstall ocprov")
