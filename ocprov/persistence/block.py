"""The block of ocprov's in somebody's tmux.conf: bytes in, bytes out, all other bytes as they were."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BEGIN = b"# >>> ocprov >>>"
END = b"# <<< ocprov <<<"

_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_RUNS = re.compile(rb"(?<![\w@-])run(?:-shell)?\b.*(?:tpm|resurrect|continuum)")
_SETS = re.compile(rb"\bset(?:-option)?\b.*@resurrect-(?:processes|hook-post-restore-all)\b")
_NO_CODE = re.compile(rb"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|#\{[^}]*\}|(?:^|(?<=\s))#.*""")


@dataclass(frozen=True, slots=True)
class Edited:
    """A conf with the block in it; `place_known` is False when it could not be told where the plugins are run."""

    data: bytes
    place_known: bool


def damaged(data: bytes) -> bool:
    """Whether the marks are there in another way than as one pair."""
    marks = [line.strip() for line in _split(data)[1] if line.strip() in (BEGIN, END)]
    return marks not in ([], [BEGIN, END])


def marked(data: bytes) -> bool:
    """Whether a mark of the block is there."""
    return any(line.strip() in (BEGIN, END) for line in _split(data)[1])


def runs_plugins(data: bytes) -> bool:
    """Whether a line runs tpm, tmux-resurrect or tmux-continuum."""
    return any(_runs(text) for _, _, text in _code(_split(data)[1]))


def put(data: bytes, command: bytes) -> Edited:
    """`data` with the block, which holds the line `command`; an undamaged one is brought up to date.

    A block that is there stays where it is, unless a line after it would undo it.
    """
    bom, lines = _split(data)
    span = _span(lines)
    if span is None:
        return _insert(bom, lines, command)
    if any(_SETS.search(text) for _, _, text in _code(lines[span.stop :])):
        return _insert(bom, lines[: span.start] + lines[span.stop :], command)
    lines[span] = [_block(command, _eol(lines[span.start]))]
    return Edited(bom + b"".join(lines), place_known=True)


def take(data: bytes) -> bytes | None:
    """`data` without its block; None when there is nothing else in it."""
    bom, lines = _split(data)
    span = _span(lines)
    if span is not None:
        del lines[span]
    return bom + b"".join(lines) if lines or span is None else None


def _insert(bom: bytes, lines: list[bytes], command: bytes) -> Edited:
    place, known = _place(lines)
    eol = _eol(lines[0]) if lines else b"\n"
    if place == len(lines) and lines and not lines[-1].endswith(b"\n"):
        lines[-1] += eol
    lines.insert(place, _block(command, eol))
    return Edited(bom + b"".join(lines), known)


def _block(command: bytes, eol: bytes) -> bytes:
    """The block; its last line is ended always, since a person may append to the file."""
    # tmux takes a carriage return as part of the last word; a comment keeps it away from the path.
    line = command + (b" #" if eol == b"\r\n" else b"")
    return b"".join(each + eol for each in (BEGIN, line, END))


def _place(lines: list[bytes]) -> tuple[int, bool]:
    """Before the line that runs plugins, but after the last one that sets what we add to; else at the end."""
    place: int | None = None
    depth, runs = 0, False
    for start, stop, text in _code(lines):
        if _runs(text):
            runs = True
            if place is None and depth == 0 and not text[:1].isspace():
                place = start
        depth += _opened(text)
        if place is not None and _SETS.search(text):
            if depth:
                return _end(lines), False
            place = stop
    return (_end(lines), not runs) if place is None else (place, True)


def _end(lines: list[bytes]) -> int:
    """Where tmux's part of the file ends: "Oh my tmux!" keeps a shell script behind a line `# EOF`."""
    for number, line in enumerate(lines):
        if line.strip() == b"# EOF":
            return number - 1 if number and lines[number - 1].startswith(b"# /!\\") else number
    return len(lines)


def _opened(text: bytes) -> int:
    """How many braces and conditions a line opens, less those that it closes; an open quote counts for ever."""
    bare = _NO_CODE.sub(b"_", text)
    words = bare.split()
    if words[:1] in ([b"%if"], [b"%endif"]):
        return 1 if words[0] == b"%if" else -1
    quotes = b"'" in bare or b'"' in bare
    return quotes + words.count(b"{") - sum(word.rstrip(b";") == b"}" for word in words)


def _code(lines: list[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Lines with those that continue them after a backslash: start, stop and text; without comments."""
    start, text = 0, b""
    for stop, line in enumerate(lines, 1):
        text += line
        bare = line.rstrip(b"\n")
        if stop < len(lines) and (len(bare) - len(bare.rstrip(b"\\"))) % 2:
            text = text[:-2]
            continue
        if not text.lstrip().startswith(b"#"):
            yield start, stop, text
        start, text = stop, b""


def _runs(text: bytes) -> bool:
    """A key bound to a plugin's script runs nothing yet."""
    return not text.lstrip().startswith(b"bind") and _RUNS.search(text) is not None


def _span(lines: list[bytes]) -> slice | None:
    """The lines of the block."""
    marks = [line.strip() for line in lines]
    return slice(marks.index(BEGIN), marks.index(END) + 1) if BEGIN in marks and END in marks else None


def _split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The byte order mark, and the lines with their ends; only a line feed ends one."""
    bom = _BOM if data.startswith(_BOM) else b""
    return bom, _LINE.findall(data.removeprefix(bom))


def _eol(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"
