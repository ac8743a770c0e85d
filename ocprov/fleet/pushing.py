"""How wheels get to a host on which there is only a Python: by the standard input of one command; pure but for files."""

import base64
import hashlib
import json
import shlex
from collections.abc import Iterable
from pathlib import Path

from ocprov.core.names import printable
from ocprov.fleet import receive
from ocprov.fleet.command import START

_INSTALLER = Path(receive.__file__).with_name("installer.py")
# Bytes of a line: a multiple of three, so that each decodes alone, and small against an ssh channel's window.
_PART = 57 * 1024
# No quote of any shell's but the double one, and nothing that is special between those: login shells differ.
_PROGRAM = "import sys,base64;exec(base64.b64decode(sys.stdin.buffer.readline()))"


def command(python: str) -> str:
    """The POSIX shell line that installs, with the interpreter `python` of the host, what `lines` has."""
    return f'{START}exec {shlex.quote(python)} -I -c "{_PROGRAM}"'


def lines(wheels: Path, key: str) -> tuple[str, ...]:
    """Lines of ASCII for `command`: a program, a header, the wheels. Takes 1.4 times the memory of the file."""
    content = wheels.read_bytes()
    header = {
        "key": key,
        "sha256": hashlib.sha256(content).hexdigest(),
        "installer": _INSTALLER.read_text(encoding="utf-8"),
    }
    parts = [content[start : start + _PART] for start in range(0, len(content), _PART)]
    return (_encoded(Path(receive.__file__).read_bytes()), json.dumps(header), *map(_encoded, parts))


def notices(answer: Iterable[str]) -> tuple[str, ...]:
    """What a person is to know of an installation that went well, by the lines that it printed."""
    for line in answer:
        try:
            said = json.loads(line)["notices"]
            return tuple(printable(notice) for notice in said if isinstance(notice, str))
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # of what the shell there reads at its start
    return ()


def _encoded(part: bytes) -> str:
    return base64.b64encode(part).decode()
