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
    """A conf with the block in it; `sure` is False when it could not be told where the plugins are run."""

    data: bytes
    sure: bool


@dataclass(frozen=True, slots=True)
class _Statement:
    """Lines `start` to `stop` of a conf that stand together: a command, or a block in braces or `%if`."""

    start: int
    stop: int
    runs: bool
    sets: bool


def damaged(data: bytes) -> bool:
    """Whether the marks are there in another way than as one pair."""
    marks = [line.strip() for line in _split(data)[1] if line.strip() in (BEGIN, END)]
    return marks not in ([], [BEGIN, END])


def marked(data: bytes) -> bool:
    """Whether a mark of the block is there."""
    return any(line.strip() in (BEGIN, END) for line in _split(data)[1])


def runs_plugins(data: bytes) -> bool:
    """Whether a line runs tpm, tmux-resurrect or tmux-continuum."""
    return any(_runs(text) for _, _, text in _logical(_split(data)[1]))


def put(data: bytes | None, command: bytes) -> Edited:
    """`data` (None: no file) with the block, which holds the line `command`; an undamaged one is brought up to date.

    A block that is there stays where it is, unless a line after it would undo it.
    """
    lines = _split(data or b"")[1]
    span = _span(lines)
    if data is None or span is None:
        return _insert(data, command)
    if any(_SETS.search(text) for _, _, text in _code(lines[span.stop :])):
        return _insert(take(data), command)
    block = _block(command, _eol(lines[span.start]), ended=lines[span.stop - 1].endswith(b"\n"))
    return Edited(_bom(data) + b"".join((*lines[: span.start], block, *lines[span.stop :])), sure=True)


def take(data: bytes) -> bytes | None:
    """`data` without the block, which has to be there; None when it was all that the file was made for."""
    bom, lines = _split(data)
    span = _span(lines)
    if span is None:
        return data
    before, after = lines[: span.start], lines[span.stop :]
    if not lines[span.stop - 1].endswith(b"\n"):
        if not before:
            return None
        before[-1] = before[-1].removesuffix(_eol(lines[span.start]))
    return bom + b"".join(before + after)


def _insert(data: bytes | None, command: bytes) -> Edited:
    """The block's last line lacks its newline where the conf's did, or where there was no conf: so `take` knows."""
    bom, lines = _split(data or b"")
    place, sure = _place(lines)
    eol = _eol(lines[0]) if lines else b"\n"
    ended = data is not None
    if place == len(lines) and lines and not lines[-1].endswith(b"\n"):
        lines[-1] += eol
        ended = False
    lines.insert(place, _block(command, eol, ended=ended))
    return Edited(bom + b"".join(lines), sure)


def _block(command: bytes, eol: bytes, *, ended: bool) -> bytes:
    # tmux takes a carriage return as part of the last word; a comment keeps it away from the path.
    line = command + (b" #" if eol == b"\r\n" else b"")
    return BEGIN + eol + line + eol + END + (eol if ended else b"")


def _place(lines: list[bytes]) -> tuple[int, bool]:
    """Before the line that runs plugins, but after the last one that sets what we add to; else at the end."""
    found = _statements(lines)
    if found is None:
        return _end(lines), not any(_runs(text) or _SETS.search(text) for _, _, text in _code(lines))
    runs = [statement.start for statement in found if statement.runs]
    sets = [statement.stop for statement in found if statement.sets]
    return (max([runs[0], *sets]) if runs else _end(lines)), True


def _end(lines: list[bytes]) -> int:
    """Where tmux's part of the file ends: "Oh my tmux!" keeps a shell script behind a line `# EOF`."""
    for number, line in enumerate(lines):
        if line.strip() == b"# EOF":
            return number - 1 if number and lines[number - 1].startswith(b"# /!\\") else number
    return len(lines)


def _statements(lines: list[bytes]) -> list[_Statement] | None:
    """The conf's statements, comments too; None when a quote or a brace does not close where it is expected to."""
    found: list[_Statement] = []
    depth = begin = 0
    runs = sets = False
    for start, stop, text in _logical(lines):
        bare = _NO_CODE.sub(b"_", text)
        if b"'" in bare or b'"' in bare:
            return None
        if depth == 0:
            begin, runs, sets = start, False, False
        depth += _opened(bare.split())
        runs, sets = runs or _runs(text), sets or (_is_code(text) and _SETS.search(text) is not None)
        if depth < 0:
            return None
        if depth == 0:
            found.append(_Statement(begin, stop, runs, sets))
    return found if depth == 0 else None


def _opened(words: list[bytes]) -> int:
    """How many braces and conditions a line opens, less those that it closes."""
    if words and words[0] in (b"%if", b"%endif"):
        return 1 if words[0] == b"%if" else -1
    return words.count(b"{") - sum(word.rstrip(b";") == b"}" for word in words)


def _logical(lines: list[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Lines with those that continue them after a backslash: start, stop and text."""
    start, text = 0, b""
    for number, line in enumerate(lines):
        text += line
        bare = line.rstrip(b"\n")
        if line.endswith(b"\n") and (len(bare) - len(bare.rstrip(b"\\"))) % 2:
            text = text[:-2]
            continue
        yield start, number + 1, text
        start, text = number + 1, b""
    if text:
        yield start, len(lines), text


def _code(lines: list[bytes]) -> Iterator[tuple[int, int, bytes]]:
    return (found for found in _logical(lines) if _is_code(found[2]))


def _is_code(text: bytes) -> bool:
    return not text.lstrip().startswith(b"#")


def _runs(text: bytes) -> bool:
    """A key bound to a plugin's script runs nothing yet."""
    return _is_code(text) and not text.lstrip().startswith(b"bind") and _RUNS.search(text) is not None


def _span(lines: list[bytes]) -> slice | None:
    """The lines of the block."""
    marks = [line.strip() for line in lines]
    return slice(marks.index(BEGIN), marks.index(END) + 1) if BEGIN in marks and END in marks else None


def _split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The byte order mark, and the lines with their ends; only a line feed ends one."""
    return _bom(data), _LINE.findall(data.removeprefix(_BOM))


def _bom(data: bytes) -> bytes:
    return _BOM if data.startswith(_BOM) else b""


def _eol(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"
