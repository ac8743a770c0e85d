"""Another tool's file as a workspace that ocprov takes."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from ocprov.authoring import naming, relative, smug, teamocil, tmuxinator
from ocprov.authoring.foreign import MisfitError, Taken, Values, plain
from ocprov.core.names import printable
from ocprov.core.rules import WorkspaceError
from ocprov.core.workspace import EXTENSION, check
from ocprov.errors import LayoutError
from ocprov.layout import files
from ocprov.layout.document import Document, read
from ocprov.layout.facts import Facts

KINDS = ("tmuxinator", "teamocil", "smug", "tmuxp")

_TAKERS = {"tmuxinator": tmuxinator.take, "teamocil": teamocil.take, "smug": smug.take}
_TYPING = frozenset(("enter", "sleep_before", "sleep_after", "shell", "window_shell"))
_TYPED = (
    "commands are typed into your shell, as {} does; without `launcher: false` ocprov runs them, "
    "and runs them again after a reboot"
)
_SAY = "say which tool it is of: --from " + ", ".join(KINDS)


def taken(path: Path, kind: str) -> tuple[str, Taken]:
    """The workspace in a file, and of which kind the file is; `kind` is empty where it is to be found out.

    LayoutError where it cannot be read, or is not what it should be.
    """
    name = files.shown(path)
    text = files.read(path, Facts())
    if path.suffix == ".json":
        text = text.replace(
            "\t", "  "
        )  # which JSON allows between values, YAML does not, and neither does inside
    _refuse_templates(text, name)
    document = read(text, lambda line: f"{name}:{line}")
    found = kind or _kind(document.data, path)
    if not found:
        raise LayoutError(f"cannot tell which tool {name} is of", _SAY)
    try:
        made = _TAKERS[found](document.data) if found in _TAKERS else _tmuxp(document)
    except MisfitError as error:
        place = f"{name}:{document.line(error.path)}"
        raise LayoutError(f"{place}: {error.message}", f"is it a file of {found}? {_SAY}") from error
    _finish(made, path, typed=found in _TAKERS)
    if found in _TAKERS:
        made.notes.append(_TYPED.format(found))
    return found, made


def _refuse_templates(text: str, name: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if "<%" in line and not line.lstrip().startswith("#"):
            hint = "write what it stands for in its place, or make it a variable of the layout afterwards"
            raise LayoutError(
                f"{name}:{number}: ERB, which would run Ruby code: {printable(line.strip())}", hint
            )


def _kind(data: Values, path: Path) -> str:
    """Of which tool a file is: by what only that tool has, else by where the file is."""
    windows = data.get("windows") or data.get("tabs")
    first = windows[0] if isinstance(windows, list) and windows and isinstance(windows[0], dict) else {}
    if "session_name" in data or "window_name" in first:
        return "tmuxp"
    if isinstance(data.get("session"), dict) or "splits" in first:
        return "teamocil"
    if "session" in data:
        return "smug"
    for kind in ("tmuxinator", "teamocil", "smug"):
        if kind in str(path.absolute()):
            return kind
    if "tabs" in data or "project_name" in data or (first and len(first) == 1 and "name" not in first):
        return "tmuxinator"
    return "teamocil" if "name" in first else "tmuxinator" if windows and "name" in data else ""


def _tmuxp(document: Document) -> Taken:
    """A file of tmuxp's as it is, but for the keys that ocprov does not have."""
    workspace: Any = deepcopy(document.data)
    if not isinstance(workspace.get("windows"), list):
        raise MisfitError(("windows",), "windows must be a list")
    for number, window in enumerate(workspace["windows"]):
        if not isinstance(window, dict):
            raise MisfitError(("windows", number), "a window must be a mapping")
    if EXTENSION in workspace or not _types(workspace):
        return Taken(workspace, [])
    workspace[EXTENSION] = {"launcher": False}
    return Taken(workspace, [_TYPED.format("tmuxp")])


def _types(value: object) -> bool:
    """Whether something in it is about typing."""
    if isinstance(value, dict):
        inner = (item for key, item in value.items() if key not in (EXTENSION, "environment", "options"))
        return not _TYPING.isdisjoint(value) or any(map(_types, inner))
    return isinstance(value, list) and any(map(_types, value))


def _finish(made: Taken, path: Path, *, typed: bool) -> None:
    """Names that are safe, directories that are absolute, no key that ocprov does not have."""
    workspace, notes = made.workspace, made.notes
    name = plain(workspace.get("session_name")) or files.stem(path).lstrip(".") or path.stem.lstrip(".")
    safe = naming.session(name)
    if safe != name:
        notes.append(f'the session "{printable(name)}" is called {safe} here')
    windows, names = workspace.pop("windows", []), set[str]()
    for number, window in enumerate(windows, 1):
        called = plain(window.get("window_name"))
        window["window_name"] = naming.window(called, number, names)
        names.add(window["window_name"])
        if called != window["window_name"]:
            notes.append(f'window {number}, "{printable(called)}", is called {window["window_name"]} here')
        _simple_panes(window)
    workspace["session_name"] = safe
    relative.resolve(workspace, path.absolute().parent, notes)
    if typed:
        workspace[EXTENSION] = {**workspace.get(EXTENSION, {}), "launcher": False}
    workspace["windows"] = windows
    for window in windows:
        relative.resolve(window, path.absolute().parent, notes)
    _without_unknown(workspace, notes)
    for key in [key for key in workspace if key not in ("session_name", "start_directory")]:
        workspace[key] = workspace.pop(key)  # to the end


def _simple_panes(window: Values) -> None:
    """Panes in the shortest way that they can be written; a window of one shell has none."""
    panes = window.get("panes")
    if isinstance(panes, list):
        window["panes"] = [_simple(pane) for pane in panes]
        if window["panes"] in ([], [None]):
            del window["panes"]


def _simple(pane: Any) -> Any:
    if isinstance(pane, list):
        return _simple({"shell_command": pane})
    if not isinstance(pane, dict) or not isinstance(pane.get("shell_command"), list):
        return pane
    commands = pane["shell_command"]
    if len(commands) > 1 or not all(isinstance(command, str) for command in commands):
        return pane
    others = {key: value for key, value in pane.items() if key != "shell_command"}
    if not others:
        return commands[0] if commands else None
    return {**others, "shell_command": commands[0]} if commands else others


def _without_unknown(workspace: Values, notes: list[str]) -> None:
    """Take out what ocprov refuses as a key, and say so; LayoutError for what is wrong in another way."""
    while True:
        try:
            check(workspace)
        except WorkspaceError as error:
            holder: Any = workspace
            for step in error.path[:-1]:
                holder = holder[step]
            if not error.message.startswith(("unknown key", f"{error.path[-1]} is not supported")):
                place = ".".join(map(str, error.path))
                raise LayoutError(
                    f"no layout comes of it: {printable(place)}: {error.message}", error.hint
                ) from error
            value = printable(" ".join(str(holder.pop(error.path[-1])).split()))[:200]
            notes.append(f"{error.message} (it was {value})")
        else:
            return
