"""How our own picker looks: the preview beside the list where there is room, else below, else not at all."""

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.layout.containers import AnyContainer, DynamicContainer, HSplit, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.layout.layout import Layout
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from ocprov.picker.panel import Panel

_WIDE = 110
_LOW = 14
_HINT = " Enter goes there   Up, Down move   type to filter   Esc leaves"
_COLORS = {
    "selected": "reverse",
    "pointer": "bold",
    "label": "bold",
    "red": "ansired",
    "green": "ansigreen",
    "yellow": "ansiyellow",
    "cyan": "ansicyan",
    "bright_black": "ansibrightblack",
}
_FAINT = dict.fromkeys(("note", "line", "hint"), "ansibrightblack")


class Frame:
    """The parts of the screen; `about` makes the first text of the preview, in short or in full, `screen` is the other."""

    def __init__(self, panel: Panel, line: Buffer, output: Output, *, plain: bool) -> None:
        self.about: Callable[[bool], str] = lambda _: ""
        self.screen = ""
        self._panel = panel
        self._output = output
        self.style = Style.from_dict(_COLORS if plain else _COLORS | _FAINT)
        prompt = BufferControl(line, input_processors=[BeforeInput("pick> ", style="class:pointer")])
        self._prompt = VSplit(
            [
                Window(prompt, height=1),
                Window(FormattedTextControl(self._counted), width=9, height=1, style="class:hint"),
            ]
        )
        self._list = Window(FormattedTextControl(panel.rows, show_cursor=False, get_cursor_position=self._at))
        about = Window(
            FormattedTextControl(lambda: ANSI(self.about(self._compact()))),
            wrap_lines=True,
            dont_extend_height=True,
        )
        space = Window(height=1)
        self._preview = HSplit([about, space, Window(FormattedTextControl(lambda: ANSI(self.screen)))])
        self._hint = Window(FormattedTextControl(_HINT), height=1, style="class:hint")
        self.layout = Layout(DynamicContainer(self._body), focused_element=prompt)

    def _compact(self) -> bool:
        return self._output.get_size().columns < _WIDE

    def _body(self) -> AnyContainer:
        size = self._output.get_size()
        if size.columns >= _WIDE:
            bar = Window(width=1, char="│", style="class:line")
            half = Dimension(preferred=size.columns // 2, weight=1)
            self._list.width, self._preview.width = half, half
            return HSplit([self._prompt, VSplit([self._list, bar, self._preview]), self._hint])
        self._list.width = self._preview.width = None
        if size.rows < _LOW:
            return HSplit([self._prompt, self._list, self._hint])
        rows = min(self._panel.most, max(size.rows // 2 - 3, 4))
        bar = Window(height=1, char="─", style="class:line")
        top = HSplit([self._list], height=Dimension.exact(rows))
        return HSplit([self._prompt, top, bar, self._preview, self._hint])

    def _counted(self) -> str:
        return f"{self._panel.counted:>8} "

    def _at(self) -> Point:
        return Point(0, self._panel.place)
