"""A workspace as the text of a layout that renders back to it: YAML in which nothing is a word of Jinja's."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ocprov.core.names import printable
from ocprov.errors import LayoutError
from ocprov.layout import quoting

_PLAIN = re.compile(r"(?:/|~/|[A-Za-z])(?:[\w./@%+,=~ -]*[\w./])?", re.ASCII)
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off"))
# What starts something of Jinja's: the brace before it is written as YAML writes a character by its number.
_STARTS = re.compile(r"\{(?=[{%#])")


def layout(
    workspace: Mapping[str, object], *, alias: str = "", description: str = "", notes: Sequence[str] = ()
) -> str:
    """The text of a layout; `notes` become comments of its header. LayoutError for a text that is not UTF-8."""
    header = {name: value for name, value in (("alias", alias), ("description", description)) if value}
    comments = "".join(f"# {printable(note)}\n" for note in notes)
    return f"{comments}{document(header)}---\n{document(workspace)}"


def document(data: Mapping[str, object]) -> str:
    """Plain data as YAML in block style; an empty mapping is no text at all."""
    try:
        return "".join(f"{line}\n" for line in _mapping(data, ""))
    except ValueError as error:
        raise LayoutError(f"cannot write it as YAML: {error}", "rename what has that name") from error


def _mapping(data: Mapping[str, object], pad: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{pad}{scalar(key)}:", value, pad)


def _entry(start: str, value: object, pad: str) -> Iterator[str]:
    inner = f"{pad}  "
    match value:
        case Mapping() if value:
            yield start
            yield from _mapping(value, inner)
        case list() | tuple() if value:
            yield start
            for item in value:
                yield from _item(item, inner)
        case str() if _spans(value):
            yield f"{start} |-"
            yield from (f"{inner}{line}" if line else "" for line in value.split("\n"))
        case _:
            yield f"{start} {scalar(value)}"


def _item(item: object, pad: str) -> Iterator[str]:
    if not isinstance(item, Mapping) or not item:
        yield from _entry(f"{pad}-", item, pad)
        return
    first, *rest = _mapping(item, f"{pad}  ")
    yield f"{pad}- {first.lstrip(' ')}"
    yield from rest


def _spans(text: str) -> bool:
    """Whether it has lines that can be written as they are."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[-1])
        and bool(lines[0])
        and lines[0][0] != " "
        and all(line.isprintable() for line in lines)
        and not _STARTS.search(text)
    )


def scalar(value: object) -> str:
    """One value on one line; ValueError for text that is not UTF-8."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _STARTS.sub(r"\\x7b", quoting.scalar(value))
