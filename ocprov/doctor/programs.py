"""Judges the layouts: which cannot be used, and which programs they need that are not there."""

from collections.abc import Iterator, Mapping

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor import fixes
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes

# Judged with what else is known of them.
APART = ("ocmonitor", "opencode")


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout, the programs that it needs with how to get each; `problem` is why it cannot be used."""

    alias: str
    requires: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Programs:
    """The layouts, which of their programs are on PATH, whether `ccze` is; `processes` is why ps does not list them."""

    layouts: tuple[Layout, ...]
    there: frozenset[str]
    ccze: bool
    processes: str = ""

    def needing(self, program: str) -> tuple[str, ...]:
        """The layouts that need it."""
        return tuple(layout.alias for layout in self.layouts if program in layout.requires)


def judge(seen: Programs, fixed: Fixes) -> Iterator[Check]:
    """One check for each broken layout and each missing program."""
    for layout in seen.layouts:
        if layout.problem:
            fix = fixed.commands.ocprov(f"check {layout.alias}")
            yield Check(f"layout {layout.alias}", "fail", printable(layout.problem), fix)
    if not seen.layouts:
        yield Check("layouts", "fail", "none is found, those that ship neither", "install ocprov again")
    needed = {name: how for layout in seen.layouts for name, how in layout.requires.items()}
    missing = [name for name in needed if name not in seen.there and name not in APART]
    for name in missing:
        who = ", ".join(map(printable, seen.needing(name)))
        yield Check(printable(name), "fail", f"not on PATH; needed by {who}", fixed.advice(needed[name]))
    if needed and not missing:
        rest = ", ".join(sorted(map(printable, set(needed) - set(APART))))
        yield Check(
            "programs", "ok", f"what layouts need is there: {rest}" if rest else "layouts need no others"
        )
    yield _ccze(seen, fixed)
    if seen.processes:
        yield Check("ps", "fail", printable(seen.processes), fixed.advice(fixes.PS))


def _ccze(seen: Programs, fixed: Fixes) -> Check:
    if seen.ccze:
        return Check("ccze", "ok", "OpenCode's log is in colour")
    return Check("ccze", "warn", "not on PATH: OpenCode's log has no colour", fixed.advice(fixes.CCZE))
