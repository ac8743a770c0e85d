"""Runs on a host that has no ocprov yet: takes wheels from its standard input and has them installed.

Only the standard library, and one file: it is sent whole, before anything else is there (`ocprov.fleet.pushing`).
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

_ENDED = ("the connection ended before all was here", "run it again")


def main(lines: Iterable[bytes]) -> int:
    """Read a header, then the file that the installer is for; the exit code is the installer's."""
    given = iter(lines)
    try:
        header = json.loads(next(given, b"null"))
        with tempfile.TemporaryDirectory(prefix="ocprov-") as place:
            wheels = os.path.join(place, "wheels.tar")  # noqa: PTH118 # starts faster on a small host
            if header is None or not _received(wheels, given, header["sha256"]):
                return _failed(*_ENDED)
            return _installed(place, wheels, header)
    except (ValueError, KeyError):  # half a line
        return _failed(*_ENDED)
    except OSError as error:
        for _ in given:  # who is still sending would find the connection closed, and not read why
            pass
        why = (error.strerror or str(error)).lower()
        return _failed(f"no place for the wheels: {why}", "make room for temporary files, in $TMPDIR or /tmp")


def _received(path: str, lines: Iterable[bytes], digest: str) -> bool:
    """Write what the lines carry; whether it is all that was sent."""
    seen = hashlib.sha256()
    with open(path, "wb") as wheels:  # noqa: PTH123 # as above
        for line in lines:
            part = base64.b64decode(line)
            seen.update(part)
            wheels.write(part)
    return seen.hexdigest() == digest


def _installed(place: str, wheels: str, header: dict[str, Any]) -> int:
    installer = os.path.join(place, "installer.py")  # noqa: PTH118 # as above
    with open(installer, "w", encoding="utf-8") as out:  # noqa: PTH123 # as above
        out.write(header["installer"])
    done = subprocess.run(
        [sys.executable, "-I", installer, wheels, header["key"]], stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode


def _failed(what: str, hint: str) -> int:
    sys.stderr.write(f"error: {what}\nhint: {hint}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
