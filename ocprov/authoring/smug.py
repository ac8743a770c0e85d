"""smug's sessions; tmuxp has no importer for them."""

import posixpath
import re
import shlex

from ocprov.authoring.foreign import Table, Taken, Values
from ocprov.core.workspace import EXTENSION

_VARIABLE = re.compile(r"\$(?:\w+|\{[^}]*\})", re.ASCII)
_WHY = {
    "attach": "ocprov up attaches where a terminal is, -d does not",
    "sendkeys_timeout": "ocprov waits for nothing before it types",
    "tmux_options": "use ocprov -L NAME or -S PATH; options of tmux's go into tmux.conf",
}


def take(data: Values) -> Taken:
    """The workspace of a session; MisfitError where it is none."""
    notes: list[str] = []
    session = Table(data, (), notes, "session")
    root = session.text("root") or "~"
    workspace: Values = {"session_name": session.text("session"), "start_directory": root}
    if before := session.texts("before_start"):
        workspace["before_script"] = shlex.join(["/bin/sh", "-c", " && ".join(before)])
    if variables := session.pairs("env"):
        workspace["environment"] = variables
    hooks = {"on_stop": session.texts("stop"), "on_attach": session.texts("attach_hook")}
    workspace[EXTENSION] = {name: lines for name, lines in hooks.items() if lines}
    windows = [_window(window, root) for window in session.tables("windows", what="window")]
    workspace["windows"] = [window for window in windows if window]
    session.close(_WHY)
    if found := sorted(set(_VARIABLE.findall(str(data)))):
        notes.append(f"smug fills these in as it starts, here the environment does: {', '.join(found)}")
    return Taken(workspace, notes)


def _window(window: Table, above: str) -> Values:
    name = window.text("name")
    if window.flag("manual"):
        window.what = f"{window.what} ({name}), which is manual"
        window.close({})
        return {}
    root = _joined(above, window.text("root"))
    panes: list[Values] = [{"shell_command": window.texts("commands")}]
    for pane in window.tables("panes", what=f"{window.what}, pane"):
        pane.take("type")  # the layout arranges the panes, in smug too
        directory = _joined(root, pane.text("root"))
        own = {"start_directory": directory} if directory != root else {}
        panes.append({"shell_command": pane.texts("commands"), **own})
        pane.close(_WHY)
    made: Values = {
        "window_name": name,
        "start_directory": root,
        "layout": window.text("layout") or "even-horizontal",
        "panes": panes,
        "focus": window.flag("selected"),
    }
    window.close(_WHY)
    return {key: value for key, value in made.items() if value}


def _joined(above: str, below: str) -> str:
    """A directory of smug's: relative to the one around it."""
    if below.startswith(("/", "~", "$")):
        return below
    return posixpath.normpath(posixpath.join(above, below))
