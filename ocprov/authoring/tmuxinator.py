"""tmuxinator's projects, through tmuxp's importer, which is given what it knows to do right."""

from ocprov.authoring.foreign import MisfitError, Table, Taken, Values, importer, plain, texts
from ocprov.core.workspace import EXTENSION

_WHY = {
    "socket_name": "use ocprov -L NAME",
    "socket_path": "use ocprov -S PATH",
    "attach": "ocprov up attaches where a terminal is, -d does not",
    "startup_pane": "write focus: true at the pane",
    "tmux_options": "options of tmux's go into tmux.conf, or under options:",
    "cli_args": "options of tmux's go into tmux.conf, or under options:",
    "on_project_first_start": "before_script: runs one program before the session is made",
    "pre": "before_script: runs one program before the session is made",
}


def take(data: Values) -> Taken:
    """The workspace of a project; MisfitError where it is none."""
    notes: list[str] = []
    project = Table(data, (), notes, "project")
    name = project.text("project_name", "name")
    known: Values = {"name": name, "windows": []}
    if root := project.text("project_root", "root"):
        known["root"] = root
    if before := _before(project):
        known["pre"] = before
    stop = project.texts("on_project_stop")
    startup = project.take("startup_window")
    further = [
        _window(window, known["windows"]) for window in project.tables("tabs", "windows", what="window")
    ]
    project.close(_WHY)
    workspace = importer("import_tmuxinator")(known)
    for window, more in zip(workspace["windows"], further, strict=True):
        window.update(more)
    if stop:
        workspace[EXTENSION] = {"on_stop": stop}
    _focus(
        workspace["windows"],
        startup,
        notes,
        "startup_window",
        [window["window_name"] for window in workspace["windows"]],
    )
    return Taken(workspace, notes)


def _before(project: Table) -> list[str]:
    """What is typed first in each pane: tmuxinator takes the first of these."""
    for key, form in (("rbenv", "rbenv shell {}"), ("rvm", "rvm use {}")):
        if version := project.text(key):
            return [form.format(version)]
    return project.texts("pre_tab", "pre_window")


def _window(entry: Table, windows: list[Values]) -> Values:
    """Add a window as the importer knows it; what it does not know is the answer."""
    names = entry.names
    if len(names) != 1:
        raise MisfitError(entry.path, "a window must have one name")
    name, path = names[0], (*entry.path, names[0])
    value = entry.take(name)
    called = "" if name in ("", "~", "null") else name
    if not isinstance(value, dict):
        windows.append({called: {"panes": [texts(value, path)]}})
        return {}
    window = Table(value, path, entry.notes, entry.what)
    known: Values = {}
    if pre := window.texts("pre"):
        known["pre"] = [" && ".join(pre)]
    for key in ("root", "layout"):
        if text := window.text(key):
            known[key] = text
    titles, known["panes"] = _panes(window)
    windows.append({called: known})
    more: Values = {"panes": [{"shell_command": pane} for pane in known["panes"]]}
    _focus(more["panes"], window.take("focused_pane"), entry.notes, f"{entry.what}: focused_pane", titles)
    match window.take("synchronize"):
        case True | "before":
            more["options"] = {"synchronize-panes": "on"}
        case "after":
            more["options_after"] = {"synchronize-panes": "on"}
    window.close({})
    return more


def _panes(window: Table) -> tuple[list[str], list[list[str]]]:
    """The panes' titles and commands."""
    value = window.take("panes")
    titles, panes = [], []
    for number, pane in enumerate(value if isinstance(value, list) else [value]):
        title = next(iter(pane), "") if isinstance(pane, dict) else ""
        if title:
            window.notes.append(f"{window.what}: the title {title} of a pane is not taken over")
        path = (*window.path, "panes", number)
        titles.append(title)
        panes.append(texts(pane[title] if isinstance(pane, dict) and pane else pane or None, path))
    return titles, panes


def _focus(items: list[Values], wanted: object, notes: list[str], what: str, names: list[str]) -> None:
    """Give the focus to what is meant by name, or by number from 0."""
    if wanted is None:
        return
    text = plain(wanted)
    number = names.index(text) if text in names else int(text) if text.isdigit() else -1
    if 0 <= number < len(items):
        items[number]["focus"] = True
    else:
        notes.append(f"{what} is not taken over ({text}): there is none of that name or number")
