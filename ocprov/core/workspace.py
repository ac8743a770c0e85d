"""tmuxp's format: which keys it has, where each belongs, what each takes. Nothing else is let through."""

import difflib
from collections.abc import Callable, Mapping

from ocprov.core.names import printable

Path = tuple[str | int, ...]
Rule = Callable[[Path, object], None]

EXTENSION = "x-ocprov"
BLANK = (None, "", "blank", "pane")


class WorkspaceError(Exception):
    """A workspace is wrong at `path`; the layout part knows which line of which file that is."""

    def __init__(self, path: Path, message: str, hint: str = "correct it there, then: ocprov check") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def check(workspace: object) -> None:
    """Raise WorkspaceError at the first key or value that tmuxp's format or ocprov does not have."""
    _no_control_characters((), workspace)
    mapping = _mapping((), workspace, "a layout is a mapping that starts with session_name")
    _keys((), mapping, "session")
    for needed in ("session_name", "windows"):
        if needed not in mapping:
            raise WorkspaceError((), f"{needed} is missing", f"add {needed}: to the layout")


def _no_control_characters(path: Path, value: object, key: str = "") -> None:
    """Newline and tab belong in commands and nowhere else; other control characters nowhere at all."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            _no_control_characters((*path, name), str(name))
            inside = key if name == "cmd" and key in _COMMAND_KEYS else str(name)
            _no_control_characters((*path, name), item, inside)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _no_control_characters((*path, number), item, "shell_command" if key == "panes" else key)
    elif isinstance(value, str):
        allowed = "\n\t" if key in _COMMAND_KEYS else ""
        wrong = [
            char for char in value if not char.isprintable() and char not in allowed and char != "\ufeff"
        ]
        if any(ord(char) < 32 or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000 for char in wrong):
            raise WorkspaceError(path, f"a control character in {printable(value)[:60]!r}", "take it out")


def _mapping(path: Path, value: object, otherwise: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise WorkspaceError(path, otherwise)
    return value


def _keys(path: Path, mapping: Mapping[str, object], level: str) -> None:
    rules = _LEVELS[level]
    for key, value in mapping.items():
        if key in _REFUSED:
            raise WorkspaceError((*path, key), f"{key} is not supported: {_REFUSED[key]}", "take the key out")
        if key not in rules:
            raise WorkspaceError(
                (*path, key), f'unknown key "{printable(str(key))}" in {level}', _nearest(key, level)
            )
        rules[key]((*path, key), value)


def _nearest(key: object, level: str) -> str:
    homes = [other for other in ("session", "window", "pane") if key in _LEVELS[other]]
    if homes:
        return f"{key} belongs to a {' or '.join(homes)}"
    close = difflib.get_close_matches(str(key), _LEVELS[level], n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"a {level} has: {', '.join(_LEVELS[level])}"


def _text(path: Path, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise WorkspaceError(path, f"{path[-1]} must be text, not {_shown(value)}", "put it in quotes")


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return f"a yes/no value ({str(value).lower()})"
        case _:
            return f'"{printable(value)}"' if isinstance(value, str) else str(value)


def _flag(path: Path, value: object) -> None:
    if not isinstance(value, bool):
        raise WorkspaceError(path, f"{path[-1]} must be true or false, not {_shown(value)}")


def _seconds(path: Path, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 60:
        raise WorkspaceError(path, f"{path[-1]} must be seconds from 0 to 60, not {_shown(value)}")


def _index(path: Path, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 9999:
        raise WorkspaceError(path, f"{path[-1]} must be a number from 0 to 9999, not {_shown(value)}")


def _scalars(path: Path, value: object) -> None:
    for name, item in _mapping(path, value, f"{path[-1]} must be a mapping of names to values").items():
        if not isinstance(item, str | int | float):
            raise WorkspaceError((*path, name), f"{name} must have one value, not {_shown(item)}")


def _environment(path: Path, value: object) -> None:
    _scalars(path, value)
    for name, item in _mapping(path, value, "").items():
        if not name.isidentifier() or not name.isascii():
            raise WorkspaceError((*path, name), f'"{printable(name)}" is no name for an environment variable')
        if isinstance(item, bool):
            raise WorkspaceError((*path, name), f"{name} is a yes/no value", 'put it in quotes: "yes"')


def _commands(path: Path, value: object) -> None:
    match value:
        case str() | None:
            return
        case list():
            for number, item in enumerate(value):
                _command((*path, number), item)
        case Mapping() if "shell_command" in value:
            _commands((*path, "shell_command"), value["shell_command"])
        case _:
            raise WorkspaceError(
                path, f"{path[-1]} must be a command or a list of commands, not {_shown(value)}"
            )


def _command(path: Path, value: object) -> None:
    match value:
        case str() | None:
            return
        case Mapping() if "cmd" in value:
            _keys(path, value, "command")
        case _:
            raise WorkspaceError(
                path, f"a command must be text or have cmd:, not {_shown(value)}", "put it in quotes"
            )


def _windows(path: Path, value: object) -> None:
    if not isinstance(value, list) or not value:
        raise WorkspaceError(path, "windows must be a list with at least one window")
    for number, item in enumerate(value):
        window = _mapping((*path, number), item, f"a window must be a mapping, not {_shown(item)}")
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
                    (*path, number), f"a pane must be a command, not {_shown(item)}", "put it in quotes"
                )


def _one_of(*choices: str) -> Rule:
    def rule(path: Path, value: object) -> None:
        if value not in choices:
            hint = f"use one of: {', '.join(choices)}"
            raise WorkspaceError(path, f"{path[-1]} cannot be {_shown(value)}", hint)

    return rule


def _extension(level: str) -> Rule:
    def rule(path: Path, value: object) -> None:
        _keys(path, _mapping(path, value, f"{EXTENSION} must be a mapping"), f"{EXTENSION} of a {level}")

    return rule


_COMMAND_KEYS = ("shell_command", "shell_command_before", "panes", "notice")

_REFUSED = {
    "plugins": "it makes tmuxp import Python code of the layout's choice",
    "workspace_builder": "it chooses among tmuxp's builders, and ocprov builds by itself",
    "workspace_builder_paths": "it makes tmuxp import Python code of the layout's choice",
    "workspace_builder_options": "it is for tmuxp's builders, and ocprov builds by itself",
    "socket_name": "no version of tmuxp load reads it; use ocprov -L NAME",
    "config": "no version of tmuxp load reads it",
}

_RUNNING: dict[str, Rule] = {
    "restart": _one_of("prompt", "always", "never"),
    "shell": _text,
    "launcher": _flag,
}

_LEVELS: dict[str, dict[str, Rule]] = {
    "session": {
        "session_name": _text,
        "start_directory": _text,
        "before_script": _text,
        "shell_command_before": _commands,
        "environment": _environment,
        "options": _scalars,
        "global_options": _scalars,
        "suppress_history": _flag,
        "windows": _windows,
        EXTENSION: _extension("session"),
    },
    "window": {
        "window_name": _text,
        "window_index": _index,
        "layout": _text,
        "options": _scalars,
        "options_after": _scalars,
        "focus": _flag,
        "panes": _panes,
        "start_directory": _text,
        "environment": _environment,
        "window_shell": _text,
        "shell_command_before": _commands,
        "suppress_history": _flag,
        EXTENSION: _extension("window"),
    },
    "pane": {
        "shell_command": _commands,
        "shell_command_before": _commands,
        "focus": _flag,
        "start_directory": _text,
        "environment": _environment,
        "shell": _text,
        "enter": _flag,
        "sleep_before": _seconds,
        "sleep_after": _seconds,
        "suppress_history": _flag,
        EXTENSION: _extension("pane"),
    },
    "command": {"cmd": _text, "enter": _flag, "sleep_before": _seconds, "sleep_after": _seconds},
    f"{EXTENSION} of a session": _RUNNING,
    f"{EXTENSION} of a window": {**_RUNNING, "key": _text, "notice": _text},
    f"{EXTENSION} of a pane": {**_RUNNING, "notice": _text},
}
