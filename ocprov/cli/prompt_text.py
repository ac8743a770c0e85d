"""Text that a person sends, from the command line or standard input: refused before it is sent where it cannot be."""

import sys
from collections.abc import Sequence

import click

from ocprov.errors import OcprovError

# OpenCode takes more, and reads and keeps all of it at each request; no model reads as much.
LONGEST = 4 * 1024 * 1024


def text(words: Sequence[str]) -> str:
    """A prompt: the words, or standard input for `-`, or without words where that is no terminal."""
    if words and tuple(words) != ("-",):
        return _bounded(" ".join(words))
    if not words and sys.stdin.isatty():
        raise click.UsageError("What is to be sent? Name the text, or - for standard input.")
    content = sys.stdin.buffer.read(LONGEST + 1)
    try:
        found = content.decode()
    except UnicodeDecodeError as error:
        if len(content) > LONGEST:
            raise _too_long() from error
        raise OcprovError(
            "what came on standard input is not UTF-8 text", "convert it first: iconv"
        ) from error
    return _bounded(found.rstrip("\n"))


def _bounded(found: str) -> str:
    if not found.strip():
        raise OcprovError(
            "there is nothing to send: the text is empty", "name the text, or - for standard input"
        )
    try:
        content = found.encode()
    except UnicodeEncodeError as error:
        raise OcprovError("the text is not UTF-8", "send it by standard input, converted: iconv") from error
    if len(content) > LONGEST:
        raise _too_long()
    return found


def _too_long() -> OcprovError:
    return OcprovError(
        f"the text is longer than {LONGEST // 1024 // 1024} MiB, which no model reads",
        "put it in a file of the directory, and name that in the prompt",
    )


def utf8(what: str, found: str) -> str:
    """`found` where it can be sent as text."""
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise OcprovError(f"{what} is not UTF-8 text", "write it in UTF-8") from error
    return found
