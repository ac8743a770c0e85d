"""One file with all that a host needs for an ocprov: wheels, pip's own among them, and what to make of them."""

import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

from ocprov.fleet.kind import Kind
from ocprov.replace import replace

_HEADER = "bundle.json"


def write(path: Path, wheels: Path, kind: Kind, extras: Iterable[str]) -> None:
    """Make the tar of a directory's wheels, whole or not at all; `installer.py` reads it.

    The names in it are plain, so what unpacks it makes no directory and follows no link.
    """
    wanted = ",".join(sorted(set(extras)))
    header = {"python": kind.python, "requirement": f"ocprov[{wanted}]" if wanted else "ocprov"}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as out:
        _add(out, _HEADER, json.dumps(header).encode())
        for wheel in sorted(wheels.glob("*.whl")):
            _add(out, wheel.name, wheel.read_bytes())
    replace(str(path), made.getvalue())


def _add(out: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    about.mode = 0o600
    out.addfile(about, io.BytesIO(content))
