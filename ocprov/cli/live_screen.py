"""What the live view shows at a moment: a frame, which row of it is selected, a word to the person; and how it looks."""

import math
import time

from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout.containers import DynamicContainer, HSplit, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.layout.layout import Layout
from prompt_toolkit.styles import Style

from ocprov.cli import live_frame
from ocprov.cli.live_frame import Frame, Row
from ocprov.core.names import printable

_READ = 8.0  # seconds that a person may take to read a line
_KEYS = " Enter go   r run again   u up   q leave   ? help"
_HELP = """\
 Up, Down, j, k   select             r   run it again (ocprov restart)
 Enter            go to the window   u   bring back what lacks (ocprov up)
 q, Ctrl-C        leave              ?   these lines"""
_COLORS = {
    "selected": "reverse",
    "title": "bold",
    "calls": "reverse bold",
    "red": "ansired",
    "green": "ansigreen",
    "yellow": "ansiyellow",
    "bright_black": "ansibrightblack",
}


class Screen:
    """A frame with its rows, and what is selected: the same row in the next frame, wherever it is then."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._rows = live_frame.rows(frame)
        self._place = 0
        self._said = ("", "")
        self._until = 0.0
        self._helps = False
        top = Window(FormattedTextControl(lambda: live_frame.top(self.frame)), height=1)
        rows = FormattedTextControl(
            self._table, show_cursor=False, focusable=True, get_cursor_position=lambda: Point(0, self._place)
        )
        self._space = Window(height=1)
        self._list = Window(rows)
        foot = DynamicContainer(self._foot)
        self.layout = Layout(HSplit([top, self._space, self._list, foot]), focused_element=self._list)

    @staticmethod
    def style(*, plain: bool) -> Style:
        """The colours, or none."""
        return Style.from_dict(_COLORS if plain else {**_COLORS, "faint": "ansibrightblack"})

    @property
    def selected(self) -> Row | None:
        """The row that keys act on."""
        return self._rows[self._place] if self._rows else None

    def show(self, frame: Frame) -> None:
        """Show another frame."""
        was = self.selected
        self.frame = frame
        self._rows = live_frame.rows(frame)
        same = [place for place, row in enumerate(self._rows) if was and row.key == was.key]
        self._place = same[0] if same else max(0, min(self._place, len(self._rows) - 1))

    def move(self, by: int) -> None:
        """Select another row, at most the first or last."""
        self._place = max(0, min(self._place + by, len(self._rows) - 1))

    def say(self, text: str, *, failed: bool = False, stays: bool = False) -> None:
        """Tell the person something in place of the keys, for a while; a question or what goes on `stays`."""
        self._said = ("class:red" if failed else "class:title", printable(text))
        self._until = math.inf if stays else time.monotonic() + _READ

    def toggle_help(self) -> None:
        """Explain the keys, or no longer."""
        self._helps = not self._helps
        self.say("")

    def _table(self) -> live_frame.Fragments:
        return live_frame.table(self.frame, self._rows, self._place)

    def _foot(self) -> Window:
        look, text = ("class:red", self.frame.error) if self.frame.error else self._said
        if not text or (not self.frame.error and time.monotonic() > self._until):
            look, text = "class:faint", _HELP if self._helps else _KEYS
        shown = text if text in (_HELP, _KEYS) else f" {printable(text)}"
        return Window(FormattedTextControl([(look, shown)]), wrap_lines=True, dont_extend_height=True)
