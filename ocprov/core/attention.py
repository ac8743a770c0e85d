"""What calls for attention, as a few characters for the status line: composed by tmux itself, from options of ours.

Each source is a global option. Whoever changes one, or the state of a pane, sends `COMPOSE` after it: no process looks
at an interval, and what is shown is always made of everything there is.
"""

from ocprov.core.observed import PANE_TAG, SESSION_TAG, STATE_TAG

Command = tuple[str, ...]

# What the status line shows, such as `!2 $105% ?1`; empty when nothing calls.
ATTENTION = "@ocprov_attention"

# Its sources: a mark for each window of ours that `up` would run something again in; the texts of costs (`$105%`) and
# of conversations that wait (`?1`), empty or not set when there is nothing to say.
EXITED = "@ocprov_exited"
COST = "@ocprov_cost"
WAITING = "@ocprov_waiting"

# As core.condition: ended with another code than 0, or dead and kept on show.
_FAILED = f"#{{m:exited * [1-9]* *,#{{{STATE_TAG}}}}}"
_DEAD = f"#{{&&:#{{{PANE_TAG}}},#{{pane_dead}}}}"
_PANE = f"#{{?#{{||:{_FAILED},{_DEAD}}},x,}}"

# Sessions with the tag alone: one that is grouped with ours has the same windows.
_MARKS = f"#{{S:#{{?{SESSION_TAG},#{{W:#{{?#{{P:{_PANE}}},x,}}}},}}}}"
_TEXT = (
    f"#{{?{EXITED},!#{{n:{EXITED}}},}}"
    f"#{{?{COST},#{{?{EXITED}, ,}}#{{{COST}}},}}"
    f"#{{?{WAITING},#{{?#{{||:#{{{EXITED}}},#{{{COST}}}}}, ,}}#{{{WAITING}}},}}"
)

# Measured from tmux 3.2 to 3.5: 4 to 7 ms for 50 sessions of 6 windows, and nothing to speak of for a few.
COMPOSE: tuple[Command, ...] = (
    ("set-option", "-gF", EXITED, _MARKS),
    ("set-option", "-gF", ATTENTION, _TEXT),
)


def compose() -> Command:
    """The words for one tmux client that compose the attention anew, to follow a `;`."""
    first, second = COMPOSE
    return (*first, ";", *second)


def shown(text: str) -> str:
    """`text` as it may stand in a status line: one line, and no `#`, which would begin a style there."""
    return "".join(char for char in text if char.isprintable() and char != "#").strip()
