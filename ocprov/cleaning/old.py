"""What is old: crash logs, drafts, plans that hold no longer, backups beyond those that are kept, what killed runs left."""

import os
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from ocprov import cache
from ocprov.cleaning.item import DAY, HOUR, Area, Found, Item, age, entries, file, joined, size, strange
from ocprov.configfile import backup, record, target
from ocprov.configfile.atomic import TEMPORARY
from ocprov.persistence import include
from ocprov.questions import changed
from ocprov.state import config_dir, home, state_dir
from ocprov.tmux.here import alive

_CRASH = re.compile(r"crash-\d{8}T\d{6}\.log")
_PLAN = re.compile(r"\.?[0-9a-f]{32}(?P<new>\.new)?")
_DRAFT = re.compile(r"\d+-[0-9a-f]{8}")
_LEFTOVER = re.compile(rf"{re.escape(TEMPORARY)}(?P<pid>\d+)-[0-9a-f]{{8}}")
# What depends on who asks and where: another shell may still find that as it was.
_PERSONAL = ("have", "env", "path")


def areas(days: int, backups: int, now: float) -> list[Area]:
    """Each kind of it, with the lock that guards it."""
    deploy = state_dir() / "deploy.lock"
    return [
        Area("crash logs", None, partial(_crashes, days, now)),
        Area("drafts", None, partial(_drafts, days, now)),
        Area("plans", None, partial(_plans, days, now)),
        Area("deployed files", deploy, partial(_backups, backups)),
        Area("leftovers", deploy, _leftovers),
    ]


def _crashes(days: int, now: float) -> Found:
    inside, left = entries(state_dir() / "log")
    why = f"older than {days} days"
    old = (path for path in inside if _CRASH.fullmatch(path.name) and age(path, now) >= days * DAY)
    return joined([((), left), *(file("crash log", path, why) for path in old)])


def _plans(days: int, now: float) -> Found:
    """Plans whose layouts or files are others now; those of another Python's once they are old."""
    if not cache.folder():
        return (), ()
    inside, left = entries(Path(cache.folder()))
    known = {cache.file_name(entry["key"]): entry for entry in cache.entries()[0]}
    found: list[Found] = [((), left)]
    for path in inside:
        match = _PLAN.fullmatch(path.name)
        if match and match["new"]:
            found += [file("leftover", path, "of a killed run")] if age(path, now) >= HOUR else []
        elif match and (why := _stale(known.get(path.name), age(path, now), days)):
            found.append(file("plan", path, why))
    return joined(found)


def _stale(entry: "cache.Entry | None", old: float, days: int) -> str:
    if entry is None:
        return "it cannot be used by this ocprov" if old >= days * DAY else ""
    if entry["key"] != cache.key(*entry["key"][:4]):
        return ""
    reason = changed(one for one in entry["inputs"] if one[0] not in _PERSONAL)
    return f"{reason} changed" if reason else ""


def _backups(keep: int) -> Found:
    """Of each file that ocprov changes the copies of what it held before, but for the newest."""
    why = f"{keep} newer ones are kept"
    return joined(file("backup", path, why) for real in sorted(_targets()) for path in _copies(real)[keep:])


def _copies(real: Path) -> list[Path]:
    try:
        return backup.of(real)
    except OSError:
        return []  # no such directory, or none to be read: whoever writes there says so


def _drafts(days: int, now: float) -> Found:
    """What `edit` kept of edits that went wrong; the process that a name tells is gone."""
    folders, left = entries(state_dir() / "edit")
    return joined(
        [((), left), *(_draft(folder, days, now) for folder in folders if _DRAFT.fullmatch(folder.name))]
    )


def _draft(folder: Path, days: int, now: float) -> Found:
    inside, left = entries(folder)
    fresh = any(age(path, now) < days * DAY for path in (folder, *inside))
    if left or fresh or alive(int(folder.name.partition("-")[0])) or any(map(strange, inside)):
        return (), left
    total = sum(map(size, inside))
    return (Item("draft", folder, total, f"older than {days} days", "folder", tuple(inside)),), ()


def _leftovers() -> Found:
    """Temporary files of runs that were killed: the process that a name tells is gone."""
    folders = {state_dir(), config_dir(), *(real.parent for real in _targets())}
    found = []
    for folder in sorted(folders):
        found += [file("leftover", path, "of a killed run") for path in _beside(folder) if _is_gone(path)]
    return joined(found)


def _is_gone(path: Path) -> bool:
    match = _LEFTOVER.fullmatch(path.name)
    return match is not None and not alive(int(match["pid"]))


def _beside(folder: Path) -> list[Path]:
    """What is in a directory that may be anybody's: only names of ours are looked for, the rest is not ours to tell."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _targets() -> set[Path]:
    """Every file that ocprov may have changed: deployed ones, tmux.confs, the files of shells."""
    written = (target.standard(), *record.read().places, *include.standard(), *_shells())
    return set(map(_real, written))


def _shells() -> Iterable[Path]:
    zdotdir = os.environ.get("ZDOTDIR", "")
    zsh = Path(zdotdir) if zdotdir.startswith("/") else home()
    return (home() / ".bashrc", zsh / ".zshrc")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
