"""What there is to pick: read from tmux by one client, and from the layouts."""

import os

from ocprov import cache
from ocprov.core import kept
from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.core.status import SessionStatus
from ocprov.layout import project
from ocprov.layout.source import Source, sources
from ocprov.picker.entry import Entry, Line, label, summary, window_word
from ocprov.questions import answer
from ocprov.tmux import here, live, waiting
from ocprov.tmux.client import Server
from ocprov.tmux.files import files
from ocprov.tmux.observe import Sessions, observe

LAYOUT = "layout:"
_BUILDING = "ocprov-building-"


def gather(server: Server, directory: str) -> tuple[Entry, ...]:
    """Every session and every layout that could be one: ours, the current one last; layouts; a person's own.

    `directory` is where a layout of a project would come up. TmuxError when tmux cannot tell.
    """
    there = observe(server) or ()
    known = [source for source in sources() if not source.shadowed]
    known += _project(directory, known)
    described = {source.alias: source.description for source in known}
    current = _current(server, there)
    ours = sorted((one for one in there if one.ours), key=lambda one: one.id == current)
    aliases = {one.id: live.alias(server, one) for one in ours}
    entries = [
        _ours(live.status(server, one), one, aliases[one.id], described, current=one.id == current)
        for one in ours
    ]
    entries += [
        _layout(source, directory, elsewhere=source.alias in aliases.values())
        for source in known
        if _offered(server, [one for one in ours if aliases[one.id] == source.alias], directory)
    ]
    others = (one for one in there if not one.ours and not one.name.startswith((_BUILDING, waiting.NAME)))
    return (*entries, *(_other(one, current=one.id == current) for one in others))


def _project(directory: str, known: list[Source]) -> list[Source]:
    """The project's own layout where a person trusts it; one of that name of the user's goes first."""
    found = project.there(directory)
    hidden = any(source.alias == project.ALIAS for source in known)
    return [] if found is None or found.problem or hidden else [found]


def _current(server: Server, there: Sessions) -> str:
    """The id of the session that we are in on this server, or an empty string."""
    if not here.inside() or os.path.realpath(here.inside()) != os.path.realpath(server.socket):
        return ""
    pane = os.environ.get("TMUX_PANE", "")
    told = "$" + os.environ["TMUX"].rsplit(",", 1)[-1]  # where a popup was opened; it has no pane
    within = [one.id for one in there if any(own.id == pane for own in one.panes)]
    return told if told in within or not within else within[0]


def _ours(
    status: SessionStatus, session: Session, alias: str, described: dict[str, str], *, current: bool
) -> Entry:
    state, word = summary(status)
    description = described.get(alias, "")
    return Entry(
        session.id,
        "session",
        session.name,
        label(session.name, alias),
        state,
        word,
        _note(session, description, current=current),
        (printable(session.name), description),
        tuple(
            Line("-" if one.index is None else str(one.index), printable(one.name), window_word(one))
            for one in status.windows
        ),
        session.created,
    )


def _note(session: Session, description: str, *, current: bool) -> str:
    place = "here" if current else "attached" if session.attached else ""
    return ": ".join(part for part in (place, description) if part)


def _other(session: Session, *, current: bool) -> Entry:
    count = len(session.windows)
    return Entry(
        session.id,
        "other",
        session.name,
        printable(session.name),
        f"{count} window{'' if count == 1 else 's'}",
        "foreign",
        _note(session, "", current=current),
        (f"{printable(session.name)}, not ocprov's",),
        tuple(Line(str(window.index), printable(window.name)) for window in session.windows),
        session.created,
    )


def _offered(server: Server, there: list[Session], directory: str) -> bool:
    """Whether a layout can come up beside its live sessions: each is of another project than this."""
    places = [_place(server, one) for one in there]
    return all(place and place != directory for place in places)


def _place(server: Server, session: Session) -> str:
    known = files(server, session.declared).kept()
    return known.told.directory if known else ""


def _layout(source: Source, directory: str, *, elsewhere: bool) -> Entry:
    lacking = [name for name in source.header.requires if not answer("have", name)]
    state, word = "not running here" if elsewhere else "not running", ""
    if source.problem:
        state, word = "broken", "fail"
    elif lacking:
        state, word = f"needs {printable(lacking[0])}", "warn"
    return Entry(
        f"{LAYOUT}{printable(source.alias)}",
        "layout",
        source.alias,
        printable(source.alias),
        state,
        word,
        source.description,
        tuple(_about(source, lacking)),
        _windows(source, directory),
    )


def _about(source: Source, lacking: list[str]) -> list[str]:
    name = printable(source.alias)
    if source.problem:
        return [name, printable(source.problem.message), f"hint: {printable(source.problem.hint)}"]
    lines = [name, source.description]
    lines += [f"needs {program}: {printable(source.header.requires[program])}" for program in lacking]
    lines += [
        f"--set {name}={printable(str('' if one.default is None else one.default))}  {printable(one.help)}"
        for name, one in source.header.variables.items()
    ]
    return lines


def _windows(source: Source, directory: str) -> tuple[Line, ...]:
    """What it declares, where the plan cache knows: to render every layout would take too long."""
    entry = cache.find(source.alias, (), directory, False)
    known = kept.kept(entry["kept"]) if entry else None
    return tuple(Line("-", window.name) for window in known.session.windows) if known else ()
