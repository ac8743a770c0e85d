"""Which live window and pane is which declared one: by tag, else by name; never by index."""

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

    Where no pane of the window has a tag, by order.
    """
    if not any(pane.key for pane in there.panes):
        return dict(zip((pane.key for pane in window.panes), there.panes, strict=False))
    everywhere = {pane.key: pane for pane in live.panes}
    return {pane.key: everywhere[pane.key] for pane in window.panes if pane.key in everywhere}
