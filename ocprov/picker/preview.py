"""What is shown beside the list: what a session or layout is, its windows, and the screen of its active pane."""

from ocprov.errors import TmuxError
from ocprov.picker.entry import Entry, Line, Look
from ocprov.picker.text import cut, tame, width
from ocprov.tmux.client import Server, run

_MOST_WINDOWS = 10
_PATIENCE = 2.0
_CODES = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bright_black": 90}


def paint(text: str, color: str, look: Look) -> str:
    """`text` in a colour of that name, where there is one and colour is wanted."""
    code = _CODES.get(color)
    return text if look.plain or not code else f"\033[{code}m{text}\033[0m"


def head(entry: Entry, look: Look, *, compact: bool) -> str:
    """The lines about an entry that need no look at its screen; its windows in one line when `compact`."""
    first, *more = entry.about
    lines = [first if look.plain else f"\033[1m{first}\033[0m", *(line for line in more if line)]
    windows = [_in_one_line(entry.windows, look)] if compact else _windows(entry.windows, look)
    return "\n".join((*lines, *filter(None, windows)))


def _in_one_line(windows: tuple[Line, ...], look: Look) -> str:
    return ", ".join(
        " ".join(filter(None, (line.index, line.name, _unusual(line.word, look)))) for line in windows
    )


def _unusual(word: str, look: Look) -> str:
    return "" if word in ("", "running") else paint(word, look.colors.get(word, ""), look)


def _windows(windows: tuple[Line, ...], look: Look) -> list[str]:
    shown = windows[:_MOST_WINDOWS]
    longest = max((width(line.name) for line in shown), default=0)
    lines = [
        f"{line.index:>3} {cut(line.name, longest)}  {paint(line.word, look.colors.get(line.word, ''), look)}"
        for line in shown
    ]
    left = len(windows) - len(shown)
    return [*(line.rstrip() for line in lines), *([f"    and {left} more"] if left else [])]


def screen(server: Server, entry: Entry, look: Look) -> str:
    """What the active pane of a session shows, tamed; a word where there is none, nothing for a layout."""
    if not entry.live:
        return ""
    try:
        answer = run(server, ["capture-pane", "-p", "-e", "-t", f"{entry.id}:"], patience=_PATIENCE)
    except TmuxError as error:
        return error.message
    return "this session is gone" if answer.code else tame(answer.out, plain=look.plain).rstrip()
