"""Any line of shell through OpenCode's, unharmed, and its exit code back; pure.

OpenCode 1.18 gives bash and zsh `eval "<the line as a JSON string>"`, where `$`, backticks and line breaks mean something
before the line is read, and gives any other shell the line as it is. So what it gets here is free of all three: the line is
printed by `printf %b`, in which they are octal escapes, and read by that shell itself, in a subshell whose exit code is told
behind a marker. Aliases and functions of the user's shell are there as in OpenCode's own. A shell that is not like sh (fish)
is run by sh.
"""

import json
import os
import re
import secrets
import shlex
from dataclasses import dataclass
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode.api.values import Message

LIMIT = 1024 * 1024
# Linux takes 128 KiB as one argument; OpenCode puts some lines of its own before it.
_LONGEST = 120_000
# What can read the lines below; bash and zsh are those that OpenCode treats apart.
_LIKE_SH = ("sh", "bash", "zsh", "dash", "ash", "ksh", "mksh", "busybox", "yash")
_DELETE = 0x7F
_ESCAPED = "$`'\\"

# In braces: zsh reads a pipe and a redirection of the same command one after the other.
_READ = "{ ( . /dev/fd/3 ) 3<&0 </dev/null 2>&1; }"
_TELL = "printf %b 'echo \"\\0012{marker} \\0044?\"' | . /dev/stdin"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a line of shell did: exit code (None where it was stopped), output, and how many bytes of that were left out."""

    code: int | None
    output: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent for a line, and the word before its exit code; `content` has to be in the file `spill` where it is not None."""

    line: str
    marker: str
    content: bytes | None = None


def encode(line: str, spill: Path, program: str = "/bin/sh") -> Asked:
    """What to send for a line to the shell `program`; one that is too long for an argument goes through the file `spill`."""
    marker = f"ocprov-{secrets.token_hex(4)}"
    content = _bytes(line)
    if program.rpartition("/")[2] not in _LIKE_SH:
        return Asked(_sent_to(program, content, marker), marker)
    sent = _sent(content, marker)
    if len(json.dumps(sent, ensure_ascii=False).encode()) <= _LONGEST:
        return Asked(sent, marker)
    return Asked(_sent(os.fsencode(f". {shlex.quote(str(spill))}"), marker), marker, content)


def decode(asked: Asked, found: Message, limit: int = LIMIT) -> Ran:
    """What came back: at most `limit` bytes of output, from its start and its end."""
    output = "".join(part.output for part in found.parts if part.type == "tool")
    told = list(re.finditer(rf"\n{asked.marker} (\d+)\n", output))
    code = int(told[-1][1]) if told else None
    if told:
        output = output[: told[-1].start()] + output[told[-1].end() :]
    return Ran(code, *bounded(output, limit))


def bounded(text: str, limit: int) -> tuple[str, int]:
    """`text` in at most `limit` bytes, its middle left out, and how many bytes that were."""
    content = text.encode(errors="replace")
    cut = len(content) - limit
    if cut <= 0:
        return text, 0
    head, tail = content[: limit - limit // 2], content[len(content) - limit // 2 :]
    shown = head.decode(errors="ignore") + f"\n… {cut} bytes left out …\n" + tail.decode(errors="ignore")
    return shown, cut


def _sent(content: bytes, marker: str) -> str:
    return f"printf %b '{_escaped(content)}' | {_READ}; {_TELL.format(marker=marker)}"


def _sent_to(program: str, content: bytes, marker: str) -> str:
    quoted = shlex.quote(content.decode(errors="surrogateescape"))
    script = f'{shlex.quote(program)} -c {quoted} </dev/null 2>&1\necho "\n{marker} $?"'
    return f"printf %b '{_escaped(script.encode(errors='surrogateescape'))}' | sh"


def _bytes(line: str) -> bytes:
    try:
        content = line.encode(errors="surrogateescape")
    except UnicodeEncodeError as error:
        raise OcprovError("the line is not text", "leave out what is not UTF-8") from error
    if b"\0" in content:
        raise OcprovError("the line has a NUL in it, which no shell takes", "leave it out")
    return content


def _escaped(content: bytes) -> str:
    """For `printf %b` in single quotes: what would mean something before, or is no text, as octal escapes."""
    text = content.decode(errors="surrogateescape")
    return "".join(_char(char) for char in text)


def _char(char: str) -> str:
    code = ord(char)
    lone = 0xDC80 <= code <= 0xDCFF
    if code >= ord(" ") and code != _DELETE and not lone and char not in _ESCAPED:
        return char
    return f"\\0{code - 0xDC00 if lone else code:03o}"
