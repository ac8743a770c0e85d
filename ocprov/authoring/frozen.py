"""A snapshot of a session, and what is known of its declaration, as a workspace that makes an equal one."""

import os
import re
import shlex
from collections.abc import Mapping

from ocprov.authoring import naming, panes, snapshot
from ocprov.authoring.foreground import Running
from ocprov.core import desired
from ocprov.core.names import printable, why_not_name
from ocprov.core.value import dataclass
from ocprov.core.workspace import EXTENSION
from ocprov.errors import OcprovError

Values = dict[str, object]

_VARIABLE = re.compile(r"\$(\w|\{)", re.ASCII)
_FOREIGN = "commands that ocprov did not start are what the system tells: look for secrets among them"
_UNKNOWN = "environment, history, and what programs had in memory are not known, and not written here"


@dataclass(frozen=True, slots=True)
class Declared:
    """What ocprov knows of a session, or None, and of its panes, by tmux's ids."""

    session: desired.Session | None
    panes: Mapping[str, desired.Pane]
    launched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Frozen:
    """The workspace, and what is to be said about it."""

    workspace: Values
    notes: tuple[str, ...]


def freeze(names: tuple[str, str], base: int, live: snapshot.Snapshot, known: Declared, home: str) -> Frozen:
    """A session as a workspace; `names` are what it is called and will be, `base` the usual index of a first window.

    OcprovError when a directory cannot be written into a layout.
    """
    return _Freezer(live, known, home).session(*names, base)


class _Freezer:
    def __init__(self, live: snapshot.Snapshot, known: Declared, home: str) -> None:
        self.live = live
        self.known = known
        self.home = home
        self.notes: list[str] = []

    def session(self, name: str, safe: str, base: int) -> Frozen:
        if safe != name:
            self.notes.append(f'the session "{printable(name)}" is called {safe} here')
        declared = self.known.session
        start = declared.directory if declared else self.directory(self.live.directory, "the session")
        windows, taken = [], set[str]()
        for number, window in enumerate(self.live.windows, 1):
            called = self.window_name(window, number, taken)
            taken.add(called)
            windows.append(self.window(window, called, start))
        if [window.index for window in self.live.windows] != [*range(base, base + len(windows))]:
            windows = [
                {"window_name": made.pop("window_name"), "window_index": window.index, **made}
                for window, made in zip(self.live.windows, windows, strict=True)
            ]
        self.notes.append(_UNKNOWN)
        workspace = {"session_name": safe, "start_directory": start, **self.options(), "windows": windows}
        return Frozen(workspace, tuple(dict.fromkeys(self.notes)))

    def options(self) -> Values:
        """What was declared for the session as a whole, but for the environment, which may hold secrets."""
        session = self.known.session
        if session is None:
            return {}
        names = {name for pane in session.panes for name, _ in (*session.environment, *pane.environment)}
        if names:
            self.notes.append(
                f"of the environment only the names are known here: {', '.join(sorted(names))}; add what they need"
            )
        script = shlex.join(session.before_script)
        if _VARIABLE.search(script) or script.startswith("~"):
            self.notes.append(f"before_script is not written, as it would be expanded: {printable(script)}")
            script = ""
        values = {
            "before_script": script,
            "options": dict(session.options),
            "global_options": dict(session.global_options),
            EXTENSION: panes.hooks(session.hooks),
        }
        return {name: value for name, value in values.items() if value}

    def window_name(self, window: snapshot.Window, number: int, taken: set[str]) -> str:
        called = naming.window(window.name, number, taken)
        if called != window.name:
            self.notes.append(f'window {window.index}, "{printable(window.name)}", is called {called} here')
        return called

    def window(self, window: snapshot.Window, called: str, start: str) -> Values:
        declared = self.declared(window)
        key = declared.key if declared else called
        made = [self.pane(pane, called) for pane in window.panes]
        directory = made[0].pop("start_directory")
        for pane in made[1:]:
            if pane["start_directory"] == directory:
                del pane["start_directory"]
        values: Values = {
            "window_name": called,
            "start_directory": directory if directory != start else None,
            "layout": window.layout if len(made) > 1 else None,
            "options": dict(declared.options) if declared else None,
            "options_after": dict(declared.options_after) if declared else None,
            "focus": True if window.active and len(self.live.windows) > 1 else None,
            EXTENSION: {"key": key} if key != called and not why_not_name(key) else None,
        }
        if len(made) > 1 or made[0]:
            for pane, there in zip(made, window.panes, strict=True):
                if there.active and len(made) > 1:
                    pane["focus"] = True
            values["panes"] = [pane or None for pane in made]
        return {name: value for name, value in values.items() if value}

    def declared(self, window: snapshot.Window) -> desired.Window | None:
        """The declared window that this one is."""
        first = self.known.panes.get(window.panes[0].id)
        windows = self.known.session.windows if self.known.session else ()
        return next((one for one in windows if first and one.panes[0].key == first.key), None)

    def pane(self, pane: snapshot.Pane, window: str) -> Values:
        """A pane, always with its directory."""
        declared = self.known.panes.get(pane.id)
        if declared is not None and not (declared.plain and declared.launcher):
            return {"start_directory": declared.directory, **panes.declared(declared)}
        values = {
            "start_directory": self.directory(pane.directory, f"window {window}"),
            EXTENSION: panes.extension(declared) if declared is not None else {},
        }
        if pane.id in self.known.launched:
            self.notes.append(
                f"window {window}: what its launcher was told is not known, so it is a shell here"
            )
        elif command := self.command(pane.running, window):
            values["shell_command"] = panes.literal(command)
        return {name: value for name, value in values.items() if value}

    def command(self, running: Running, window: str) -> str:
        """The command that runs in a pane, with what is to be said about that."""
        command = running.command
        if running.doubt:
            self.notes.append(f"window {window}: {printable(command) or 'a command'}: {running.doubt}")
        if not all(char.isprintable() or char in "\n\t" for char in command):
            self.notes.append(
                f"window {window}: not written, for its control characters: {printable(command)}"
            )
            return ""
        if command:
            self.notes.append(_FOREIGN)
        return command

    def directory(self, path: str, whose: str) -> str:
        """A directory as a layout may hold it."""
        path = path or self.home
        if not os.path.isdir(path):  # noqa: PTH112 # text in, text out
            self.notes.append(f"the directory of {whose} is gone, and is your home here: {printable(path)}")
            return self.home
        if _VARIABLE.search(path) or not path.isprintable():
            why = "control character" if not path.isprintable() else "$, which a layout would expand"
            raise OcprovError(
                f"the directory of {whose} cannot be in a layout: it has a {why}: {printable(path)}",
                "go to another one there, then freeze again",
            )
        return path
