"""Judges PATH: here, in the tmux server, and which ocprov it leads to."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes


@dataclass(frozen=True, slots=True)
class Found:
    """An ocprov on PATH, and its version (empty: it does not tell); `this` is whether it is the one that runs now."""

    path: str
    version: str
    this: bool


@dataclass(frozen=True, slots=True)
class Paths:
    """PATH and the different ocprovs on it, first the one that a shell finds.

    `command` and `version` are of the ocprov that runs now. `server` is whether a tmux server answers; `lacking` are
    programs on our PATH, and needed, that are not on the server's.
    """

    entries: tuple[str, ...]
    ocprovs: tuple[Found, ...]
    command: str
    version: str
    server: bool = False
    lacking: tuple[str, ...] = ()


def judge(seen: Paths, fixed: Fixes) -> Iterator[Check]:
    """One check for each PATH, and what is wrong with the ocprovs."""
    yield from _entries(seen.entries)
    yield from _ocprov(seen)
    if seen.lacking:
        found = f"tmux's own PATH lacks what this one has: {', '.join(map(printable, seen.lacking))}"
        fix = fixed.commands.tmux('set-environment -g PATH "$PATH"')
        yield Check("PATH in tmux", "warn", found, f"{fix}; windows that are opened then have it")
    elif seen.server:
        yield Check("PATH in tmux", "ok", "has all that layouts and keys need")


def _entries(entries: tuple[str, ...]) -> Iterator[Check]:
    odd = [entry for entry in entries if not entry.startswith("/")]
    if not odd:
        yield Check("PATH", "ok", f"{len(entries)} directories")
        return
    told = ", ".join(printable(entry) or "an empty entry" for entry in dict.fromkeys(odd))
    found = f"it depends on where you are: {told}"
    yield Check(
        "PATH", "warn", found, "in your shell's startup file, write only absolute directories into PATH"
    )


def _ocprov(seen: Paths) -> Iterator[Check]:
    what = "ocprov"
    if not seen.ocprovs:
        found = f"{seen.version}, not on PATH: hooks and services have its path, you and keys have to"
        folder = printable(seen.command.rpartition("/")[0])
        yield Check(what, "warn", found, f'export PATH="$PATH:{folder}", in your shell\'s startup file')
        return
    first, *others = seen.ocprovs
    if not first.this and first.version != seen.version:
        found = f"this is {seen.version}, but a shell finds {_told(first)}"
        yield Check(what, "warn", found, f"remove one of the two, or put {printable(seen.command)} first")
    else:
        yield Check(what, "ok", f"{seen.version}, {printable(first.path)}")
    older = [other for other in others if other.version != first.version]
    if older:
        found = f"another version is on PATH too: {', '.join(map(_told, older))}"
        yield Check("other ocprov", "warn", found, "remove it: what starts with another PATH runs that one")


def _told(one: Found) -> str:
    return f"{printable(one.path)} ({printable(one.version) or 'which does not tell its version'})"
