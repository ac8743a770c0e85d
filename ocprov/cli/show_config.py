"""Settings and keys as text and as data for JSON."""

import os
from collections.abc import Sequence

from ocprov.cli.terminal import style
from ocprov.core.keys import Key, allowed
from ocprov.core.names import printable
from ocprov.settings.commented import written
from ocprov.settings.environment import variable
from ocprov.settings.values import Setting, Settings

MASK = "***"


def text(settings: Settings) -> str:
    """A line a setting: its name, its value, where that came from."""
    rows = [(one.key.name, _shown(one), one.origin) for one in settings.found.values()]
    wide, wider = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(_line(name.ljust(wide), value.ljust(wider), origin) for name, value, origin in rows)


def _line(name: str, value: str, origin: str) -> str:
    if origin == "default":
        return f"{name}  {value}  {style(origin, fg='bright_black')}"
    return f"{style(name, bold=True)}  {style(value, fg='green')}  {style(origin, fg='cyan')}"


def _shown(one: Setting) -> str:
    return printable(written(_masked(one)))


def _masked(one: Setting) -> object:
    return MASK if one.key.secret and one.value else one.value


def data(settings: Settings) -> dict[str, object]:
    """The same for JSON; secrets are masked there too."""
    return {
        "file": str(settings.file),
        "exists": os.path.lexists(settings.file),
        "settings": [
            {"name": one.key.name, "value": _masked(one), "origin": one.origin, "secret": one.key.secret}
            for one in settings.found.values()
        ],
    }


def keys(every: Sequence[Key]) -> str:
    """Each key with what it does, what it may be, its default and its variable."""
    return "\n".join(line for key in every for line in _key(key))


def _key(key: Key) -> tuple[str, ...]:
    return (
        style(key.name, bold=True),
        f"    {key.help}",
        f"    {allowed(key)}; default {written(key.default)}{'; a secret' if key.secret else ''}",
        f"    {style(variable(key), fg='bright_black')}",
    )


def key_data(every: Sequence[Key]) -> dict[str, object]:
    """The same for JSON."""
    return {"keys": [_one_key(key) for key in every]}


def _one_key(key: Key) -> dict[str, object]:
    return {
        "name": key.name,
        "kind": key.kind,
        "default": key.default,
        "help": key.help,
        "allowed": allowed(key),
        "low": key.low,
        "high": key.high,
        "choices": list(key.choices),
        "secret": key.secret,
        "variable": variable(key),
    }
