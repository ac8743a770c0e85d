"""Which live window and pane is which declared one: by tag, else by name; never by index."""

from collections.abc import Iterator, Mapping

from ocprov.core import desired, observed

Found = dict[str, observed.Window]
Tagged = Mapping[str, observed.Pane]


def windows(
    session: desired.Session, live: observed.Session, *, restored: bool = False
) -> dict[str, observed.Window]:
    """The live window of each declared key: where its first pane is, else another of its panes.

    In a session that lost its own tag a window without any tag is known by its name; with `restored`, just after a
    restore, in any session, if its shells are idle and new. Else it is somebody else's, whatever its name.
    """
    found = _by_tag(live)
    if restored or live.tag is None:
        found = {**_by_name(session, live), **found}
    return {window.key: found[window.key] for window in session.windows if window.key in found}


def _by_tag(live: observed.Session) -> dict[str, observed.Window]:
    """By the first pane of a declared window, else by a further one; a window is never two declared ones."""
    found: dict[str, observed.Window] = {}
    taken: set[str] = set()
    for first in (True, False):
        for window in live.windows:
            keys = [pane.key for pane in window.panes if pane.key and ("." not in pane.key) is first]
            key = next((name for name in (key.partition(".")[0] for key in keys) if name not in found), None)
            if key and window.id not in taken:
                found[key] = window
                taken.add(window.id)
    return found


def _by_name(session: desired.Session, live: observed.Session) -> Found:
    """Of several windows of one name the first that is idle: a busy one may well be a person's."""
    found: Found = {}
    for window in session.windows:
        twins = [there for there in live.windows if there.name == window.name and _bare(there)]
        idle = [there for there in twins if all(pane.launcher == "idle" for pane in there.panes)]
        known = idle or (twins if live.tag is None else [])
        if known:
            found[window.key] = known[0]
    return found


def _bare(window: observed.Window) -> bool:
    return not any(pane.key for pane in window.panes)


def tagged(live: observed.Session) -> Tagged:
    """The live panes that are ours, by key."""
    return {pane.key: pane for pane in live.panes if pane.key}


def panes(
    window: desired.Window, there: observed.Window, live: observed.Session, ours: Tagged
) -> dict[str, observed.Pane]:
    """The live pane of each declared key: by tag (`ours`), wherever a person moved it within the session.

    In a session that lost its own tag, and in a window without any, a pane without a tag is known by its order; of
    more than there should be in a window of plain shells a busy one may well be a person's.
    """
    found = {pane.key: ours[pane.key] for pane in window.panes if pane.key in ours}
    if live.tag is None or not any(pane.key for pane in there.panes):
        missing = [pane.key for pane in window.panes if pane.key not in found]
        bare = [pane for pane in there.panes if not pane.key]
        if len(bare) > len(missing) and all(pane.plain for pane in window.panes):
            bare.sort(key=lambda pane: pane.launcher == "busy")
        found |= dict(zip(missing, bare, strict=False))
    return {pane.key: found[pane.key] for pane in window.panes if pane.key in found}


def came_back(session: desired.Session, live: observed.Session) -> bool:
    """Whether a session without any mark looks as ours does after a restore: windows of the declared names."""
    return live.tag is None and live.name == session.name and bool(_by_name(session, live))


def unsettled(
    session: desired.Session, live: observed.Session, *, restored: bool = False
) -> frozenset[observed.Launcher]:
    """How those panes do into which a restore may still type; empty where every one has told its state."""
    there = windows(session, live, restored=restored) if restored or live.tag is None else {}
    ours = tagged(live)
    return frozenset(
        pane.launcher
        for window in session.windows
        if window.key in there
        for wanted, pane in _pairs(window, there[window.key], live, ours)
        if pane.state is None and not pane.started and not wanted.plain
    )


def _pairs(
    window: desired.Window, there: observed.Window, live: observed.Session, ours: Tagged
) -> Iterator[tuple[desired.Pane, observed.Pane]]:
    found = panes(window, there, live, ours)
    yield from ((wanted, found[wanted.key]) for wanted in window.panes if wanted.key in found)
