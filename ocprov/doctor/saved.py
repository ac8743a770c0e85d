"""Judges the save that a restore would read."""

from collections.abc import Iterator
from pathlib import Path

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Facts, Running
from ocprov.persistence.saves import Flaw, Save

WHAT = "last save"
OLD = 7 * 86400

_BREAKS = {
    "empty": "it is empty",
    "no panes": "it has no line of a pane",
    "no windows": "it has no line of a window",
    "damaged": "line {line} is damaged",
}


def judge(facts: Facts) -> Iterator[Check]:
    """Everything about `last`; where it is of no use, only that."""
    trouble = _trouble(facts)
    if trouble or facts.last.save is None:
        yield trouble or _missing(facts)
        return
    yield _age(facts)
    yield from _lines(facts.last.save, facts)
    yield from _launchers(facts)
    if facts.running:
        yield from _pane_numbers(facts.last.save, facts.running, facts)
        yield from _not_in(facts.last.save, facts.running, facts)


def _live(facts: Facts, *commands: str) -> str:
    """What needs sessions that live, and then a save."""
    line = "; ".join((*commands, facts.commands.ocprov("save")))
    return line if facts.running and facts.running.sessions else f"start your sessions, then: {line}"


def _trouble(facts: Facts) -> Check | None:
    last, shown = facts.last, printable(str(facts.last.path))
    if last.kind == "unreadable":
        return Check(WHAT, "fail", printable(last.why), printable(last.hint) or f"look at it: ls -ld {shown}")
    if last.kind == "dangling":
        return _broken(f"{shown} leads to {printable(last.why)}, which is gone", facts)
    if last.save and last.save.broken:
        flaw = next(flaw for flaw in last.save.flaws if flaw.breaks)
        return _broken(f"{shown}: {_BREAKS[flaw.kind].format(line=flaw.line)}", facts)
    return None


def _missing(facts: Facts) -> Check:
    path = facts.last.path
    if facts.good:
        return _broken(f"{printable(str(path))} is missing", facts)
    return Check(WHAT, "warn", f"nothing is saved yet in {printable(str(path.parent))}", _live(facts))


def _broken(found: str, facts: Facts) -> Check:
    if facts.good:
        told = f"{found}; the newest good save is {printable(facts.good.name)}"
        return Check(WHAT, "fail", told, facts.commands.ocprov("doctor --fix"))
    return Check(WHAT, "fail", f"{found}; there is no good save", _live(facts))


def _age(facts: Facts) -> Check:
    age = facts.now - facts.last.modified
    found = f"{_ago(age)} ago"
    if age > OLD:
        return Check(WHAT, "warn", f"{found}, what changed since is not in it", _live(facts))
    return Check(WHAT, "ok", found)


def _ago(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {unit}{'' if seconds < 2 * size else 's'}"
    return "less than a minute"


def _lines(save: Save, facts: Facts) -> Iterator[Check]:
    kinds = {flaw.kind: flaw for flaw in reversed(save.flaws)}  # the first of each kind
    if "cut short" in kinds:
        yield Check("lines of the save", "warn", "its last line is missing, it was cut short", _live(facts))
    if "odd" in kinds:
        found = f"line {kinds['odd'].line} cannot be read: {printable(kinds['odd'].text)[:60]}"
        yield Check("lines of the save", "warn", found, "that pane comes back as a shell, or not at all")
    if "shifted" in kinds:
        yield _shifted(kinds["shifted"], facts)
    if "stray" in kinds:
        flaw = kinds["stray"]
        yield Check(
            "lines of the save",
            "warn",
            f"line {flaw.line} is none of resurrect's, most likely the rest of a pipeline, which comes back in part: "
            f"{printable(flaw.text)[:60]}",
            "declare it in a layout of ocprov's, or type it again after a restore",
        )


def _shifted(flaw: Flaw, facts: Facts) -> Check:
    _, session, window, _, _, pane, *_ = flaw.text.split("\t")
    target = f"'={printable(session)}:{window}.{pane}'"
    return Check(
        "lines of the save",
        "warn",
        f"line {flaw.line}: a pane without a title comes back in another directory, without its command",
        _live(facts, facts.commands.tmux(f"select-pane -t {target} -T shell")),
    )


def _launchers(facts: Facts) -> Iterator[Check]:
    what = "launchers"
    for session, keys in _by_session(facts.gone).items():
        found = f"the save names launchers of {printable(session)} that are not there: {', '.join(keys)}"
        layout = printable(facts.layouts.get(session, "")) or "LAYOUT"
        yield Check(what, "fail", found, facts.commands.ocprov(f"up {layout}"))
    if not facts.gone and facts.last.save and any("/ocprov/run/" in p.command for p in facts.last.save.panes):
        yield Check(what, "ok", "every one that the save names is there")


def _by_session(gone: tuple[Path, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in gone:
        found.setdefault(path.parent.name, []).append(printable(path.name))
    return found


def _pane_numbers(save: Save, running: Running, facts: Facts) -> Iterator[Check]:
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
            f"{_live(facts)}; or: {facts.commands.tmux(f'set -g pane-base-index {min(other)}')}",
        )


def _not_in(save: Save, running: Running, facts: Facts) -> Iterator[Check]:
    absent = [shown.name for shown in running.sessions if shown.ours and shown.name not in save.sessions]
    if absent:
        found = f"not in the save: {', '.join(map(printable, absent))}"
        yield Check("sessions saved", "warn", found, _live(facts))
