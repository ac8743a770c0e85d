"""Short ways to write desired and observed values."""

import os
from dataclasses import replace

from ocprov.core import desired, observed
from ocprov.core.kept import Kept, Told

NAME = "opencode-observability-x"


def pane(key: str, *commands: str, **more: object) -> desired.Pane:
    return replace(desired.Pane(key, "/tmp", commands), **more)  # type: ignore[arg-type] # any field


def window(key: str, *commands: str, **more: object) -> desired.Window:
    made = desired.Window(key, key, (pane(key, *(commands or ("sleep 1",)), focus=True),))
    return replace(made, **more)  # type: ignore[arg-type] # any field


def session(*windows: desired.Window, **more: object) -> desired.Session:
    made = desired.Session(NAME, "x", "/tmp", windows)
    return replace(made, **more)  # type: ignore[arg-type] # any field


def kept(wanted: desired.Session) -> Kept:
    """As `up` keeps it."""
    return Kept(Told(wanted.layout, "/tmp", False, ()), wanted, os.environ["PATH"])


def launchers(wanted: desired.Session) -> dict[str, str]:
    return {pane.key: pane.digest for pane in wanted.panes if pane.launched}


def live(wanted: desired.Session, *, base_index: int = 0) -> observed.Session:
    """The session as tmux has it right after it was made."""
    numbers = iter(range(1000))
    windows = tuple(
        observed.Window(
            id=f"@{place}",
            index=base_index + place,
            name=made.name,
            active=place == 0,
            digest=made.digest,
            panes=tuple(
                observed.Pane(
                    f"%{next(numbers)}", order, 100, one.key, one.digest, running(one), active=one.focus
                )
                for order, one in enumerate(made.panes)
            ),
        )
        for place, made in enumerate(wanted.windows)
    )
    tag = observed.Tag(wanted.layout, wanted.digest, wanted.name, wanted.keys)
    return observed.Session("$0", wanted.name, 0, 1, base_index, "3.4", False, tag, windows)


def running(one: desired.Pane) -> observed.State | None:
    return observed.State("running", 1, None, 101) if one.launched else None


def with_pane(there: observed.Session, place: int, **more: object) -> observed.Session:
    """The same session, with the first pane of one window changed."""
    old = there.windows[place]
    first = replace(old.panes[0], **more)  # type: ignore[arg-type] # any field
    return with_window(there, place, panes=(first, *old.panes[1:]))


def with_window(there: observed.Session, place: int, **more: object) -> observed.Session:
    windows = list(there.windows)
    windows[place] = replace(windows[place], **more)  # type: ignore[arg-type] # any field
    return replace(there, windows=tuple(windows))


def without_window(there: observed.Session, place: int, *, renumber: bool = False) -> observed.Session:
    left = [one for number, one in enumerate(there.windows) if number != place]
    if renumber:
        left = [replace(one, index=there.base_index + number) for number, one in enumerate(left)]
    return replace(there, windows=tuple(left))


def with_foreign(there: observed.Session, index: int, name: str = "htop") -> observed.Session:
    made = observed.Window("@90", index, name, active=False, digest="", panes=(observed.Pane("%90", 0, 900),))
    return replace(there, windows=tuple(sorted((*there.windows, made), key=lambda one: one.index)))
