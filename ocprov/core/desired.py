"""What a layout declares, as frozen values."""

from ocprov.core.hashed import sha256
from ocprov.core.value import dataclass, field

TYPE_CHECKING = False  # typing takes longer to import than the rest of core
if TYPE_CHECKING:
    from typing import Literal

    Restart = Literal["prompt", "always", "never"]
else:
    Restart = str
Pairs = tuple[tuple[str, str], ...]


def digest(*parts: object) -> str:
    """Twelve hex digits that differ when the declaration differs."""
    return sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Typed:
    """One command typed into a pane, tmuxp's way; the sleeps are seconds."""

    text: str
    enter: bool = True
    sleep_before: float = 0
    sleep_after: float = 0


@dataclass(frozen=True, slots=True)
class Pane:
    """One pane: a launcher for its commands, or (`launcher` false) a shell that is typed into.

    `key` names its launcher's file and its tag: the window's key, with `.2`, `.3` behind it for further panes.
    `window` is the name of its window. No command and no `program` is a plain shell.
    """

    key: str
    directory: str
    commands: tuple[str, ...] = ()
    restart: Restart = "prompt"
    shell: str = "sh"
    environment: Pairs = ()
    launcher: bool = True
    typed: tuple[Typed, ...] = ()
    program: str = ""
    notice: str = ""
    focus: bool = False
    window: str = ""

    @property
    def launched(self) -> bool:
        """Whether a launcher file runs this pane's commands."""
        return self.launcher and bool(self.commands)

    @property
    def plain(self) -> bool:
        """Whether it is just a person's shell in a directory."""
        return not (self.commands or self.typed or self.program)

    @property
    def digest(self) -> str:
        """Changes when what the pane runs is declared otherwise; moving the focus is no such change."""
        return digest(
            self.directory,
            self.commands,
            self.restart,
            self.shell,
            self.environment,
            self.launcher,
            self.typed,
            self.program,
            self.launched and self.notice,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """One window; `index` is None where the next place in order is meant."""

    key: str
    name: str
    panes: tuple[Pane, ...]
    index: int | None = None
    layout: str = ""
    options: Pairs = ()
    options_after: Pairs = ()
    focus: bool = False

    @property
    def digest(self) -> str:
        """Changes when the window's own options or its layout of panes are declared otherwise."""
        return digest(self.layout, self.options, self.options_after)


@dataclass(frozen=True, slots=True)
class Hooks:
    """Shell lines for moments of a session's life: it came up, it is about to be ended, a person is brought there."""

    on_start: tuple[str, ...] = ()
    on_stop: tuple[str, ...] = ()
    on_attach: tuple[str, ...] = ()


NO_HOOKS = Hooks()


@dataclass(frozen=True, slots=True)
class Session:
    """One session as declared; `before_script` is an argument list, run before the session is made."""

    name: str
    layout: str
    directory: str
    windows: tuple[Window, ...]
    environment: Pairs = ()
    options: Pairs = ()
    global_options: Pairs = ()
    before_script: tuple[str, ...] = ()
    notices: tuple[str, ...] = field(default=(), compare=False)
    hooks: Hooks = NO_HOOKS

    @property
    def digest(self) -> str:
        """Changes when what is declared for the session itself, not for its windows, changes."""
        return digest(self.environment, self.options, self.global_options)

    @property
    def panes(self) -> tuple[Pane, ...]:
        """Every pane of every window, in order."""
        return tuple(pane for window in self.windows for pane in window.panes)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the declared windows, in order."""
        return tuple(window.key for window in self.windows)
