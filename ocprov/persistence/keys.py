"""Which tmux keys do what, as config.toml has it; and which of them a tmux.conf has kept for itself."""

import re
from collections.abc import Iterable

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.settings.values import Settings

# What each key does, in the order in which they are told.
DOES = {
    "dashboard": "the dashboard",
    "pick": "pick a session",
    "menu": "a menu of what ocprov does",
    "last": "the session before",
}

# As `list-keys` writes them, so that a key can be found there; none that tmux or a shell would take for its own.
_KEY = re.compile(
    r"(?:C-)?(?:M-)?(?:S-)?(?:[A-Za-z0-9!%^&*()_+=|,./<>?:@-]|F(?:[1-9]|1[0-2])|Enter|Escape|Space|Tab|BTab|BSpace|"
    r"Up|Down|Left|Right|Home|End|PPage|NPage|IC|DC)"
)
_LAYOUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_BOUND = re.compile(r"^bind-key(?:(?! -T ).)* -T prefix +(\S+) +(.*)$")
_OURS = re.compile(rf'if-shell -F "?ocprov-(?:{"|".join(DOES)})"? ')


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of each thing in DOES that has one, the layout of the dashboard, and what a person chose himself.

    What is `chosen` is bound whatever else the key did; any other key stays a person's own where it is one.
    """

    keys: tuple[tuple[str, str], ...]
    layout: str
    chosen: frozenset[str] = frozenset()


def of(settings: Settings) -> Keys:
    """The keys in the settings; OcprovError for what is no key of tmux's, one used twice, or no layout's alias."""
    told = tuple((name, settings.text(f"keys.{name}")) for name in DOES)
    keys = tuple((name, key) for name, key in told if key)
    for name, key in keys:
        if not _KEY.fullmatch(key) or re.match("C-(?:.-)*[A-Z]$", key):
            raise _wrong(
                settings, f"keys.{name}", "is no key that can be bound", 'such as "B", "M-o" or "F5"'
            )
    for name, key in keys:
        other = next(first for first, same in keys if same == key)
        if other != name:
            raise _wrong(settings, f"keys.{name}", f"is keys.{other} too", 'another one; "" is none')
    if not _LAYOUT.fullmatch(settings.text("keys.layout")):
        raise _wrong(settings, "keys.layout", "is no alias of a layout", 'such as "monitoring"')
    chosen = frozenset(name for name, _ in keys if settings.found[f"keys.{name}"].origin != "default")
    return Keys(keys, settings.text("keys.layout"), chosen)


def left_alone(keys: Keys, listed: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What of `keys`, each its name and key, does something else, by the lines of `tmux list-keys -T prefix`."""
    does = bound(listed)
    return tuple((name, key) for name, key in keys.keys if not _OURS.match(does.get(key, "")))


def bound(listed: Iterable[str]) -> dict[str, str]:
    """What each key does after the prefix, by the lines of `tmux list-keys`."""
    return {match[1].removeprefix("\\"): match[2] for match in map(_BOUND.match, listed) if match}


def _wrong(settings: Settings, name: str, why: str, hint: str) -> OcprovError:
    found = settings.found[name]
    value = printable(settings.text(name))
    where = "" if found.origin == "default" else f" ({found.origin})"
    return OcprovError(f'{name} = "{value}" {why}{where}', f"{hint}; ocprov config show tells every key")
