"""What an isolated server has of its own, and what of the user's it finds there.

`data`: a data directory of its own, with links to the user's logins and to the data of all other programs, which an
agent's tools look for there. `full`: every directory of its own, with copies of what the user named.
"""

import json
from collections.abc import Container, Mapping, Set
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import environment
from ocprov.opencode.environment import XDG
from ocprov.opencode.life import copies
from ocprov.opencode.life.copies import Copied
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options
from ocprov.replace import replace
from ocprov.state import private_dir

_AUTH = "auth.json"
# OpenCode writes them in place, so that a login which it refreshes is the user's too.
_LOGINS = (_AUTH, "mcp-auth.json")


def prepare(place: Places, options: Options) -> None:
    """Make what such a server starts with; OcprovError, and nothing made, where what it needs cannot be read.

    A copy is made anew when what it is of has changed; what the server itself has changed later stays.
    """
    if options.isolation == "shared":
        return
    auth = {_AUTH: Path(options.auth_file)} if options.auth_file else {}
    full = options.isolation == "full"
    config = copies.files(Path(options.config_dir)) if options.config_dir and full else {}
    for path in (*auth.values(), *config.values()):
        copies.require(path)
    try:
        _make(place, options)
        _copy(place, {"data": auth, "config": config})
        _link(place, options, auth)
    except OSError as error:
        where = printable(str(error.filename or place.xdg))
        raise OcprovError(
            f"cannot make {where}: {(error.strerror or '').lower()}",
            f"df -h {place.root}; ls -ld {place.xdg}",
        ) from error


def _make(place: Places, options: Options) -> None:
    for folder in XDG.values() if options.isolation == "full" else ("data",):
        private_dir(place.xdg / folder / "opencode")


def _copy(place: Places, wanted: Mapping[str, Mapping[str, Path]]) -> None:
    told = place.root / "copied.json"
    before = _before(told)
    now = {
        folder: copies.copy(files, place.xdg / folder / "opencode", before.get(folder, {}))
        for folder, files in wanted.items()
    }
    if now != before:
        replace(str(told), json.dumps(now).encode())


def _before(told: Path) -> dict[str, dict[str, Copied]]:
    try:
        found = json.loads(told.read_bytes())
        return {folder: {name: tuple(one) for name, one in files.items()} for folder, files in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # everything is copied anew


def _link(place: Places, options: Options, copied: Container[str]) -> None:
    """A server that was isolated in another way before keeps no link of that."""
    own, theirs = place.xdg / "data", environment.data_home()
    data = options.isolation == "data"
    others = {one.name for one in theirs.iterdir()} if data and theirs.is_dir() else set()
    _links(own, theirs, {name for name in others - {"opencode"} if not own.is_relative_to(theirs / name)})
    logins = data and (theirs / "opencode").is_dir()
    _links(own / "opencode", theirs / "opencode", {name for name in _LOGINS if logins and name not in copied})


def _links(own: Path, theirs: Path, names: Set[str]) -> None:
    """Links to those names, and to nothing else; what is no link there is the server's own, and stays."""
    there = {one.name: one for one in own.iterdir()}
    for name, one in list(there.items()):
        if one.is_symlink() and (name not in names or one.readlink() != theirs / name):
            one.unlink()
            there.pop(name)
    for name in names - there.keys():
        (own / name).symlink_to(theirs / name)
