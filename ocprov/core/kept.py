"""What is kept of an `up`, so that a restart and a restore can go by it: what was told, and what was declared."""

import json
from collections.abc import Mapping
from typing import Any

from ocprov.core.desired import Hooks, Pairs, Pane, Session, Typed, Window
from ocprov.core.value import dataclass, replace

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Told:
    """What `up` was told: the layout, the directory (`given` by `--dir`, or where it was called), the settings."""

    layout: str
    directory: str
    given: bool
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One `up`: what it was told, what that declared, the `PATH` of the launchers, and the windows asked for.

    No `windows` means all of them.
    """

    told: Told
    session: Session
    path: str
    windows: tuple[str, ...] = ()

    def after(self, before: "Kept | None") -> "Kept":
        """The same, with the windows that were asked for before: naming some of them ends no other."""
        if before is None or before.session.name != self.session.name or not self.windows:
            return self
        windows = dict.fromkeys((*before.windows, *self.windows)) if before.windows else {}
        return replace(self, windows=tuple(windows))


def text(kept: Kept) -> str:
    """The file's text; it may hold secrets of an `environment`, as launchers do."""
    return json.dumps({"schema": _SCHEMA, "kept": kept}, default=_fields)


def kept(text: str) -> Kept | None:
    """What `text` made, read back; None for anything else, and for what another version wrote."""
    try:
        document = json.loads(text)
        return _kept(document["kept"]) if document["schema"] == _SCHEMA else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _kept(data: Mapping[str, Any]) -> Kept:
    told = Told(**{**data["told"], "settings": tuple(data["told"]["settings"])})
    return Kept(told, _session(data["session"]), data["path"], tuple(data["windows"]))


def _session(data: Mapping[str, Any]) -> Session:
    return Session(
        **{
            **data,
            "windows": tuple(_window(window) for window in data["windows"]),
            **{name: _pairs(data[name]) for name in ("environment", "options", "global_options")},
            **{name: tuple(data[name]) for name in ("before_script", "notices")},
            "hooks": Hooks(**{name: tuple(lines) for name, lines in data.get("hooks", {}).items()}),
        }
    )


def _window(data: Mapping[str, Any]) -> Window:
    return Window(
        **{
            **data,
            "panes": tuple(_pane(pane) for pane in data["panes"]),
            **{name: _pairs(data[name]) for name in ("options", "options_after")},
        }
    )


def _pane(data: Mapping[str, Any]) -> Pane:
    return Pane(
        **{
            **data,
            "commands": tuple(data["commands"]),
            "environment": _pairs(data["environment"]),
            "typed": tuple(Typed(**typed) for typed in data["typed"]),
        }
    )


def _pairs(data: Any) -> Pairs:
    return tuple((name, value) for name, value in data)
