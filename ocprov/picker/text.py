"""Text in the cells of a terminal: how wide it is, and what of it may reach a terminal at all; pure."""

import re
import unicodedata

# Colours and attributes alone: `ESC [ digits m`. A hyperlink, a title or a cursor's move is not kept.
_ESCAPE = re.compile(r"\033\[([0-9;:]*)m|\033\][^\007\033]*(?:\007|\033\\)|\033\[[0-?]*[ -/]*[@-~]|\033.")
_UNDERLINE_COLOUR = re.compile(r"(?:^|;)58;(?:5;\d*|2;\d*;\d*;\d*)")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Between SO and SI tmux writes the line drawing of a VT100.
_DRAWN = re.compile("\016([^\017]*)\017?")
_DRAWING = str.maketrans("jklmnqtuvwxa~fg`", "┘┐┌└┼─├┤┴┬│▒·°±◆")


def width(text: str) -> int:
    """How many cells a line takes."""
    return sum(_cells(char) for char in text)


def cut(text: str, cells: int) -> str:
    """A line in so many cells exactly: filled up with blanks, or cut with a mark."""
    if width(text) > cells:
        kept, room = "", cells - 1
        for char in text:
            room -= _cells(char)
            if room < 0:
                break
            kept += char
        text = f"{kept}…"
    return text + " " * (cells - width(text))


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def tame(screen: str, *, plain: bool = False) -> str:
    """A pane's screen as tmux has it, with nothing left in it but text and colours; without these when `plain`."""
    drawn = _DRAWN.sub(lambda found: found[1].translate(_DRAWING), screen)
    pieces = []
    end = 0
    for found in _ESCAPE.finditer(drawn):
        pieces += [_seen(drawn[end : found.start()]), "" if plain else _colour(found)]
        end = found.end()
    return "".join((*pieces, _seen(drawn[end:])))


def _colour(found: re.Match[str]) -> str:
    if found[1] is None:
        return ""
    parts = _UNDERLINE_COLOUR.sub("", found[1]).split(";")
    # With colons it is a kind of underline, or another way to write a colour, which few programs read.
    return (
        f"\033[{';'.join('4' if part.startswith('4:') else part for part in parts if ':' not in part[2:])}m"
    )


def _seen(text: str) -> str:
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in _UNSEEN)
