"""tmuxp's format: which keys it has, where each belongs, what each takes. Nothing else is let through."""

from collections.abc import Mapping

from ocprov.core import rules
from ocprov.core.names import printable
from ocprov.core.rules import Path, Rule, WorkspaceError, shown

EXTENSION = "x-ocprov"


def check(workspace: object) -> None:
    """Raise WorkspaceError at the first key or value that tmuxp's format or ocprov does not have."""
    rules.no_control_characters((), workspace)
    session = rules.mapping((), workspace, "a layout is a mapping that starts with session_name")
    _keys((), session, "session")
    for needed in ("session_name", "windows"):
        if needed not in session:
            raise WorkspaceError((), f"{needed} is missing", f"add {needed}: to the layout")


def _keys(path: Path, mapping: Mapping[str, object], level: str) -> None:
    known = LEVELS[level]
    for key, value in mapping.items():
        if key in _REFUSED:
            raise WorkspaceError((*path, key), f"{key} is not supported: {_REFUSED[key]}", "take the key out")
        if key not in known:
            raise WorkspaceError(
                (*path, key), f'unknown key "{printable(str(key))}" in {level}', _nearest(key, level)
            )
        known[key]((*path, key), value)


def _nearest(key: object, level: str) -> str:
    homes = [other for other in ("session", "window", "pane") if key in LEVELS[other]]
    if homes:
        return f"{key} belongs to a {' or '.join(homes)}"
    import difflib  # late: only a mistake needs it

    close = difflib.get_close_matches(str(key), LEVELS[level], n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"a {level} has: {', '.join(LEVELS[level])}"


def _commands(path: Path, value: object) -> None:
    match value:
        case str() | None:
            return
        case list():
            for number, item in enumerate(value):
                _command((*path, number), item)
        case Mapping() if [*value] == ["shell_command"] and path[-1] == "shell_command_before":
            _commands((*path, "shell_command"), value["shell_command"])
        case _:
            raise WorkspaceError(
                path, f"{path[-1]} must be a command or a list of commands, not {shown(value)}"
            )


def _command(path: Path, value: object) -> None:
    match value:
        case str() | None:
            return
        case Mapping() if "cmd" in value:
            _keys(path, value, "command")
        case _:
            raise WorkspaceError(
                path, f"a command must be text or have cmd:, not {shown(value)}", "put it in quotes"
            )


def _windows(path: Path, value: object) -> None:
    if not isinstance(value, list) or not value:
        raise WorkspaceError(path, "windows must be a list with at least one window")
    for number, item in enumerate(value):
        window = rules.mapping((*path, number), item, f"a window must be a mapping, not {shown(item)}")
        if "window_name" not in window:
            raise WorkspaceError(
                (*path, number), "window_name is missing", "windows are found by their names"
            )
        _keys((*path, number), window, "window")


def _panes(path: Path, value: object) -> None:
    if not isinstance(value, list) or not value:
        raise WorkspaceError(
            path, "panes must be a list with at least one pane", "leave it out for one plain shell"
        )
    for number, item in enumerate(value):
        match item:
            case Mapping():
                _keys((*path, number), item, "pane")
            case str() | None:
                continue
            case list():
                _commands((*path, number), item)
            case _:
                raise WorkspaceError(
                    (*path, number), f"a pane must be a command, not {shown(item)}", "put it in quotes"
                )


def _extension(level: str) -> Rule:
    def rule(path: Path, value: object) -> None:
        _keys(path, rules.mapping(path, value, f"{EXTENSION} must be a mapping"), f"{EXTENSION} of a {level}")

    return rule


_REFUSED = {
    "plugins": "it makes tmuxp import Python code of the layout's choice",
    "workspace_builder": "it chooses among tmuxp's builders, and ocprov builds by itself",
    "workspace_builder_paths": "it makes tmuxp import Python code of the layout's choice",
    "workspace_builder_options": "it is for tmuxp's builders, and ocprov builds by itself",
    "socket_name": "no version of tmuxp load reads it; use ocprov -L NAME",
    "config": "no version of tmuxp load reads it",
}

_RUNNING: dict[str, Rule] = {
    "restart": rules.one_of("prompt", "always", "never"),
    "shell": rules.text,
    "launcher": rules.flag,
}

LEVELS: dict[str, dict[str, Rule]] = {
    "session": {
        "session_name": rules.text,
        "start_directory": rules.text,
        "before_script": rules.text,
        "shell_command_before": _commands,
        "environment": rules.environment,
        "options": rules.scalars,
        "global_options": rules.scalars,
        "suppress_history": rules.flag,
        "windows": _windows,
        EXTENSION: _extension("session"),
    },
    "window": {
        "window_name": rules.text,
        "window_index": rules.index,
        "layout": rules.text,
        "options": rules.scalars,
        "options_after": rules.scalars,
        "focus": rules.flag,
        "panes": _panes,
        "start_directory": rules.text,
        "environment": rules.environment,
        "window_shell": rules.text,
        "shell_command_before": _commands,
        "suppress_history": rules.flag,
        EXTENSION: _extension("window"),
    },
    "pane": {
        "shell_command": _commands,
        "shell_command_before": _commands,
        "focus": rules.flag,
        "start_directory": rules.text,
        "environment": rules.environment,
        "shell": rules.text,
        "enter": rules.flag,
        "sleep_before": rules.seconds,
        "sleep_after": rules.seconds,
        "suppress_history": rules.flag,
        EXTENSION: _extension("pane"),
    },
    "command": {
        "cmd": rules.text,
        "enter": rules.flag,
        "sleep_before": rules.seconds,
        "sleep_after": rules.seconds,
    },
    f"{EXTENSION} of a session": {
        **_RUNNING,
        "on_start": rules.lines,
        "on_stop": rules.lines,
        "on_attach": rules.lines,
    },
    f"{EXTENSION} of a window": {**_RUNNING, "key": rules.text, "notice": rules.text},
    f"{EXTENSION} of a pane": {**_RUNNING, "notice": rules.text},
}
