"""An expanded workspace (tmuxp's `expand` and `trickle` done) to the frozen values that are wanted."""

import posixpath
import re
import shlex
from collections.abc import Mapping
from typing import Any

from ocprov.core.desired import Hooks, Pairs, Pane, Session, Typed, Window
from ocprov.core.names import printable, why_not_name, why_not_session
from ocprov.core.rules import Path, WorkspaceError
from ocprov.core.value import replace
from ocprov.core.workspace import EXTENSION

Values = Mapping[str, Any]

_LAYOUTS = re.compile(
    r"even-horizontal|even-vertical|(main-horizontal|main-vertical)(-mirrored)?|tiled|[0-9a-f]{4},[0-9x,\[\]{}]+"
)
_OPTION = re.compile(r"@?[A-Za-z][A-Za-z0-9_-]*(\[\d+\])?")


def session(workspace: Values, *, layout: str) -> Session:
    """The session that an expanded workspace declares; WorkspaceError where a value cannot be meant."""
    name = workspace["session_name"]
    if reason := why_not_session(name):
        raise WorkspaceError(("session_name",), f'"{printable(name)}" cannot be a session name: {reason}')
    windows = tuple(_window(workspace, number) for number in range(len(workspace["windows"])))
    _refuse_twins(windows)
    return Session(
        name=name,
        layout=layout,
        directory=_directory(("start_directory",), workspace["start_directory"]),
        windows=_one_focus(windows),
        environment=_pairs(workspace.get("environment")),
        options=_options(("options",), workspace.get("options")),
        global_options=_options(("global_options",), workspace.get("global_options")),
        before_script=_argv(("before_script",), workspace.get("before_script", "")),
        notices=tuple(pane.notice for window in windows for pane in window.panes if pane.notice),
        hooks=_hooks(workspace.get(EXTENSION, {})),
    )


def _hooks(extension: Values) -> Hooks:
    given = {name: extension.get(name, []) for name in Hooks.__match_args__}
    return Hooks(
        **{name: tuple([lines] if isinstance(lines, str) else lines) for name, lines in given.items()}
    )


def _window(workspace: Values, number: int) -> Window:
    path: Path = ("windows", number)
    declared: Values = workspace["windows"][number]
    name: str = declared["window_name"]
    key: str = declared.get(EXTENSION, {}).get("key", name)
    for place, value in (((*path, "window_name"), name), ((*path, EXTENSION, "key"), key)):
        if reason := why_not_name(value):
            raise WorkspaceError(place, f'"{printable(value)}" cannot be a window name: {reason}')
    layout = declared.get("layout", "")
    if layout and not _LAYOUTS.fullmatch(layout):
        hint = "use even-horizontal, even-vertical, main-horizontal, main-vertical, tiled, or a layout string of tmux"
        raise WorkspaceError((*path, "layout"), f'"{printable(layout)}" is no layout of tmux', hint)
    panes = tuple(
        _pane(workspace, declared, (*path, "panes", place), key if place == 0 else f"{key}.{place + 1}")
        for place in range(len(declared["panes"]))
    )
    focused = [pane.key for pane in panes if pane.focus][-1:] or [panes[0].key]
    return Window(
        key=key,
        name=name,
        panes=tuple(replace(pane, focus=pane.key in focused) for pane in panes),
        index=declared.get("window_index"),
        layout=layout,
        options=_options((*path, "options"), declared.get("options")),
        options_after=_options((*path, "options_after"), declared.get("options_after")),
        focus=bool(declared.get("focus")),
    )


def _pane(workspace: Values, window: Values, path: Path, key: str) -> Pane:
    declared: Values = window["panes"][path[-1]]
    settings = {
        **workspace.get(EXTENSION, {}),
        **{name: value for name, value in window.get(EXTENSION, {}).items() if name != "key"},
        **declared.get(EXTENSION, {}),
    }
    launcher = settings.get("launcher", True)
    program = declared.get("shell", window.get("window_shell", ""))
    commands = tuple(command["cmd"] for command in declared["shell_command"] if command["cmd"])
    if launcher:
        _refuse_typing(path, declared, program, commands)
    own = declared.get("environment", window.get("environment"))
    inherited = declared.get("start_directory", window["start_directory"])
    launched = launcher and bool(commands or program)
    return Pane(
        key=key,
        directory=_directory(
            (*path, "start_directory"), posixpath.join(window["start_directory"], inherited)
        ),
        commands=(commands or (program,)) if launched else (),
        restart=settings.get("restart", "prompt"),
        shell=settings.get("shell", "sh"),
        environment=_merged(_pairs(workspace.get("environment")), _pairs(own)),
        launcher=launcher,
        typed=() if launcher else _typed(path, window, declared),
        program="" if launched else program,
        notice=settings.get("notice", "") if path[-1] == 0 or EXTENSION in declared else "",
        focus=bool(declared.get("focus")),
        window=window["window_name"],
    )


def _refuse_typing(path: Path, declared: Values, program: str, commands: tuple[str, ...]) -> None:
    """What only typing into a shell can do, and a launcher cannot."""
    hint = f"add {EXTENSION}: {{launcher: false}} to type into a shell, as tmuxp does"
    if program and commands:
        raise WorkspaceError(path, "a shell of its own and shell_command together need typing", hint)
    for place in (declared, *declared["shell_command"]):
        if place.get("enter", True) is False or any(
            place.get(name) for name in ("sleep_before", "sleep_after")
        ):
            raise WorkspaceError(
                path, "enter: false and sleep_* are about typing, and a launcher types nothing", hint
            )


def _typed(path: Path, window: Values, declared: Values) -> tuple[Typed, ...]:
    """tmuxp's own order of things: what one command sets for `enter` and `sleep_*` stays for the next ones."""
    hidden = declared.get("suppress_history", window.get("suppress_history", True))
    setting = {"enter": True, "sleep_before": 0, "sleep_after": 0}
    setting.update({name: declared[name] for name in setting if declared.get(name) is not None})
    typed = []
    for command in declared["shell_command"]:
        if "\n" in command["cmd"]:
            raise WorkspaceError(
                path, "a typed command cannot span lines", "write one list item for each line"
            )
        setting.update({name: command[name] for name in setting if command.get(name) is not None})
        typed.append(Typed((" " if hidden else "") + command["cmd"], **setting))  # type: ignore[arg-type] # of mixed types
    return tuple(typed)


def _directory(path: Path, value: str) -> str:
    if not value.startswith("/"):
        raise WorkspaceError(
            path, f'"{printable(value)}" is not an absolute directory', "start it with / or ~"
        )
    if len(value.encode("utf-8", "surrogateescape")) > 4000:
        raise WorkspaceError(path, "the directory's path is longer than 4000 bytes")
    return posixpath.normpath("/" + value.lstrip("/"))


def _argv(path: Path, value: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise WorkspaceError(path, f"cannot read the command: {str(error).lower()}") from error


def _pairs(values: Mapping[str, object] | None) -> Pairs:
    return tuple((name, str(value)) for name, value in (values or {}).items())


def _merged(*groups: Pairs) -> Pairs:
    return tuple({name: value for group in groups for name, value in group}.items())


def _options(path: Path, values: Mapping[str, object] | None) -> Pairs:
    for name in values or {}:
        if not _OPTION.fullmatch(name):
            raise WorkspaceError((*path, name), f'"{printable(name)}" is no name for a tmux option')
        if name.startswith("@ocprov"):
            raise WorkspaceError((*path, name), f"{name} is one of ocprov's own tags", "use another name")
    switches = {True: "on", False: "off"}
    return tuple(
        (name, switches[value] if isinstance(value, bool) else str(value))
        for name, value in (values or {}).items()
    )


def _refuse_twins(windows: tuple[Window, ...]) -> None:
    seen: dict[tuple[str, object], int] = {}
    for number, window in enumerate(windows):
        for kind, value in (("name", window.name), ("key", window.key), ("index", window.index)):
            if value is not None and seen.setdefault((kind, value), number) != number:
                raise WorkspaceError(
                    ("windows", number), f'two windows have the {kind} "{value}"', "rename one of them"
                )


def _one_focus(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """tmuxp gives the focus to the last window that asks, and to the first one when none does."""
    focused = ([window.key for window in windows if window.focus] or [windows[0].key])[-1]
    return tuple(replace(window, focus=window.key == focused) for window in windows)
