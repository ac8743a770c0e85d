"""Doing the steps of a build: one tmux client for as many of them as possible."""

import time
from collections.abc import Callable, Iterable

from libtmux.server import Server

from ocprov.builder import prompts
from ocprov.builder.answer import Known, pane_format
from ocprov.builder.client import send
from ocprov.builder.failure import failure
from ocprov.builder.resolve import Command, Places, unless
from ocprov.builder.steps import (
    SESSION,
    Event,
    Hook,
    Log,
    Pause,
    Place,
    Progress,
    Prompts,
    Run,
    Step,
    Told,
    Unless,
)
from ocprov.core import quoting


class Runner:
    """Collects commands and sends them when a step needs them done; a failed batch raises and tells no events.

    `careful` has each new window known before anything else is done to it, as others may make windows too: always so
    after a pause, a hook or a wait. `hooked` is for user's hooks that tmux runs after a command, and has each new pane
    known as well.
    """

    def __init__(
        self,
        server: Server,
        places: Places,
        tell: Callable[[Told], None],
        hook: Callable[[Hook], None],
    ) -> None:
        self._server = server
        self._places = places
        self._tell = tell
        self._hook = hook
        self._commands: list[Command] = []
        self._told: list[Told] = []
        self._gate: tuple[int, int, str] | None = None
        self.careful = False
        self.hooked = False

    @property
    def known(self) -> Known:
        """What tmux has told."""
        return self._places.known

    def run(self, steps: Iterable[Step]) -> bool:
        """Do the steps; False when they stopped at `Unless`."""
        return self.add(steps) and self.flush()

    def add(self, steps: Iterable[Step]) -> bool:
        """Collect the steps, doing those that cannot wait; False when they stopped at `Unless`."""
        for step in steps:
            match step:
                case Run():
                    self._commands.append(self._places.command(step))
                    if self.careful:
                        self._look(step)
                case Event() | Progress() | Log():
                    self._told.append(step)
                case Unless(condition):
                    self._gate = (len(self._commands), len(self._told), condition)
                case _:
                    if not self._waited(step):
                        return False
        return True

    def _waited(self, step: Pause | Hook | Prompts) -> bool:
        if not self.flush():
            return False
        match step:
            case Pause(seconds):
                time.sleep(seconds)
            case Hook(name, window):
                self._hook(step)
                if name == "on_window_create":
                    self._look_again(window)
            case Prompts(panes):
                ids = (self._places.pane_id(pane) for pane in panes)
                prompts.wait(self._server, {pane for pane in ids if pane is not None})
        self.careful, self._places.slots = True, ()
        return True

    def _look(self, step: Run) -> None:
        """Have ids of what was made before anything can mislead the commands that follow."""
        # A new pane without hooks is the active one of its window, which is known.
        if step.words[0] == "new-window" or (self.hooked and step.words[0] == "split-window"):
            windows = set(self.known.windows)
            self.flush()
            for window in set(self.known.windows) - windows if self.hooked else ():
                self._look_again(window)

    def _look_again(self, window: int) -> None:
        """Take the window's active pane for its first, as tmuxp does: a plugin or a hook may have split it."""
        self.known.panes.pop((window, 0), None)
        asked = Run(("display-message", "-p", "-t", Place(window), pane_format(window, 0)))
        self._commands.append(self._places.command(asked))

    def flush(self) -> bool:
        """Send what has been collected; False when it stopped at `Unless`."""
        commands, told, gate = self._commands, self._told, self._gate
        self._commands, self._told, self._gate = [], [], None
        if commands:
            self._send(commands, gate)
        stopped = gate is not None and self.known.held
        for step in told[: gate[1] if gate and stopped else None]:
            self._tell(step)
        return not stopped

    def _send(self, commands: list[Command], gate: tuple[int, int, str] | None) -> None:
        if gate is None or not commands[gate[0] :]:
            line = quoting.line(commands)
        else:
            session = self._places.target(SESSION)
            line = unless(gate[2], commands[: gate[0]], commands[gate[0] :], session)
        self.known.held = False
        answer = send(self._server, line)
        self.known.learn(answer.out)
        if answer.err:
            raise failure(answer.err)
