"""The live view of `status`, by prompt_toolkit: a table that keeps itself up to date, and keys that act on a row."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output.color_depth import ColorDepth

from ocprov.cli import live_act, live_frame
from ocprov.cli.app import App
from ocprov.cli.live_frame import Row
from ocprov.cli.live_look import Looker
from ocprov.cli.live_screen import Screen
from ocprov.core.status import SessionStatus
from ocprov.core.value import replace
from ocprov.errors import OcprovError
from ocprov.picker.aside import aside
from ocprov.picker.ending import end_by_signals
from ocprov.tmux import here

_STEP = 0.25  # seconds between two positions of a bar
_ESCAPE = 0.05  # seconds that the rest of a key's sequence may take after its Esc
_BUSY = "one thing at a time: the last one is not done yet"
_MOVES = {"up": -1, "k": -1, "c-p": -1, "down": 1, "j": 1, "c-n": 1, "pageup": -10, "pagedown": 10}
_ENDS = {"home": -1_000_000, "g": -1_000_000, "end": 1_000_000, "G": 1_000_000}


class View:
    """The view of some layouts, or of all that is live, from a first look on, `interval` seconds between looks."""

    def __init__(
        self, app: App, layouts: tuple[str, ...], first: list[SessionStatus], interval: float, *, plain: bool
    ) -> None:
        self._loud = app
        self._quiet = App(app.socket_name, app.socket_path, quiet=True)  # what it told would be drawn over
        self._looker = Looker(app.server, layouts)
        self._interval = interval
        self._screen = Screen(self._looker.frame(tuple(first)))
        self._agreed: Callable[[], str] | None = None  # what `y` does
        self._acting = False
        self._idle = threading.Event()  # not while a thread does something that is not to be cut short
        self._idle.set()
        self._again = asyncio.Event()
        self._app: Application[Row | None] = Application(
            layout=self._screen.layout,
            key_bindings=self._keys(),
            style=self._screen.style(plain=plain),
            full_screen=True,
            color_depth=ColorDepth.DEPTH_1_BIT if plain else None,
        )
        self._app.ttimeoutlen = self._app.timeoutlen = _ESCAPE

    def run(self) -> list[SessionStatus]:
        """Show it until somebody leaves, and go where they want; what was seen last."""
        try:
            row = self._app.run(pre_run=self._start)
        except EOFError:  # the terminal is gone
            row = None
        except KeyboardInterrupt:
            self._finish()
            raise
        self._finish()
        if row is not None:
            live_act.go(self._loud, row)
        return [*self._screen.frame.sessions]

    def _finish(self) -> None:
        if not self._idle.is_set():
            self._loud.tell("waiting for what was begun in the view to end; Ctrl-C ends it")
            self._idle.wait()

    # --- what happens by itself

    def _start(self) -> None:
        end_by_signals(self._app)
        self._app.create_background_task(self._try_to(self._look()))
        self._app.create_background_task(self._try_to(self._animate()))

    async def _try_to(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as error:  # nobody awaits this: it is for whoever awaits the view
            self._app.exit(exception=error)

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                # asyncio.wait_for swallows the end of the view in Python 3.11 when something happens just then.
                async with asyncio.timeout(self._interval):
                    await self._again.wait()
            self._again.clear()
            self._screen.show(await aside(self._looker.look))
            self._app.invalidate()

    async def _animate(self) -> None:
        while True:
            await asyncio.sleep(_STEP)
            if self._screen.frame.moves:
                self._screen.frame = replace(self._screen.frame, now=time.time())
                self._app.invalidate()

    async def _act(self, action: Callable[[], str]) -> None:
        try:
            self._idle.clear()
            self._screen.say(await aside(partial(self._done, action)))
        except OcprovError as error:
            self._screen.say(f"{error.message}; {error.hint}", failed=True)
        finally:
            self._acting = False
        self._app.renderer.clear()  # a before_script may have written over it
        self._again.set()

    def _done(self, action: Callable[[], str]) -> str:
        try:
            return action()
        finally:
            self._idle.set()

    # --- keys

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        for key, by in (_MOVES | _ENDS).items():
            keys.add(key)(partial(self._move, by))
        keys.add("q")(lambda event: event.app.exit(result=None))
        for key in ("c-c", "<sigint>"):
            keys.add(key)(lambda event: event.app.exit(exception=KeyboardInterrupt))
        for key, do in (
            ("?", self._screen.toggle_help),
            ("enter", self._go),
            ("r", self._restart),
            ("u", self._up),
        ):
            keys.add(key)(partial(self._pressed, do))
        keys.add("y")(lambda _: self._answer(yes=True))
        for key in ("n", "escape"):
            keys.add(key, eager=True)(lambda _: self._answer(yes=False))
        return keys

    def _pressed(self, do: Callable[[], None], _: KeyPressEvent) -> None:
        self._agreed = None  # whatever was asked before is not agreed to
        do()

    def _move(self, by: int, _: KeyPressEvent) -> None:
        self._answer(yes=False)
        self._screen.move(by)

    def _answer(self, *, yes: bool) -> None:
        agreed, self._agreed = self._agreed, None
        self._screen.say("")
        if yes and agreed is not None:
            self._do(agreed, "running it again …")

    def _do(self, action: Callable[[], str], said: str) -> None:
        if self._acting:
            self._screen.say(_BUSY, failed=True)
            return
        self._acting = True
        self._screen.say(said, stays=True)
        self._app.create_background_task(self._try_to(self._act(action)))

    def _restart(self) -> None:
        row = self._screen.selected
        why = _BUSY if self._acting else live_frame.why_not_restart(row)
        if row is None or row.window is None or why:
            self._screen.say(why, failed=True)
            return
        action = partial(live_act.restart, self._quiet, row)
        if row.window.state == "running":
            self._agreed = action
            self._screen.say(f"{row.window.name} runs: end it and run it again? y/n", stays=True)
        else:
            self._do(action, f"running {row.window.name} again …")

    def _up(self) -> None:
        row = self._screen.selected
        if row is not None:
            self._do(partial(live_act.up, self._quiet, row.session), f"bringing {row.session.name} up …")

    def _go(self) -> None:
        row = self._screen.selected
        if row is None or not row.session.live or (row.window and not row.pane):
            self._screen.say("that is not there; u brings it up", failed=True)
        elif here.inside() and os.environ.get("TMUX_PANE"):  # the view stays where it is, in its pane
            self._do(partial(_went, self._quiet, row), "")
        else:
            self._app.exit(result=row)


def _went(app: App, row: Row) -> str:
    live_act.go(app, row)
    return ""
