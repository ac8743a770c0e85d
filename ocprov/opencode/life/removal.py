"""Removing the state directory of a server."""

import shutil
import stat
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode.places import Places, folder


def remove(place: Places) -> None:
    """Remove all that ocprov keeps of a server, conversations of an isolated one too; what links lead to stays."""
    if place.root.parent != folder() or place.root.is_symlink():
        raise OcprovError(f"{place.root} is not a state directory of ocprov's", f"ls -ld {place.root}")
    try:
        place.record.unlink(missing_ok=True)  # first: what is left, if anything, is no server's any more
        if place.root.is_dir():
            _remove(place.root)
    except OSError as error:
        raise OcprovError(
            f"cannot remove {error.filename}: {(error.strerror or '').lower()}", f"rm -r {place.root}"
        ) from error


def _remove(root: Path) -> None:
    try:
        shutil.rmtree(root)
    except PermissionError:  # a tool of an agent's made directories that its owner may not write
        for one in (root, *root.rglob("*")):
            if one.is_dir() and not one.is_symlink():
                one.chmod(stat.S_IRWXU)
        shutil.rmtree(root)
