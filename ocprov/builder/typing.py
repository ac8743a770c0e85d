"""What is typed into a pane, as tmuxp types it."""

import re
from collections.abc import Iterator

from ocprov.builder.steps import Config, Log, Pause, Place, Run, Step

# Seconds: about two tmux clients of tmuxp's classic builder.
KEY_WAIT = 0.05
# A Ctrl key as tmux names it.
_CONTROL = re.compile(r"(?:[ms]-)*c-(?:[cms]-)*\S|\^\S", re.IGNORECASE)


def typed_in(number: int, pane: int, window: Config, config: Config) -> Iterator[Step]:
    """The pane's commands; `enter` and the sleeps of one hold for those after it, as in tmuxp."""
    place = Place(number, pane)
    lead = " " if config.get("suppress_history", window.get("suppress_history", True)) else ""
    enter = config.get("enter", True)
    before, after = config.get("sleep_before"), config.get("sleep_after")
    for command in config["shell_command"]:
        enter = command.get("enter", enter)
        before, after = command.get("sleep_before", before), command.get("sleep_after", after)
        yield from _pause(before)
        if not lead and _CONTROL.fullmatch(str(command["cmd"])):
            # A terminal that is sent C-c, C-z or C-\ drops what has been typed and not been read yet.
            yield Pause(KEY_WAIT)
        # Not `-l`: without the leading space a name of a key is that key, in tmuxp and so here.
        yield Log("sent command %s", str(window.get("window_name") or ""), place, (str(command["cmd"]),))
        yield Run(("send-keys", "-t", place, "--", lead + str(command["cmd"])), place)
        if enter:
            yield Run(("send-keys", "-t", place, "Enter"), place)
        yield from _pause(after)


def _pause(seconds: float | None) -> Iterator[Step]:
    if seconds:
        yield Pause(seconds)
