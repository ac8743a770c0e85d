"""What a batch makes tmux print, and how that is read."""

from collections.abc import Callable

_MARK = "ocprov-built"
SESSION_FORMAT = f"{_MARK} session #{{session_id}} #{{window_id}} #{{session_name}}"
# What runs between two commands of a batch. `set-hook` takes the first place of each; formats tell no others.
HOOKED = "".join(
    f"#{{after-{command}[0]}}"
    for command in (
        "new-session",
        "new-window",
        "split-window",
        "select-layout",
        "select-window",
        "set-option",
    )
)
FACTS_FORMAT = f"{_MARK} facts #{{base-index}} #{{renumber-windows}} #{{?{HOOKED},1,0}} #{{default-shell}}"
INDEX_FORMAT = f"{_MARK} index #{{window_index}} #{{window_id}}"
# The windows that are there, for comparing them in tmux itself.
THERE = "#{W:#{window_index} #{window_id} }"
HELD_LINE = f"{_MARK} held"
# The number that `show-options` prints is told from a user's hook's by the line before it.
PANE_BASE_LINE = f"{_MARK} pane-base-index #{{pane-base-index}}"


def window_format(window: int) -> str:
    """What `new-window -P` prints for this window."""
    return f"{_MARK} window {window} #{{window_id}} #{{pane_id}}"


def pane_format(window: int, pane: int) -> str:
    """What `split-window -P` prints for this pane."""
    return f"{_MARK} pane {window} {pane} #{{pane_id}}"


class Known:
    """What tmux has told so far.

    `indexes` and `ids` are those of the windows that were there when it was asked for facts; `own` is the window that
    the new session came with.
    """

    def __init__(self, session: str = "", name: str = "") -> None:
        self.session = session
        self.name = name
        self.own = ""
        self.windows: dict[int, str] = {}
        self.panes: dict[tuple[int, int], str] = {}
        self.indexes: list[int] = []
        self.ids: list[str] = []
        self.base_index = 0
        self.renumber = False
        self.shell = ""
        self.hooked = False
        self.held = False
        self.pane_base_index = 0

    def learn(self, out: str) -> None:
        """Read what a batch printed; lines of others (a user's hooks may print) are passed over."""
        for line in out.split("\n"):
            mark, _, rest = line.partition(" ")
            kind, _, told = rest.partition(" ")
            if mark == _MARK and kind in _READERS:
                _READERS[kind](self, told)

    def there(self) -> str:
        """The windows of the facts, as `THERE` gives them."""
        return "".join(f"{index} {window} " for index, window in zip(self.indexes, self.ids, strict=True))

    def _learn_session(self, told: str) -> None:
        self.session, self.own, self.name = told.split(" ", 2)

    def _learn_window(self, told: str) -> None:
        number, window, pane = told.split(" ")
        self.windows[int(number)] = window
        self.panes[int(number), 0] = pane

    def _learn_pane(self, told: str) -> None:
        window, number, pane = told.split(" ")
        self.panes[int(window), int(number)] = pane

    def _learn_facts(self, told: str) -> None:
        self.indexes, self.ids = [], []
        base, renumber, hooked, self.shell = told.split(" ", 3)
        self.base_index = int(base)
        self.hooked = hooked == "1"
        self.renumber = renumber in {"1", "on"}

    def _learn_index(self, told: str) -> None:
        index, window = told.split(" ")
        self.indexes.append(int(index))
        self.ids.append(window)

    def _learn_held(self, _: str) -> None:
        self.held = True

    def _learn_pane_base(self, told: str) -> None:
        self.pane_base_index = int(told)


_READERS: dict[str, Callable[[Known, str], None]] = {
    "session": Known._learn_session,  # noqa: SLF001 # of this very file
    "window": Known._learn_window,  # noqa: SLF001 # as above
    "pane": Known._learn_pane,  # noqa: SLF001 # as above
    "facts": Known._learn_facts,  # noqa: SLF001 # as above
    "index": Known._learn_index,  # noqa: SLF001 # as above
    "held": Known._learn_held,  # noqa: SLF001 # as above
    "pane-base-index": Known._learn_pane_base,  # noqa: SLF001 # as above
}
