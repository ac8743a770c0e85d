"""A pane's screen, as tmux has it."""

from ocprov.core.names import printable
from ocprov.core.observed import Session
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError, TmuxError
from ocprov.tmux.client import Server, run


@dataclass(frozen=True, slots=True)
class Screen:
    """What a pane shows: its lines with escape sequences for colours, and its width in cells."""

    ansi: str
    width: int


def capture(server: Server, session: Session, window: str, *, history: int = 0) -> Screen:
    """The screen of a window's first pane, with up to `history` lines above it; `window` is a name, key or index."""
    wanted = [
        there
        for there in session.windows
        if window in (there.name, str(there.index)) or any(pane.key == window for pane in there.panes)
    ]
    if not wanted:
        names = ", ".join(printable(there.name) for there in session.windows)
        raise OcprovError(f'{session.name} has no window "{printable(window)}"', f"it has: {names}")
    pane = next((pane for pane in wanted[0].panes if pane.key == window), wanted[0].panes[0])
    start = ["-S", f"-{history}"] if history else []
    answer = run(
        server,
        [
            "display-message",
            "-p",
            "-t",
            pane.id,
            "#{pane_width}",
            ";",
            "capture-pane",
            "-p",
            "-e",
            *start,
            "-t",
            pane.id,
        ],
    )
    width, _, text = answer.out.partition("\n")
    if answer.code or not width.isdigit():
        raise TmuxError(
            f"cannot read the screen of {window}: {printable(answer.err)}", f"ocprov status {session.name}"
        )
    return Screen(text, int(width))
