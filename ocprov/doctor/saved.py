"""Judges the save that a restore would read."""

from collections.abc import Iterator
from pathlib import Path

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Facts, Last, Running
from ocprov.persistence.saves import Flaw, Save

WHAT = "last save"
FIX = "ocprov doctor --fix"
SAVE = "ocprov save"
OLD = 7 * 86400

_BREAKS = {
    "empty": "it is empty",
    "no panes": "it has no line of a pane",
    "no windows": "it has no line of a window",
    "damaged": "line {line} is damaged",
}


def judge(facts: Facts) -> Iterator[Check]:
    """Everything about `last`; where it is of no use, only that."""
    trouble = _trouble(facts.last, facts.good)
    if trouble or facts.last.save is None:
        yield trouble or _missing(facts.last, facts.good)
        return
    yield _age(facts)
    yield from _lines(facts.last.save)
    yield from _launchers(facts)
    if facts.running:
        yield from _pane_numbers(facts.last.save, facts.running)
        yield from _not_in(facts.last.save, facts.running)


def _trouble(last: Last, good: Path | None) -> Check | None:
    shown = printable(str(last.path))
    if last.kind == "unreadable":
        return Check(WHAT, "fail", printable(last.why), printable(last.hint) or f"look at it: ls -ld {shown}")
    if last.kind == "dangling":
        return _broken(f"{shown} leads to {printable(last.why)}, which is gone", good)
    if last.save and last.save.broken:
        flaw = next(flaw for flaw in last.save.flaws if flaw.breaks)
        return _broken(f"{shown}: {_BREAKS[flaw.kind].format(line=flaw.line)}", good)
    return None


def _missing(last: Last, good: Path | None) -> Check:
    if good:
        return _broken(f"{printable(str(last.path))} is missing", good)
    return Check(WHAT, "warn", f"nothing is saved yet in {printable(str(last.path.parent))}", SAVE)


def _broken(found: str, good: Path | None) -> Check:
    if good:
        return Check(WHAT, "fail", f"{found}; the newest good save is {printable(good.name)}", FIX)
    return Check(WHAT, "fail", f"{found}; there is no good save", f"{SAVE}, while your sessions are live")


def _age(facts: Facts) -> Check:
    age = facts.now - facts.last.modified
    found = f"{_ago(age)} ago"
    if age > OLD:
        return Check(WHAT, "warn", f"{found}, what changed since is not in it", SAVE)
    return Check(WHAT, "ok", found)


def _ago(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {unit}{'' if seconds < 2 * size else 's'}"
    return "less than a minute"


def _lines(save: Save) -> Iterator[Check]:
    kinds = {flaw.kind: flaw for flaw in reversed(save.flaws)}  # the first of each kind
    if "cut short" in kinds:
        yield Check("lines of the save", "warn", "its last line is missing, it was cut short", SAVE)
    if "shifted" in kinds:
        yield _shifted(kinds["shifted"])
    if "stray" in kinds:
        flaw = kinds["stray"]
        yield Check(
            "lines of the save",
            "warn",
            f"line {flaw.line} is none of resurrect's, most likely the rest of a pipeline, which comes back in part: "
            f"{printable(flaw.text)[:60]}",
            "declare it in a layout of ocprov's, or type it again after a restore",
        )


def _shifted(flaw: Flaw) -> Check:
    _, session, window, _, _, pane, *_ = flaw.text.split("\t")
    target = f"'={printable(session)}:{window}.{pane}'"
    return Check(
        "lines of the save",
        "warn",
        f"line {flaw.line}: a pane without a title comes back in another directory, without its command",
        f"tmux select-pane -t {target} -T shell; {SAVE}",
    )


def _launchers(facts: Facts) -> Iterator[Check]:
    what = "launchers"
    for session, keys in _by_session(facts.gone).items():
        found = f"the save names launchers of {printable(session)} that are not there: {', '.join(keys)}"
        yield Check(what, "fail", found, f"ocprov up {printable(facts.layouts.get(session, '')) or 'LAYOUT'}")
    if not facts.gone and facts.last.save and any("/ocprov/run/" in p.command for p in facts.last.save.panes):
        yield Check(what, "ok", "every one that the save names is there")


def _by_session(gone: tuple[Path, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in gone:
        found.setdefault(path.parent.name, []).append(printable(path.name))
    return found


def _pane_numbers(save: Save, running: Running) -> Iterator[Check]:
    first: dict[tuple[str, int], int] = {}
    for pane in save.panes:
        window = (pane.session, pane.window)
        first[window] = min(first.get(window, pane.index), pane.index)
    other = {number for number in first.values() if number != running.pane_base_index}
    if other:
        yield Check(
            "pane numbers",
            "fail",
            f"panes count from {min(other)} in the save and from {running.pane_base_index} now: "
            "their commands do not come back",
            f"{SAVE}, while your sessions are live; or: tmux set -g pane-base-index {min(other)}",
        )


def _not_in(save: Save, running: Running) -> Iterator[Check]:
    absent = [shown.name for shown in running.sessions if shown.ours and shown.name not in save.sessions]
    if absent:
        yield Check("sessions saved", "warn", f"not in the save: {', '.join(map(printable, absent))}", SAVE)
