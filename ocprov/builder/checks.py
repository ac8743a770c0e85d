"""What is refused before anything is made, as tmux or libtmux would go wrong over it half-way."""

import re
from collections.abc import Callable

from libtmux.common import session_check_name

from ocprov.builder.failure import BuildError, SessionNameError
from ocprov.builder.steps import Config

# tmux expands a session's name as a format and encodes what is left; then the session could not be found again.
_CHANGED = re.compile(r"[$\\\x00-\x1f\x7f]|#[{(,}DFHIPSTWh]|##+(?!#|\[)|;$")
_LAYOUTS = ("even-horizontal", "even-vertical", "main-horizontal", "main-vertical", "tiled")
_MIRRORED = ("main-horizontal-mirrored", "main-vertical-mirrored")
_SAVED_LAYOUT = re.compile(r"[0-9a-f]{4},")


def session_name(name: str) -> None:
    """SessionNameError (or libtmux's BadSessionName) where a session could not be made, or found again, by this name."""
    session_check_name(name)
    if found := _CHANGED.search(name):
        raise SessionNameError(f"tmux would change it at {found[0]!r}", name)


def plain(name: str) -> bool:
    """Whether it is certain that tmux keeps the session's name as it is."""
    return name.isprintable() and "#" not in name


def windows(config: Config, mirrored: Callable[[], bool]) -> None:
    """BuildError for a window that cannot be; `mirrored` tells whether this tmux knows mirrored layouts."""
    for window in config["windows"]:
        _window_name(window.get("window_name"))
        _layout(str(window.get("layout") or ""), mirrored)
        index = window.get("window_index")
        if index not in {None, ""} and not str(index).isdecimal():
            raise BuildError(f"window_index is no number: {index}")


def _window_name(name: object) -> None:
    # libtmux could read nothing of the session any more.
    if isinstance(name, str) and name.splitlines() not in ([], [name]):
        raise BuildError(f"window_name has a line break: {name!r}")


def _layout(layout: str, mirrored: Callable[[], bool]) -> None:
    """A name, the beginning of just one name, or a layout as tmux writes it."""
    named = layout in _LAYOUTS or sum(name.startswith(layout) for name in _LAYOUTS) == 1
    if layout in _MIRRORED and not mirrored():
        raise BuildError(f"the layout {layout} needs tmux 3.5 or newer")
    named = named or layout in _MIRRORED
    if layout and not named and not _SAVED_LAYOUT.match(layout):
        # tmux 3.3 would end over it, with all of its sessions.
        raise BuildError(f"invalid layout: {layout}")
