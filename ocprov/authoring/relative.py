"""Paths that are relative to a file, as absolute ones: a layout is somewhere else than the file that it came of."""

import posixpath
from pathlib import Path
from typing import Any

Values = dict[str, Any]


def resolve(level: Values, folder: Path, notes: list[str]) -> None:
    """Make absolute, in a session or a window and its panes, what is relative to `folder`."""
    for holder, key in _places(level):
        value = holder[key]
        holder[key] = posixpath.normpath(posixpath.join(folder, value))
        notes.append(f"{key}: {value} is {holder[key]} here")


def _places(level: Values) -> list[tuple[Values, str]]:
    panes = level.get("panes")
    found = [(level, "start_directory")]
    found += [
        (pane, "start_directory")
        for pane in (panes if isinstance(panes, list) else ())
        if isinstance(pane, dict)
    ]
    found.append((level, "before_script"))
    found += [(level["environment"], name) for name in _names(level.get("environment"))]
    session = "session_name" in level
    return [
        (holder, key)
        for holder, key in found
        if isinstance(holder.get(key), str) and _is_relative(holder[key], key, session=session)
    ]


def _names(environment: object) -> list[str]:
    return list(environment) if isinstance(environment, dict) else []


def _is_relative(value: str, key: str, *, session: bool) -> bool:
    """As tmuxp has it: what starts with a dot; a session's directory has nothing else to start at either."""
    bare = session and key == "start_directory" and not value.startswith(("/", "~", "$"))
    return bare or value == "." or value.startswith(("./", "../"))
