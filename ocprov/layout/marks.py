"""Where rendered text comes from: marks that travel through Jinja with the text, and are taken out at the end.

A mark names a file (by number) and a line. Template text gets one at its start and after each newline in it, and
each `{{ … }}` one before it, so loops, blocks, includes and macros carry their own lines along. The characters around a mark
are Unicode noncharacters, which no text file holds.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2.ext import Extension
from jinja2.lexer import Token

from ocprov.core.value import dataclass
from ocprov.layout.files import shown

if TYPE_CHECKING:
    from jinja2.lexer import TokenStream

OPEN, CLOSE = "\ufdd0", "\ufdd1"

_MARK = re.compile(f"{OPEN}([0-9]+)\\.([0-9]+){CLOSE}")
# What belongs to a line before its first visible character; the last mark in there says where that one is from.
_START = re.compile(rf"(?:{_MARK.pattern}|[ \t])*")

Origin = tuple[Path, int]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rendered text, for each line of it the template file and line that it is from, and all files looked at."""

    text: str
    origins: tuple[Origin, ...]
    files: tuple[Path, ...]

    def where(self, line: int) -> str:
        """`file:line` of the template for a line (from 1) of the text."""
        path, number = self.origins[max(0, min(line, len(self.origins)) - 1)]
        return f"{shown(path)}:{number}"


class Marks(Extension):
    """Adds the marks to a template as it is parsed; `environment.number(filename)` numbers the file."""

    def filter_stream(self, stream: "TokenStream") -> Iterable[Token]:
        """The tokens with marked text."""
        number: int = self.environment.number(stream.filename)  # type: ignore[attr-defined] # of our Environment
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", _marked(token.value, number, token.lineno))
                continue
            if token.type == "variable_begin":
                yield Token(token.lineno, "data", _mark(number, token.lineno))
            yield token


def _mark(file: int, line: int) -> str:
    return f"{OPEN}{file}.{line}{CLOSE}"


def _marked(text: str, file: int, first: int) -> str:
    return "\n".join(_mark(file, first + offset) + line for offset, line in enumerate(text.split("\n")))


def unmarked(value: object) -> object:
    """`value` without marks where it is text, else as it is."""
    return _MARK.sub("", value) if isinstance(value, str) and OPEN in value else value


def indented(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    """Jinja's `indent` for text with marks: lines that are empty but for marks stay so."""
    lines = text.split("\n")
    return "\n".join(
        line if (number == 0 and not first) or not (blank or unmarked(line)) else " " * width + line
        for number, line in enumerate(lines)
    )


def rendered(text: str, paths: tuple[Path, ...]) -> Rendered:
    """Take the marks out of `text`, whose files are numbered as in `paths`."""
    origins: list[Origin] = []
    last: Origin = (paths[0], 1)
    lines = text.split("\n")
    for line in lines:
        start = _START.match(line)
        last = _last_mark(start.group() if start else "", paths) or last
        origins.append(last)
        last = _last_mark(line, paths) or last
    return Rendered("\n".join(str(unmarked(line)) for line in lines), tuple(origins), paths)


def _last_mark(text: str, paths: tuple[Path, ...]) -> Origin | None:
    found = [(int(file), int(line)) for file, line in _MARK.findall(text)]
    return next(((paths[file], line) for file, line in reversed(found) if file < len(paths)), None)
