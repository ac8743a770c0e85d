"""Which ocprov this is: its files, and a key of twelve hex digits that differs when they, or its extras, do."""

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

from ocprov import resources

_PACKAGE = Path(resources.__file__).resolve().parent
_SHIPPED = ("layouts", "deploy")
_DATA = "_data"  # where they are inside the package, in a wheel


def files() -> dict[str, Path]:
    """The files of this ocprov by their names in a wheel, in order; of a checkout those that a wheel would have."""
    found = {f"ocprov/{name}": path for name, path in _below(_PACKAGE).items()}
    if not (_PACKAGE / _DATA).is_dir():
        for folder in _SHIPPED:
            shipped = _below(resources.shipped(folder))
            found |= {f"ocprov/{_DATA}/{folder}/{name}": path for name, path in shipped.items()}
    return dict(sorted(found.items()))


def key(extras: Iterable[str] = ()) -> str:
    """The key of this ocprov with these extras; reads its files, which takes 40 ms."""
    needed = sorted(metadata.requires("ocprov") or ())
    total = blake2b(repr((metadata.version("ocprov"), sorted(set(extras)), needed)).encode(), digest_size=6)
    for name, path in files().items():
        content = path.read_bytes()
        total.update(f"\0{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def _below(folder: Path) -> Mapping[str, Path]:
    """The files in a directory and those in it, without what Python, editors and git leave there."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith((".pyc", "~")):
                path = Path(place, name)
                found[path.relative_to(folder).as_posix()] = path
    return found
