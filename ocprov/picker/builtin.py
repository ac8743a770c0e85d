"""Our own picker, by prompt_toolkit: a line to type in, the list, and a preview that is read anew every second."""

import asyncio
import sys
from contextlib import suppress
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.output.color_depth import ColorDepth

from ocprov.picker import preview
from ocprov.picker.aside import aside
from ocprov.picker.ending import end_by_signals
from ocprov.picker.entry import Entry, Look
from ocprov.picker.frame import Frame
from ocprov.picker.fzf import Pick
from ocprov.picker.panel import Panel

_EVERY = 1.0  # seconds
_ESCAPE = 0.05  # seconds that the rest of a key's sequence may take after its Esc
_MOVES = {
    "up": -1,
    "c-p": -1,
    "c-k": -1,
    "s-tab": -1,
    "down": 1,
    "c-n": 1,
    "c-j": 1,
    "tab": 1,
    "pageup": -10,
    "pagedown": 10,
    "c-home": -1_000_000,
    "c-end": 1_000_000,
}


def pick(asked: Pick) -> Entry | None:
    """The entry that a person picks, or None; it is drawn on stderr, since stdout may be a pipe."""
    return _Picker(asked).run()


class _Picker:
    """One picking: the panel, and the frame around it."""

    def __init__(self, asked: Pick) -> None:
        self._asked = asked
        self._panel = Panel(asked.entries, asked.look, asked.query)
        start = Document(asked.query, len(asked.query))
        self._line = Buffer(multiline=False, on_text_changed=self._typed, document=start)
        output = create_output(stdout=sys.stderr)
        self._frame = Frame(self._panel, self._line, output, plain=asked.look.plain)
        self._app: Application[Entry | None] = Application(
            layout=self._frame.layout,
            key_bindings=self._keys(),
            style=self._frame.style,
            full_screen=True,
            color_depth=ColorDepth.DEPTH_1_BIT if asked.look.plain else None,
            input=create_input(sys.stdin),
            output=output,
        )
        self._app.ttimeoutlen = self._app.timeoutlen = _ESCAPE
        self._changed = asyncio.Event()

    def run(self) -> Entry | None:
        """The entry that was picked, or None."""
        try:
            return self._app.run(pre_run=self._start)
        except EOFError:  # the terminal is gone
            return None

    def _start(self) -> None:
        end_by_signals(self._app)
        self._app.create_background_task(self._try_look())

    async def _try_look(self) -> None:
        try:
            await self._look()
        except Exception as error:  # nobody awaits this: it is for whoever awaits the picker
            self._app.exit(exception=error)

    def _typed(self, line: Buffer) -> None:
        self._panel.filter(line.text)
        self._show()

    def _show(self) -> None:
        entry = self._panel.selected
        self._frame.about = partial(_head, entry, self._asked.look)
        self._frame.screen = ""
        self._changed.set()

    async def _look(self) -> None:
        """Read the screen of what is selected, at once when that changes and every second else."""
        self._show()
        while True:
            self._changed.clear()
            entry = self._panel.selected
            if entry is not None and entry.live:
                read = partial(preview.screen, self._asked.server, entry, self._asked.look)
                screen = await aside(read)
                if self._panel.selected is entry:
                    self._frame.screen = screen
            self._app.invalidate()
            with suppress(TimeoutError):
                # asyncio.wait_for swallows the end of the picker in Python 3.11 when something changes just then.
                async with asyncio.timeout(_EVERY):
                    await self._changed.wait()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        for key, by in _MOVES.items():
            keys.add(key)(partial(self._move, by))
        for key in ("escape", "c-c", "c-g", "c-d", "<sigint>"):
            keys.add(key, eager=True)(self._leave)
        keys.add("enter")(self._take)
        return keys

    def _move(self, by: int, _: KeyPressEvent) -> None:
        self._panel.move(by)
        self._show()

    def _leave(self, event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    def _take(self, event: KeyPressEvent) -> None:
        if self._panel.selected is not None:
            event.app.exit(result=self._panel.selected)


def _head(entry: Entry | None, look: Look, compact: bool) -> str:
    return preview.head(entry, look, compact=compact) if entry else ""
