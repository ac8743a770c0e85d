"""The files that layouts are: where they may be, how one is read, how its path is shown."""

import os
import stat
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import LayoutError
from ocprov.layout.facts import Facts
from ocprov.questions import LARGEST
from ocprov.resources import shipped
from ocprov.state import config_dir, home

SUFFIXES = (".yaml.j2", ".yml.j2", ".yaml", ".yml")


def user_root() -> Path:
    """The directory of the user's own layouts."""
    return config_dir() / "layouts"


def roots() -> tuple[Path, ...]:
    """The layouts roots in search order: the user's, then the shipped one."""
    return user_root(), shipped("layouts")


def stem(path: Path) -> str:
    """The file's name without a layout's suffix, or an empty string when it has none."""
    return next((path.name.removesuffix(suffix) for suffix in SUFFIXES if path.name.endswith(suffix)), "")


def shown(path: Path) -> str:
    """`path` as a person is told it: below `layouts/` when shipped, else from here or from `~`."""
    for parent, prefix in ((shipped("layouts"), "layouts/"), (_here(), ""), (home(), "~/")):
        if parent is not None and path.is_relative_to(parent) and path != parent:
            return printable(f"{prefix}{path.relative_to(parent)}")
    return printable(str(path))


def _here() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # the working directory was removed: paths are shown whole
        return None


def read(path: Path, facts: Facts) -> str:
    """The text of a layout file, with plain newlines; LayoutError when it is not a readable small UTF-8 file."""
    name = shown(path)
    try:
        found = facts.text(str(path))
    except ValueError as error:  # a NUL in the path
        raise LayoutError(f"cannot read {name}: {error}", "name a layout file") from error
    if found is None:
        raise _unreadable(path, name)
    if len(found) > LARGEST:
        raise LayoutError(
            f"{name} is larger than 1 MiB", "a layout is a few kilobytes: is it the right file?"
        )
    try:
        text = found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LayoutError(f"{name}:{line}: not UTF-8 text", "save the file as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unreadable(path: Path, name: str) -> LayoutError:
    """Why a file could not be read; facts keep no reasons."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return LayoutError(f"{name} is not a file", "name a layout file")
        path.open("rb").close()
    except OSError as error:
        return LayoutError(
            f"cannot read {name}: {(error.strerror or '').lower()}", f"look at it: ls -l {name}"
        )
    return LayoutError(f"{name} was not readable just now", "run it again")


def why_not_trusted(path: Path, root: Path, facts: Facts) -> str:
    """Why a file found below `root` must not be used, or an empty string.

    Dotfiles managers put symbolic links into the user's directory. One that leads out of it counts only
    when nobody but the user can have written what it leads to.
    """
    found, inside = facts.link(str(path)), facts.link(str(root))
    if isinstance(found, str) or isinstance(inside, str):
        reason = found if isinstance(found, str) else inside
        return f"its link leads nowhere ({reason})".lower()
    real, owner, mode = found
    if root != user_root() or Path(real).is_relative_to(inside[0]):
        return ""
    if owner != os.geteuid():
        return f"it leads to {printable(real)}, which belongs to another user"
    if mode & stat.S_IWOTH:
        return f"it leads to {printable(real)}, which every user can write"
    return ""
