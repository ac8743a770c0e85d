"""The plan cache: which plans `up` finds in it, and why not."""

import os
import shlex

from ocprov import cache
from ocprov.doctor.check import Check
from ocprov.questions import changed, search_path
from ocprov.tmux.client import Server

_MOST = 5


def report(server: Server) -> tuple[Check, ...]:
    """A line a plan that may be used here, the last written first; and one for what cannot be trusted."""
    entries, strange = cache.entries()
    purpose = (server.flags, os.path.realpath(server.socket), search_path())
    here = [entry for entry in entries if entry["key"] == cache.key(*entry["key"][:4])]
    checks = [Check(f"plan of {_call(entry)}", "ok", _state(entry, purpose)) for entry in here[:_MOST]]
    if len(here) > _MOST:
        checks.append(Check("plan cache", "ok", f"{len(here) - _MOST} plans more"))
    if strange:
        files, used = ("file", "is") if strange == 1 else ("files", "are")
        found = f"{strange} {files} in {cache.folder()} {used} not ocprov's, or damaged, and not used"
        checks.append(Check("plan cache", "warn", found, f"rm -r {shlex.quote(cache.folder())}"))
    return tuple(checks)


def _call(entry: "cache.Entry") -> str:
    """The layout, and as far as it is no secret what it was told."""
    layout, settings, place, _ = entry["key"][:4]
    told = [layout, *(f"--set {setting.partition('=')[0]}" for setting in settings)]
    return " ".join(told) + (f" in {place}" if place else "")


def _state(entry: "cache.Entry", purpose: tuple[object, ...]) -> str:
    if reason := changed(entry["inputs"]):
        return f"rendered anew by the next up: {reason} changed"
    if all(ready["purpose"] != purpose for ready in entry["prepared"]):
        return "cached; the first up on this tmux server with this PATH still takes longer"
    return "cached"
