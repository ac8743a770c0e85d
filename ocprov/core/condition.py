"""In what condition a pane of ours is, and whether `up` has to run it again."""

from ocprov.core.observed import Pane
from ocprov.core.value import dataclass

TYPE_CHECKING = False  # typing takes longer to import than the rest of core
if TYPE_CHECKING:
    from typing import Literal

    Word = Literal["running", "waiting", "exited", "stopped", "shell", "lost", "taken", "dead"]
else:
    Word = str


@dataclass(frozen=True, slots=True)
class Condition:
    """One word, and for what a launcher told: the exit code, and since when, in seconds of the epoch.

    `waiting` is the pause before a restart; `stopped` and `shell` are a person's choice; `lost` is a launcher that
    was killed and left an idle shell; `taken` is the same with something else running there; `dead` is a pane whose
    process is over and that tmux keeps on show.
    """

    word: Word
    code: int | None = None
    since: int | None = None


def condition(pane: Pane, *, launched: bool) -> Condition:
    """The condition of a pane; `launched` is whether a launcher is meant to run in it."""
    if pane.dead:
        return Condition("dead")
    state = pane.state
    if state is not None and state.told == "plain":
        return Condition("running")
    if not launched or state is None:
        return Condition("running") if not launched or pane.launcher == "alive" else _without_launcher(pane)
    if state.told != "shell" and pane.launcher != "alive":
        return _without_launcher(pane)
    word: Word = state.told  # type: ignore[assignment] # "plain" is dealt with above
    return Condition(word, state.code, state.since)


def _without_launcher(pane: Pane) -> Condition:
    return Condition("lost" if pane.launcher == "idle" else "taken")


def why_again(now: Condition) -> str:
    """Why `up` runs a pane's command again, or an empty string when it leaves the pane alone."""
    match now.word:
        case "exited":
            return f"ended with {now.code}" if now.code else ""
        case "lost":
            return "its launcher is gone"
        case "dead":
            return "its process is over"
        case _:
            return ""
