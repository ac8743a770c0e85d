"""teamocil's layouts, of 1.x and of 0.4, through tmuxp's importer."""

from ocprov.authoring.foreign import MisfitError, Table, Taken, Values, importer, texts

_WHY = {
    "clear": "a new pane is clear",
    "width": "layout: has a layout string of tmux for that",
    "height": "layout: has a layout string of tmux for that",
}


def take(data: Values) -> Taken:
    """The workspace of a layout; MisfitError where it is none."""
    notes: list[str] = []
    outer = Table(data, (), notes, "layout")
    inner = outer.take("session")
    session = outer if inner is None else Table(inner, ("session",), notes, "session")
    known: Values = {"name": session.text("name"), "windows": []}
    if root := session.text("root"):
        known["root"] = root
    further = [_window(window, known["windows"]) for window in session.tables("windows", what="window")]
    session.close(_WHY)
    outer.close(_WHY)
    workspace = importer("import_teamocil")(known)
    for window, more in zip(workspace["windows"], further, strict=True):
        window.update(more)
    return Taken(workspace, notes)


def _window(window: Table, windows: list[Values]) -> Values:
    """Add a window as the importer knows it; what it does not know is the answer."""
    known: Values = {"name": window.text("name")}
    for key in ("root", "layout"):
        if text := window.text(key):
            known[key] = text
    if (filters := window.take("filters")) is not None:
        table = Table(filters, (*window.path, "filters"), window.notes, f"{window.what}: filters")
        if before := table.texts("before"):
            known["filters"] = {"before": before}
        table.close({"after": "write it as the last command of each pane"})
    known["panes"] = _panes(window)
    more: Values = {"focus": True} if window.flag("focus") else {}
    if options := window.pairs("options", ("off", "on")):
        more["options"] = options
    windows.append(known)
    window.close(_WHY)
    return more


def _panes(window: Table) -> list[Values]:
    made = []
    value = window.take("panes", "splits")
    if not isinstance(value, list | None):
        raise MisfitError((*window.path, "panes"), "panes must be a list")
    for number, pane in enumerate(value or [None]):
        path = (*window.path, "panes", number)
        if not isinstance(pane, dict):
            made.append({"cmd": texts(pane, path)})
            continue
        table = Table(pane, path, window.notes, f"{window.what}, pane {number + 1}")
        known: Values = {"cmd": table.texts("commands", "cmd")}
        made.append(known | {"focus": True} if table.flag("focus") else known)
        table.close(_WHY)
    return made
