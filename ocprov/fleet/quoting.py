"""Words as a line that every login shell reads as those words: sh, bash, zsh, fish, csh and tcsh; pure."""

import re
from collections.abc import Sequence

from ocprov.core.names import printable
from ocprov.errors import OcprovError

# `=` and `~` are not among these at a word's start: zsh looks for a program there, all of them for a home.
_PLAIN = re.compile(r"[A-Za-z0-9_./:-][A-Za-z0-9_./:=-]*")
# What means something between single quotes in one of them: the quote, fish's backslash, csh's history.
_SPECIAL = {"'": '"\'"', "\\": "\\\\", "!": "\\!"}
_PIECES = re.compile(r"['\\!]|[^'\\!]+")


def line(words: Sequence[str]) -> str:
    """The words as one line; OcprovError for a control character: csh has no way to say a line break."""
    return " ".join(map(quoted, words))


def quoted(word: str) -> str:
    """One word in quotes, where it needs them."""
    refuse_control(word)
    if _PLAIN.fullmatch(word):
        return word
    return "".join(_SPECIAL.get(piece, f"'{piece}'") for piece in _PIECES.findall(word)) or "''"


def refuse_control(word: str) -> None:
    """OcprovError where a word holds what no host is to be sent."""
    if any(char < " " or char == "\x7f" for char in word):
        raise OcprovError(
            f"{printable(word)!r} holds a control character", "no host is sent such a word; give another"
        )
