"""What a person named at the prompt: a layout, some of its windows, a directory."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ocprov import cache
from ocprov.cli.app import App
from ocprov.core import kept
from ocprov.core.desired import Session
from ocprov.core.kept import Kept, Told
from ocprov.core.value import dataclass, replace
from ocprov.errors import OcprovError
from ocprov.questions import search_path
from ocprov.resources import shipped
from ocprov.state import data_dir, home
from ocprov.tmux import here
from ocprov.tmux.apply import Manner
from ocprov.tmux.ready import require_directories

if TYPE_CHECKING:
    from ocprov.layout.facts import Facts
    from ocprov.layout.load import Loaded
    from ocprov.layout.source import Source
    from ocprov.questions import Answers

DEMO = "demo"
_AS_IT_IS: "Answers" = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a layout as named declares; `windows` are the only ones that are meant, or none for all.

    `missing` are the programs it needs and this machine lacks, each with how to get it; `variables` the names of the
    environment's variables that it looked at. `entry` is what is in the plan cache of it, or may go there; empty where
    it is to stay out.
    """

    session: Session
    missing: tuple[tuple[str, str], ...]
    variables: tuple[str, ...]
    told: Told
    entry: "cache.Entry"
    windows: tuple[str, ...] = ()

    @property
    def kept(self) -> Kept:
        """What is kept of it once it is up."""
        return Kept(self.told, self.session, search_path(), self.windows)


def wanted(
    name: str,
    settings: Sequence[str],
    directory: str,
    *,
    given: bool | None = None,
    cached: bool = True,
    answers: "Answers" = _AS_IT_IS,
) -> Wanted:
    """What the layout declares that `NAME` or `NAME:WINDOW,WINDOW` names; OcprovError where it is wrong.

    `given` is whether the directory counts as asked for; one that is not is only where the command was called, and
    a layout that declares no directory then is at home. `cached` is to take it from the plan cache where it is.
    `answers` are what this machine will answer instead of what it does now; with any the cache is left alone.
    """
    layout, colon, windows = name.partition(":")
    if colon and not windows.strip(","):
        raise OcprovError(f'"{name}" names no window behind its colon', f"all windows: ocprov up {layout}")
    place = project_directory(directory)
    asked = bool(directory) if given is None else given
    cached = cached and layout != DEMO and not answers
    entry = cache.find(layout, tuple(settings), str(place), asked) if cached else {}
    found = _from_cache(entry) if entry else None
    if found is None:
        found = _from_layout(layout, tuple(settings), place, answers, asked=asked)
    if not cached:
        found = replace(found, entry={})
    return replace(found, windows=known(found.session, [window for window in windows.split(",") if window]))


def _from_cache(entry: "cache.Entry") -> Wanted | None:
    before = kept.kept(entry["kept"])
    return (
        Wanted(before.session, entry["missing"], entry["variables"], before.told, entry) if before else None
    )


def _from_layout(
    layout: str, settings: tuple[str, ...], place: Path, answers: "Answers", *, asked: bool
) -> Wanted:
    loaded = load_layout(layout, settings, place, asked=asked, answers=answers)
    placed = str(place) if asked or loaded.facts.placed else ""
    told = Told(layout, placed, asked, settings)
    variables = loaded.facts.variables
    entry = {
        "key": cache.key(layout, settings, placed, asked),
        "inputs": loaded.facts.inputs,
        "kept": kept.text(Kept(told, loaded.desired, search_path())),
        "missing": loaded.missing,
        "variables": variables,
        "prepared": (),
    }
    return Wanted(loaded.desired, loaded.missing, variables, told, entry)


def wanted_layout(name: str, settings: Sequence[str], directory: str) -> "Loaded":
    """The layout of that name as it is now, whole, for what looks at more than what it declares."""
    return load_layout(name, settings, project_directory(directory), asked=bool(directory))


def wanted_file(path: Path, settings: Sequence[str], directory: str) -> "Loaded":
    """The layout in a file, for `check` only: what is not among the layouts is not brought up."""
    from ocprov.layout.load import load

    place = project_directory(directory)
    return load(path, settings=settings, directory=place, start=place if directory else home())


def load_layout(
    layout: str, settings: Sequence[str], place: Path, *, asked: bool, answers: "Answers" = _AS_IT_IS
) -> "Loaded":
    """A layout rendered and checked, for a directory that was asked for or is only where we are."""
    from ocprov.layout.facts import Facts
    from ocprov.layout.load import load

    start = place if asked else home()
    facts = Facts({**answers})
    if layout == DEMO:
        return load(demo_layout(), settings=(*demo_settings(), *settings), directory=place, start=start)
    source = _find(layout, str(place), facts)
    if facts.placed:  # a project's own, which is nowhere else
        start = place
    return load(source, settings=settings, directory=place, start=start, facts=facts)


def _find(layout: str, place: str, facts: "Facts") -> "Source":
    """The layout of that name: yours, a shipped one, or that of the project in `place`."""
    from ocprov.layout import project, source

    every = source.sources(facts) if layout == project.ALIAS else ()
    if layout == project.ALIAS and all(one.alias != layout for one in every):
        return project.find(place, facts)
    return source.find(layout, facts)


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


def require(one: Wanted) -> None:
    """OcprovError when a directory or a program that the layout needs is missing."""
    require_directories(one.session)
    for program, how in one.missing:
        raise OcprovError(f"{one.session.layout} needs {program}, which is not on PATH", how)


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
    return Manner(wait, app.tell, app.whisper, *here.size())
