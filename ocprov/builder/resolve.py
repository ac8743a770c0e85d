"""From commands with places in them to the one line that tmux reads."""

from collections.abc import Sequence

from ocprov.builder.answer import FACTS_FORMAT, HELD_LINE, HOOKED, INDEX_FORMAT, THERE, Known
from ocprov.builder.steps import Place, Run
from ocprov.core import quoting

Command = tuple[str, ...]

_FACTS: tuple[Command, ...] = (
    ("display-message", "-p", HELD_LINE),
    ("display-message", "-p", FACTS_FORMAT),
    ("list-windows", "-F", INDEX_FORMAT),
)


def held(*, zsh: bool, shell: str) -> str:
    """The format that is true where a batch has to be done in parts.

    With `zsh` also where the session's shell is zsh; `shell` is the environment's, for a tmux that has none.
    """
    is_zsh = f"#{{?#{{default-shell}},#{{m:*zsh*,#{{default-shell}}}},{int('zsh' in shell)}}}"
    return f"#{{||:{HOOKED},{is_zsh}}}" if zsh else f"#{{||:{HOOKED},}}"


def changed(known: Known) -> str:
    """The format that is true where the session's windows are others than those of the facts."""
    return f"#{{!=:{THERE},{known.there()}}}"


def unless(condition: str, before: Sequence[Command], rest: Sequence[Command], session: str) -> str:
    """One line that goes on with `rest` where the condition is false, and tells the facts where it is true."""
    facts = tuple((*command[:1], "-t", session, *command[1:]) for command in _FACTS)
    # An error in a batch that is an argument stops that batch only: nothing may follow it.
    return quoting.line((*before, ("if-shell", "-F", "-t", session, condition, _text(facts), _text(rest))))


def _text(commands: Sequence[Command]) -> str:
    """Commands as an argument of another one."""
    return quoting.line(commands).removesuffix("\n")


def as_argument(word: str) -> str:
    r"""The word as tmux would read it from a client's argument list, which the classic builder uses.

    There a `;` at the end is tmux's own, unless it is written `\;`: so the files of tmuxp have `\;` for a last `;`, and
    it means that here too. A bare `;`, which tmuxp loses, is kept.
    """
    return word[:-2] + ";" if word.endswith("\\;") else word


class Places:
    """Targets for places: ids where tmux has told them, else what is exact within one batch.

    `slots` are the windows' indexes where they had to be worked out. Without them the session is a new one whose
    windows take the next free index each, so that the newest one is the last one.
    """

    def __init__(self, known: Known, name: str) -> None:
        self.known = known
        self.slots: Sequence[int] = ()
        self._name = name

    def command(self, run: Run) -> Command:
        """The command with targets in the place of places."""
        words = tuple(
            self.target(word) if isinstance(word, Place) else as_argument(word) for word in run.words
        )
        pane = run.typed_into
        known = None if pane is None else self.pane_id(pane)
        if known is None:
            return words
        # As tmuxp, which looks at no error of send-keys: what was typed before may have ended the pane.
        return ("if-shell", "-F", "-t", known, "#{pane_id}", _text([words]))

    def pane_id(self, place: Place) -> str | None:
        """The pane's id, as far as it is known."""
        if place.window is None or place.pane is None:
            return None
        return self.known.panes.get((place.window, place.pane))

    def target(self, place: Place) -> str:
        """What to give to `-t`."""
        session = f"{self.known.session or '=' + self._name}:"
        if place.index is not None:
            return session + (place.index or self._free(place))
        if place.own:
            return self.known.own or session
        if place.window is None:
            return session
        if place.pane is not None:
            pane = self.known.panes.get((place.window, place.pane))
            # A new pane is its window's active one.
            back = f".-{place.back}" if place.back else ""
            return pane or self._window(place.window, session) + back
        if place.current and place.window not in self.known.windows:
            return session
        return self._window(place.window, session)

    def _free(self, place: Place) -> str:
        # Said in full: should somebody's new window sit there by now, tmux refuses, and nothing is mistaken for ours.
        return str(self.slots[place.window]) if self.slots and place.window is not None else ""

    def _window(self, window: int, session: str) -> str:
        if window in self.known.windows:
            return self.known.windows[window]
        if self.slots:
            return f"{session}{self.slots[window]}"
        # The session's first window is its only one.
        return session + ("{end}" if window else "{start}")
