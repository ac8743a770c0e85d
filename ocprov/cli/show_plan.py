"""A plan for people and for programs; pure."""

from collections.abc import Iterator

from ocprov.cli.output import counted
from ocprov.core import change as kinds
from ocprov.core.describe import describe
from ocprov.core.names import printable
from ocprov.core.plan import Plan

Row = tuple[str, str, str]


def lines(plan: Plan) -> list[str]:
    """One line a change or note, the sign first: `+` made, `~` mended, `-` ended, `!` needs a word, `?` not ours."""
    steps: list[kinds.Change | kinds.Note] = [*plan.changes, *plan.notes]
    # Of a session that came back from a save one word tells all marks and options that it gets again.
    silent = (kinds.SetSession, kinds.SetWindow, kinds.TagPane) if plan.restored else ()
    rows = [row for step in steps if not isinstance(step, silent) for row in _rows(step)]
    if plan.creates and plan.session.hooks.on_start:
        rows.append(("+", "on_start", printable("; ".join(plan.session.hooks.on_start))))
    width = max((len(row[1]) for row in rows), default=0)
    return [f"  {sign} {what.ljust(width)}  {why}".rstrip() for sign, what, why in rows]


def summary(plan: Plan, *, done: bool) -> str:
    """One line that says what a plan comes to."""
    name = plan.session.name
    if plan.creates:
        created = (change for change in plan.changes if isinstance(change, kinds.CreateSession))
        size = counted(sum(len(change.windows) for change in created), "window")
        return f"{name}: created with {size}" if done else f"{name}: to be created with {size}"
    if not plan.changes:
        return unchanged(name) if done else f"{name}: nothing to change"
    if plan.restored:
        return f"{name}: came back from a save, {'taken over' if done else 'to be taken over'}"
    changes = counted(len(plan.changes), "change")
    return f"{name}: {changes} made" if done else f"{name}: {changes} to make"


def unchanged(name: str) -> str:
    """What is said of a session that was as declared."""
    return f"{name}: nothing changed"


def data(plan: Plan) -> dict[str, object]:
    """The plan as plain values."""
    return {
        "session": plan.session.name,
        "layout": plan.session.layout,
        "live": plan.live is not None,
        "in_sync": plan.in_sync,
        "changed": bool(plan.changes),
        "changes": [describe(step) for step in plan.changes],
        "notes": [describe(step) for step in plan.notes],
    }


def done(plan: Plan, left: Plan) -> dict[str, object]:
    """A plan that was carried out, as plain values; `left` is what the session still differs in."""
    return {**data(plan), "live": True, "in_sync": left.in_sync}


def _rows(step: kinds.Change | kinds.Note) -> Iterator[Row]:
    if isinstance(step, kinds.CreateSession):
        for window in step.windows:
            yield ("+", window.name, "new window")
        return
    entry = describe(step)
    yield (_SIGNS[type(step)], printable(str(entry.get("pane") or entry["window"])), str(entry["reason"]))


_SIGNS: dict[type, str] = {
    kinds.SetSession: "~",
    kinds.CreateWindow: "+",
    kinds.CreatePane: "+",
    kinds.RunAgain: "~",
    kinds.RenameWindow: "~",
    kinds.SetWindow: "~",
    kinds.TagPane: "~",
    kinds.WriteLauncher: "~",
    kinds.KillPane: "-",
    kinds.Changed: "!",
    kinds.Leftover: "!",
    kinds.Foreign: "?",
}
