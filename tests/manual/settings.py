"""The page of every setting, in Markdown."""

from collections.abc import Iterator
from itertools import groupby

from ocprov.core.keys import Key, allowed
from ocprov.settings.commented import entry, section, written
from ocprov.settings.environment import variable
from ocprov.settings.keys import KEYS

_HEAD = """\
<!-- Written by: python -m tests.manual -->
# Settings

Settings are in `~/.config/ocprov/config.toml` (`ocprov config path`), a section of it a heading here. `ocprov config init`
writes one with every key, commented out; `ocprov config` shows what holds and where it came from. The variable goes before the
file; lists in it are separated by commas. A path that is not absolute begins beside config.toml, and `~` is your home.
"""


def text() -> str:
    """The page."""
    return "".join((_HEAD, *_sections()))


def _sections() -> Iterator[str]:
    for name, members in groupby(KEYS, key=section):
        yield f"\n## {name}\n\n| key | what it does | what it may be | default | variable |\n|---|---|---|---|---|\n"
        yield from map(_row, members)


def _row(key: Key) -> str:
    cells = (
        f"`{entry(key)}`",
        key.help,
        allowed(key) + ("; a secret" if key.secret else ""),
        f"`{written(key.default)}`",
        f"`{variable(key)}`",
    )
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"
