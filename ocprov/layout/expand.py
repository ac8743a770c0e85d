"""tmuxp's own expansion of a workspace, with `$` in commands left to the shell that runs them."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from ocprov.core.rules import BLANK, WorkspaceError
from ocprov.errors import OcprovError
from ocprov.layout.facts import Facts

Values = dict[str, Any]
KeyPath = tuple[str | int, ...]

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
_NAMES = ("session_name", "window_name", "start_directory")
_TABLES = ("environment", "options", "global_options")
_COMMANDS = ("shell_command", "shell_command_before", "cmd")


def expand(workspace: Mapping[str, Any], *, directory: str, beside: Path, facts: Facts) -> Values:
    """What tmuxp's `expand` and `trickle` make of a checked `workspace`, which is left as it is.

    `directory` (absolute) is the session's where it has none; `beside` is the folder of the layout's file, for
    paths that start with `.`. Raises WorkspaceError where a name or a directory needs an unset variable.
    """
    _read_variables(workspace, (), facts)
    tokens = _Tokens(directory)
    hidden: Values = tokens.hide(deepcopy(dict(workspace)))
    tmuxp = _tmuxp()
    facts.text(str(tmuxp.__file__))  # another version may expand otherwise
    expanded: Values = tokens.show(_levels(tmuxp, hidden, str(beside), tokens.directory))
    return expanded


def _levels(tmuxp: ModuleType, workspace: Values, beside: str, directory: str) -> Values:
    """Each level by itself: tmuxp's recursion forgets where relative directories start."""
    windows = workspace.pop("windows")
    session: Values = tmuxp.expand({"start_directory": directory} | workspace, cwd=beside)
    session["windows"] = [_window(tmuxp, window, session, beside) for window in windows]
    trickled: Values = tmuxp.trickle(session)
    return trickled


def _window(tmuxp: ModuleType, window: Values, session: Values, beside: str) -> Values:
    panes = window.pop("panes", None)
    expanded: Values = tmuxp.expand(window, cwd=beside, parent=session)
    # A relative directory without a dot is joined by trickle, which is too late for the panes' own.
    own = expanded.get("start_directory", "")
    if not own.startswith(("/", "~")):
        expanded["start_directory"] = (
            posixpath.join(session["start_directory"], own) if own else session["start_directory"]
        )
    if panes is not None:
        expanded["panes"] = [
            tmuxp.expand(tmuxp.expand_cmd(pane), cwd=beside, parent=expanded) for pane in panes
        ]
    return expanded


def _tmuxp() -> ModuleType:
    """`tmuxp.workspace.loader`, by its file: importing the package would cost 0.1 s and libtmux."""
    package = find_spec("tmuxp")
    for place in (package.submodule_search_locations or ()) if package else ():
        spec = spec_from_file_location("tmuxp_workspace_loader", Path(place, "workspace", "loader.py"))
        if isinstance(spec, ModuleSpec) and spec.loader:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise OcprovError("tmuxp is not installed", "install ocprov again: pipx reinstall ocprov")


class _Tokens:
    """Stand-ins for what tmuxp must not expand: commands, and the session's directory when a `$` is in it."""

    def __init__(self, directory: str) -> None:
        self._texts: list[str] = []
        self._real = directory
        self.directory = "/\ufdd4" if "$" in directory else directory

    def hide(self, value: Any, key: str = "", around: str = "") -> Any:
        """`value` with the stand-ins; `key` is the key it stands under, `around` the one around that."""
        if isinstance(value, dict):
            return {name: self.hide(item, name, key) for name, item in value.items()}
        if isinstance(value, list):
            items = (
                [item for item in value if item is not None] if key in _COMMANDS and len(value) > 1 else value
            )
            return [
                self.hide(
                    item, "shell_command" if key == "panes" and isinstance(item, list | str) else key, around
                )
                for item in items
            ]
        if around == "environment":
            value = str(value)
        if not isinstance(value, str):
            return value
        if key in _COMMANDS and around != "environment":
            return self._command(value)
        return value.replace(self._real, self.directory) if self.directory != self._real else value

    def _command(self, text: str) -> str:
        if text in BLANK and text:
            return text
        self._texts.append(text)
        return f"\ufdd2{len(self._texts) - 1}\ufdd3"

    def show(self, value: Any) -> Any:
        """`value` with what the stand-ins stand for."""
        if isinstance(value, dict):
            return {name: self.show(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.show(item) for item in value]
        if not isinstance(value, str):
            return value
        if value.startswith("\ufdd2") and value.endswith("\ufdd3") and value[1:-1].isdigit():
            return self._texts[int(value[1:-1])]
        return value.replace(self.directory, self._real) if self.directory != self._real else value


def _read_variables(value: Mapping[str, Any], path: KeyPath, facts: Facts) -> None:
    """Record each variable that tmuxp will read; refuse an unset one in a name or a directory."""
    for place, text, needed in _expanded_texts(value, path):
        if text.startswith("~"):
            facts.ask("env", "HOME")
        for match in _VARIABLE.finditer(text):
            name = match.group(1) or match.group(2) or ""
            known = facts.ask("env", name) is not None
            if needed and not known:
                hint = f"export {name}=…, or use env() with a default in the layout"
                raise WorkspaceError(place, f"environment variable {name} is not set", hint)


def _expanded_texts(value: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    """Place, text, and whether it is a name or a directory."""
    yield from (
        ((*path, key), value[key], key in _NAMES) for key in (*_NAMES, "before_script") if key in value
    )
    for key in _TABLES:
        items = value.get(key, {}).items()
        yield from (((*path, key, name), item, False) for name, item in items if isinstance(item, str))
    for key in ("windows", "panes"):
        for number, item in enumerate(value.get(key, ())):
            if isinstance(item, dict):
                yield from _expanded_texts(item, (*path, key, number))
