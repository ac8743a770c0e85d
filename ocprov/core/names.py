"""The names that ocprov gives to tmux, and why a name is refused.

tmux expands `#(…)` in names, rewrites `.` and `:`, matches targets by prefix and reads `=x`, `+1`,
`{last}` or `3` as something other than a name. Names of ours cannot be any of that.
"""

import re

from ocprov.core.hashed import sha256

PREFIXES = ("opencode-observability-", "opencode-development-")
LONGEST = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def why_not_name(name: str) -> str:
    """Why `name` cannot be a window's name or key, or an empty string when it can."""
    if not name:
        return "it is empty"
    if len(name) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if not _NAME.fullmatch(name):
        return "only letters, digits, - and _ are safe in tmux, and it starts with a letter or digit"
    if name.isdigit():
        return "tmux reads a number as an index"
    return ""


def why_not_session(name: str) -> str:
    """Why `name` cannot be a session's name, or an empty string when it can."""
    reason = why_not_name(name)
    if not reason and not any(name.startswith(prefix) and name != prefix for prefix in PREFIXES):
        return f"it must start with {' or '.join(PREFIXES)}"
    return reason


def project(directory: str) -> str:
    """A fixed-form name for a directory, `<slug>-<hash6>`, so that no name is another's prefix."""
    slug = re.sub(r"[^a-z0-9]+", "-", directory.rsplit("/", 1)[-1].lower()).strip("-")[:32].strip("-")
    digest = sha256(directory.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{slug or 'root'}-{digest}"


def printable(text: str) -> str:
    """`text` with control characters, and what could reorder a line, shown as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )
