"""The files that layouts are: where they may be, how one is read, how its path is shown."""

import os
import stat
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import LayoutError
from ocprov.resources import shipped
from ocprov.state import config_dir, home

SUFFIXES = (".yaml.j2", ".yml.j2", ".yaml", ".yml")
LARGEST = 1024 * 1024


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


def read(path: Path) -> str:
    """The text of a layout file, with plain newlines; LayoutError when it is not a readable small UTF-8 file."""
    name = shown(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise LayoutError(f"{name} is not a file", "name a layout file")
        if about.st_size > LARGEST:
            raise LayoutError(
                f"{name} is larger than 1 MiB", "a layout is a few kilobytes: is it the right file?"
            )
        text = path.read_bytes()[: LARGEST + 1].decode("utf-8-sig")
    except OSError as error:
        raise LayoutError(
            f"cannot read {name}: {(error.strerror or '').lower()}", f"look at it: ls -l {name}"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LayoutError(f"{name}:{line}: not UTF-8 text", "save the file as UTF-8") from error
    except ValueError as error:  # a NUL in the path
        raise LayoutError(f"cannot read {name}: {error}", "name a layout file") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def why_not_trusted(path: Path, root: Path) -> str:
    """Why a file found below `root` must not be used, or an empty string.

    Dotfiles managers put symbolic links into the user's directory. One that leads out of it counts only
    when nobody but the user can have written what it leads to.
    """
    try:
        real, inside = path.resolve(strict=True), root.resolve(strict=True)
        if root != user_root() or real.is_relative_to(inside):
            return ""
        about, around = real.stat(), real.parent.stat()
    except (OSError, RuntimeError) as error:
        return f"its link leads nowhere ({getattr(error, 'strerror', None) or 'a loop'})".lower()
    if about.st_uid != os.geteuid():
        return f"it leads to {printable(str(real))}, which belongs to another user"
    if (about.st_mode | around.st_mode) & stat.S_IWOTH:
        return f"it leads to {printable(str(real))}, which every user can write"
    return ""
