"""What a person named at the prompt: a layout, some of its windows, a directory."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocprov.cli.context import App
from ocprov.core.desired import Session
from ocprov.core.kept import Kept, Told
from ocprov.errors import OcprovError
from ocprov.layout.load import Loaded, load
from ocprov.layout.source import find
from ocprov.resources import shipped
from ocprov.state import data_dir, home, search_path
from ocprov.tmux import attach
from ocprov.tmux.apply import Manner
from ocprov.tmux.ready import require_directories

DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A layout as named, loaded; `windows` are the only ones that are meant, or none for all."""

    loaded: Loaded
    told: Told
    windows: tuple[str, ...] = ()

    @property
    def session(self) -> Session:
        """What it declares."""
        return self.loaded.desired

    @property
    def kept(self) -> Kept:
        """What is kept of it once it is up."""
        return Kept(self.told, self.session, search_path(), self.windows)


def wanted(name: str, settings: Sequence[str], directory: str, *, given: bool | None = None) -> Wanted:
    """The layout that `NAME` or `NAME:WINDOW,WINDOW` names, rendered and checked; OcprovError otherwise.

    `given` is whether the directory counts as asked for; one that is not is only where the command was called, and
    a layout that declares no directory then is at home.
    """
    layout, colon, windows = name.partition(":")
    if colon and not windows.strip(","):
        raise OcprovError(f'"{name}" names no window behind its colon', f"all windows: ocprov up {layout}")
    place = project_directory(directory)
    asked = bool(directory) if given is None else given
    loaded = _load(layout, settings, place, asked=asked)
    told = Told(layout, str(place), asked, tuple(settings))
    return Wanted(loaded, told, known(loaded.desired, [window for window in windows.split(",") if window]))


def wanted_file(path: Path, settings: Sequence[str], directory: str) -> Loaded:
    """The layout in a file, for `check` only: what is not among the layouts is not brought up."""
    place = project_directory(directory)
    return load(path, settings=settings, directory=place, start=place if directory else home())


def _load(layout: str, settings: Sequence[str], place: Path, *, asked: bool) -> Loaded:
    start = place if asked else home()
    if layout == DEMO:
        return load(demo_layout(), settings=(*demo_settings(), *settings), directory=place, start=start)
    return load(find(layout), settings=settings, directory=place, start=start)


def demo_directory() -> Path:
    """Where the demo's sample data is."""
    return data_dir() / "demo"


def demo_layout() -> Path:
    """The demo's layout, which no list shows: it is nothing without its sample data."""
    return shipped("layouts") / "observability" / "_demo.yaml.j2"


def demo_settings() -> tuple[str, ...]:
    """What points the demo's layout at its sample data."""
    return (f"database={demo_directory()}/opencode.db", f"log={demo_directory()}/log/opencode.log")


def known(session: Session, windows: Sequence[str]) -> tuple[str, ...]:
    """`windows`, each a name or key of the session's; OcprovError otherwise."""
    names = {name for window in session.windows for name in (window.key, window.name)}
    for window in windows:
        if window not in names:
            raise OcprovError(
                f'{session.layout} has no window "{window}"', f"it has: {', '.join(session.keys)}"
            )
    return tuple(windows)


def require(loaded: Loaded) -> None:
    """OcprovError when a directory or a program that the layout needs is missing."""
    require_directories(loaded.desired)
    for program, how in loaded.missing:
        raise OcprovError(f"{loaded.desired.layout} needs {program}, which is not on PATH", how)


def project_directory(given: str) -> Path:
    """The real path of `--dir`, or of the directory we are in; OcprovError when it cannot be used."""
    try:
        path = Path(given or os.curdir).expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its links run in a circle"
        raise OcprovError(
            f"cannot use the directory {given or '.'}: {reason}", "name another one: --dir DIR"
        ) from error
    if not path.is_dir():
        raise OcprovError(f"not a directory: {path}", "name another one: --dir DIR")
    if not os.access(path, os.X_OK):
        raise OcprovError(f"no permission to enter {path}", "name another one: --dir DIR")
    return path


def manner(app: App, wait: float) -> Manner:
    """How to go about it: a detached session has the size of the terminal, or 200x50 where there is none."""
    size = os.get_terminal_size() if attach.at_terminal() else os.terminal_size((200, 50))
    return Manner(wait, app.tell, app.whisper, max(size.columns, 40), max(size.lines, 10))
