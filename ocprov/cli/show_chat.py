"""Conversations for people and for programs; pure, times and widths come from outside."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from ocprov.cli.output import ago
from ocprov.cli.terminal import style
from ocprov.core.names import printable
from ocprov.opencode.api.values import Info, Permission, Question
from ocprov.opencode.heard.standing import Standing, asked
from ocprov.picker.text import cut, width

if TYPE_CHECKING:
    from ocprov.opencode.talk.listing import Listing, Row

COLORS = {
    "busy": "green",
    "retry": "yellow",
    "waiting": "yellow",
    "stuck": "red",
    "error": "red",
    "interrupted": "red",
    "aborted": "bright_black",
    "idle": "bright_black",
}
# Columns of a terminal from which there is room for costs.
_WIDE = 100


def lines(listing: "Listing", now: float, home: str, columns: int | None) -> list[str]:
    """A line a conversation; `columns` is the width of the terminal, None where nobody looks: then nothing is cut."""
    rows = listing.rows
    cells = [_facts(row, now) for row in rows]
    sizes = [max(map(width, column)) for column in zip(*cells, strict=True)]
    if columns is not None and columns < _WIDE:
        sizes[-1] = 0  # a cost says less than a title
    places = [tilde(row.server.directory, home) for row in rows]
    place = max(map(width, places)) if len(set(places)) > 1 else 0
    room = None if columns is None else columns - sum(size + 2 for size in sizes if size)
    if room is not None:
        place = min(place, room // 3)
    return [
        _line(cell, sizes, _ending(directory, place), _title(row, place, room))
        for row, cell, directory in zip(rows, cells, places, strict=True)
    ]


def _facts(row: "Row", now: float) -> tuple[str, str, str, str]:
    return row.info.id, word(row.standing), ago(int(now - row.standing.active)), money(row.info.cost)


def _title(row: "Row", place: int, room: int | None) -> str:
    title = printable(row.info.title)
    return title if room is None else cut(title, max(room - (place + 2 if place else 0), 1))


def _ending(directory: str, cells: int) -> str:
    """A path in so many cells: of a long one its end."""
    while width(directory) > cells > 0:
        directory = f"…{directory.removeprefix('…')[1:]}"
    return cut(directory, cells) if cells else ""


def _line(cell: tuple[str, str, str, str], sizes: Sequence[int], directory: str, title: str) -> str:
    name, state, age, cost = cell
    parts = [name.ljust(sizes[0]), painted(state.ljust(sizes[1])), age.ljust(sizes[2])]
    parts += [cost.rjust(sizes[3])] if sizes[3] else []
    parts += [directory] if directory else []
    return "  ".join((*parts, title)).rstrip()


def word(standing: Standing) -> str:
    """Its state in a word; what was aborted is idle by a person's wish."""
    return "aborted" if standing.state == "idle" and standing.why else standing.state


def painted(state: str) -> str:
    """A state's word, or that with blanks behind it, in its colour."""
    color = COLORS.get(state.strip(), "")
    return style(state, fg=color) if color else state


def money(cost: float) -> str:
    """US dollars, exact where they are few; empty for none."""
    if not cost:
        return ""
    return f"${cost:.2f}" if cost >= 1 else f"${cost:.4f}"


def tilde(directory: str, home: str) -> str:
    """A directory as people write it."""
    path = PurePath(directory)
    inside = path.is_relative_to(home)
    return printable(str(PurePath("~") / path.relative_to(home)) if inside else directory)


def head(info: Info, standing: Standing, now: float, home: str) -> list[str]:
    """A conversation: what it is, how it stands, and the line that answers what it waits for."""
    facts = [painted(word(standing)), tilde(info.directory, home), info.model, money(info.cost)]
    facts += [f"{ago(int(now - standing.active))} ago"]
    found = [
        f"{info.id}  {style(printable(info.title), bold=True)}",
        ", ".join(one if one.startswith("\033") else printable(one) for one in facts if one),
    ]
    if standing.why and standing.why != "aborted":
        found.append(printable(standing.why))
    if standing.unanswered:
        found.append(unanswered(info, standing))
    if info.reverted:
        found.append(f"reverted to before {info.reverted}; take it back: ocprov chat unrevert {info.id}")
    return found + waits(info.id, standing)


def unanswered(info: Info, standing: Standing) -> str:
    """How many prompts have no answer, and what answers them."""
    number = len(standing.unanswered)
    prompts = f"{number} prompt{'' if number == 1 else 's'}"
    if standing.works:
        return f"{prompts} queued behind the one that it works on"
    return f"{prompts} without an answer; let it answer: ocprov chat resume {info.id}"


def waits(conversation: str, standing: Standing) -> list[str]:
    """What it waits for, each with the line that answers it."""
    several = len(standing.asks) > 1
    return [line for one in standing.asks for line in waiting(conversation, one, several=several)]


def waiting(conversation: str, entry: Permission | Question, *, several: bool) -> list[str]:
    """One thing that it waits for; `several`: the answer has to name it."""
    request = f" --request {entry.id}" if several else ""
    reply = f"ocprov chat reply {conversation}{request}"
    if isinstance(entry, Permission):
        always = f" (always: {printable(' '.join(entry.always))})" if entry.always else ""
        return [f"waits for {printable(asked(entry))}", f"  answer: {reply} once|always|reject{always}"]
    found = [f"waits for an answer to {printable(asked(entry))}"]
    for one in entry.questions:
        choice = ", ".join(printable(label) for label in one.labels)
        found += [f"  {'any of' if one.multiple else 'one of'}: {choice}"] if choice else []
    return [*found, f"  answer: {reply} {' '.join(['TEXT'] * len(entry.questions))}"]


def data(info: Info, standing: Standing, server: str) -> dict[str, object]:
    """A conversation as plain values; times are seconds of the epoch, costs US dollars."""
    return {
        "id": info.id,
        "title": info.title,
        "directory": info.directory,
        "server": server,
        "state": standing.state,
        "why": standing.why,
        "waits": [entry(one) for one in standing.asks],
        "unanswered": list(standing.unanswered),
        "active": standing.active,
        "created": info.created,
        "updated": info.updated,
        "cost": info.cost,
        "tokens": info.tokens,
        "model": info.model,
        "agent": info.agent,
        "parent": info.parent,
        "reverted": info.reverted,
    }


def entry(told: Permission | Question) -> dict[str, object]:
    """What a conversation waits for as plain values."""
    if isinstance(told, Permission):
        found = {
            "permission": told.permission,
            "patterns": list(told.patterns),
            "always": list(told.always),
        }
        return {"request": told.id, "kind": "permission", **found}
    questions = [
        {"text": one.text, "labels": list(one.labels), "multiple": one.multiple} for one in told.questions
    ]
    return {"request": told.id, "kind": "question", "questions": questions}
