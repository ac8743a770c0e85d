"""Judges the locale: without UTF-8 tmux draws underscores, and other programs fail over a letter."""

from collections.abc import Iterator, Mapping

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes

NAMES = ("LC_ALL", "LC_CTYPE", "LANG")


@dataclass(frozen=True, slots=True)
class Locale:
    """The variables of NAMES that are set here, and in the tmux server (None: none answers); `utf8` is one to use."""

    here: Mapping[str, str]
    server: Mapping[str, str] | None
    utf8: str = "C.UTF-8"


def judge(seen: Locale, fixed: Fixes) -> Iterator[Check]:
    """One check for this shell, one for the server that runs."""
    yield _one("locale", seen.here, f"export LC_ALL={seen.utf8}")
    if seen.server is not None:
        fix = fixed.commands.tmux(f"set-environment -g LC_ALL {seen.utf8}")
        yield _one("locale in tmux", seen.server, f"{fix}; windows that are opened then have it")


def _one(what: str, told: Mapping[str, str], fix: str) -> Check:
    name = next((name for name in NAMES if told.get(name)), "")
    if not name:
        return Check(what, "warn", "none is set: tmux draws _ for what is not ASCII", fix)
    found = f"{name}={printable(told[name])}"
    if "utf8" in told[name].lower().replace("-", ""):
        return Check(what, "ok", found)
    return Check(what, "warn", f"{found} is not UTF-8: what is not ASCII is drawn as _, or fails", fix)
