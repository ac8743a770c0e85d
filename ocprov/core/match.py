"""Which live window and pane is which declared one: by tag, else by name; never by index."""

from collections.abc import Iterator

from ocprov.core import desired, observed


def windows(session: desired.Session, live: observed.Session) -> dict[str, observed.Window]:
    """The live window of each declared key: where its first pane is, else another of its panes.

    In a session that lost its own tag a window without any tag is known by its name. In a session with its tag it
    is somebody else's, whatever its name.
    """
    found = _by_tag(live) if live.tag else {**_by_name(session, live), **_by_tag(live)}
    return {window.key: found[window.key] for window in session.windows if window.key in found}


def _by_tag(live: observed.Session) -> dict[str, observed.Window]:
    """By the first pane of a declared window, else by a further one; a window is never two declared ones."""
    found: dict[str, observed.Window] = {}
    for first in (True, False):
        for window in live.windows:
            keys = [pane.key for pane in window.panes if pane.key and ("." not in pane.key) is first]
            key = next((name for name in (key.partition(".")[0] for key in keys) if name not in found), None)
            if key and all(window.id != other.id for other in found.values()):
                found[key] = window
    return found


def _by_name(session: desired.Session, live: observed.Session) -> dict[str, observed.Window]:
    bare = {window.name: window for window in live.windows if not any(pane.key for pane in window.panes)}
    return {window.key: bare[window.name] for window in session.windows if window.name in bare}


def panes(window: desired.Window, there: observed.Window, live: observed.Session) -> dict[str, observed.Pane]:
    """The live pane of each declared key: by tag, wherever a person moved it within the session.

    In a session that lost its own tag, and in a window without any, a pane without a tag is known by its place.
    """
    found: dict[str, observed.Pane] = {}
    if live.tag is None or not any(pane.key for pane in there.panes):
        in_order = zip(window.panes, there.panes, strict=False)
        found = {wanted.key: pane for wanted, pane in in_order if not pane.key}
    found |= {pane.key: pane for pane in live.panes if pane.key}
    return {pane.key: found[pane.key] for pane in window.panes if pane.key in found}


def came_back(session: desired.Session, live: observed.Session) -> bool:
    """Whether a session without any mark looks as ours does after a restore: windows of the declared names."""
    return live.tag is None and live.name == session.name and bool(_by_name(session, live))


def unsettled(session: desired.Session, live: observed.Session) -> frozenset[observed.Launcher]:
    """How the panes do, in a session that came back from a save, into which a restore may still type; none: empty."""
    return frozenset(
        pane.launcher
        for wanted, pane in (_pairs(session, live) if live.tag is None else ())
        if pane.state is None and pane.launcher != "alive" and not wanted.plain
    )


def _pairs(session: desired.Session, live: observed.Session) -> Iterator[tuple[desired.Pane, observed.Pane]]:
    there = windows(session, live)
    for window in session.windows:
        found = panes(window, there[window.key], live) if window.key in there else {}
        yield from ((wanted, found[wanted.key]) for wanted in window.panes if wanted.key in found)
