"""A change or a note in plain values, for people, programs and the log."""

from ocprov.core import change as kinds
from ocprov.core.names import printable

# With the window's index.
FOREIGN_WINDOW = "window {} is not ocprov's, left alone"
_FOREIGN_PANE = "a pane of window {} is not ocprov's, left alone"


def describe(step: kinds.Change | kinds.Note) -> dict[str, object]:
    """One change or note as plain values: what it is, where, and why."""
    match step:
        case kinds.CreateSession(session=session, windows=windows):
            return _values("create session", session.name, f"with {len(windows)} windows")
        case kinds.SetSession(session=session, reason=reason):
            return _values("set session", session.name, reason)
        case kinds.CreateWindow(window=window, index=index):
            return _values("create window", window.name, f"missing, goes to index {index}", key=window.key)
        case kinds.RenameWindow(window=window, was=was):
            return _values("rename window", window.name, f'is called "{printable(was)}"', key=window.key)
        case kinds.SetWindow(window=window):
            return _values(
                "set window", window.name, "options and layout of panes as declared", key=window.key
            )
        case _:
            return _pane_entry(step)


def _pane_entry(step: kinds.Change | kinds.Note) -> dict[str, object]:
    match step:
        case kinds.CreatePane(window=window, pane=pane):
            return _values("create pane", window.name, "missing", pane=pane.key)
        case kinds.RunAgain(window=window, pane=pane, reason=reason):
            return _values("run again", window.name, f"{reason}, is run again", pane=pane.key)
        case kinds.TagPane(pane=pane):
            return _values("tag pane", pane.key.partition(".")[0], "recognised by its name", pane=pane.key)
        case kinds.WriteLauncher(window=window, pane=pane, reason=reason):
            return _values("write launcher", window.name, f"{reason}, is written", pane=pane.key)
        case kinds.KillPane(window_name=name, key=key):
            return _values("kill pane", name, "declared no longer", pane=key)
        case _:
            return _note_entry(step)


def _note_entry(step: kinds.Change | kinds.Note) -> dict[str, object]:
    match step:
        case kinds.Changed(window=window, pane=pane, shell=shell):
            reason = "still runs what was declared before; --restart-changed runs it again"
            if shell:
                reason = "is declared otherwise and stays the shell it is; ocprov restart LAYOUT WINDOW opens another"
            return _values("changed", window.name, reason, pane=pane.key)
        case kinds.Leftover(window_name=name, key=key):
            return _values("leftover", name, "declared no longer; --prune ends it", pane=key)
        case kinds.Foreign(index=index, window_name=name, pane_id=pane, whole=whole):
            reason = (FOREIGN_WINDOW if whole else _FOREIGN_PANE).format(index)
            return _values("foreign", name, reason, id=pane)
        case _:
            raise TypeError(step)


def _values(action: str, window: str, reason: str, **more: object) -> dict[str, object]:
    return {"action": action, "window": window, **more, "reason": reason}
