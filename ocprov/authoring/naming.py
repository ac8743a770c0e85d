"""Names of anybody's, as names that are safe in tmux."""

import re
from collections.abc import Collection

from ocprov.core.names import LONGEST, PREFIXES, why_not_name, why_not_session

DEVELOPMENT = PREFIXES[1]


def session(name: str) -> str:
    """The name of a session for one of that name: the same where it can be, else below `opencode-development-`."""
    if not why_not_session(name):
        return name
    return f"{DEVELOPMENT}{_slug(name) or 'session'}"[:LONGEST].rstrip("-")


def beside(name: str, layout: str) -> str:
    """The name for a session like `name`, which is one of ocprov's, in a layout of another name."""
    prefix = next((prefix for prefix in PREFIXES if name.startswith(prefix)), DEVELOPMENT)
    return f"{prefix}{layout}"


def window(name: str, number: int, taken: Collection[str]) -> str:
    """The name of the window with that number (from 1): the same where it can be, and none that is taken."""
    wanted = name if not why_not_name(name) else _slug(name)
    if why_not_name(wanted):
        wanted = f"window-{wanted or number}"
    return next(free for free in _numbered(wanted) if free not in taken)


def _numbered(name: str) -> list[str]:
    return [name, *(f"{name[: LONGEST - 6]}-{number}" for number in range(2, 10_000))]


def _slug(name: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_")[: LONGEST - 30].rstrip("-_")
