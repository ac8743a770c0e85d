"""Judges ocprov's keys: whether each does in the server that runs what config.toml gives it to do."""

import shlex
from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes
from ocprov.persistence.keys import DOES

_WHAT = "keys"
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Bound:
    """The keys by their names that do something else in the server, `others` what that is (empty: nothing at all).

    `chosen` are those that config.toml or the environment names; `path` is ocprov's own tmux.conf. `trouble` and
    `hint` are why the keys in config.toml cannot be used.
    """

    path: str
    others: tuple[tuple[str, str, str], ...] = ()
    chosen: frozenset[str] = frozenset()
    trouble: str = ""
    hint: str = ""


def judge(seen: Bound | None, fixed: Fixes) -> Iterator[Check]:
    """One check for each key that does not do what it should; None is a server without ocprov's keys."""
    if seen is None:
        return
    if seen.trouble:
        yield Check(_WHAT, "fail", seen.trouble, seen.hint)
        return
    for name, key, does in seen.others:
        yield _other(name, key, does, fixed, seen)
    if not seen.others:
        yield Check(_WHAT, "ok", "each does what config.toml says")


def _other(name: str, key: str, does: str, fixed: Fixes, seen: Bound) -> Check:
    what = f"{key} ({DOES[name]})"
    if not does:
        load = fixed.commands.tmux(f"source-file {shlex.quote(printable(seen.path))}")
        return Check(
            _WHAT,
            "warn",
            f"{what} does nothing in this server",
            f"{fixed.commands.ocprov('tmux-conf --install')}; {load}",
        )
    shown = printable(does[:_LONGEST]) + ("…" if len(does) > _LONGEST else "")
    fix = f'another key in config.toml, section [keys]: {name} = "…", and "" for none'
    if name not in seen.chosen:
        fix += f', or "{key}" to have this one'
    load = fixed.commands.ocprov("tmux-conf --install")
    return Check(
        _WHAT, "warn", f"{what} is left to what you or a plugin bound: {shown}", f"{fix}; then: {load}"
    )
