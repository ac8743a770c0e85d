"""Commands as the text that tmux reads; nothing but the standard library's `re` is needed for it."""

import re
from collections.abc import Sequence

_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*|-{1,2}[A-Za-z]?")


def line(commands: Sequence[tuple[str, ...]]) -> str:
    """The commands on one line, as tmux reads them from a file: one line stops at its first error."""
    return " ; ".join(_kept(shown(command)) for command in commands) + "\n"


def shown(command: tuple[str, ...]) -> str:
    """One command in tmux's quoting, which is also a shell's."""
    return " ".join(_quoted(word) for word in command)


def _quoted(word: str) -> str:
    return word if _PLAIN_WORD.fullmatch(word) else "'" + word.replace("'", "'\\''") + "'"


def _kept(text: str) -> str:
    # Of a line that goes on inside quotes tmux takes off the leading blanks, and a backslash at the end of the one before.
    return text.replace("\n", "'\"\\n\"'")
