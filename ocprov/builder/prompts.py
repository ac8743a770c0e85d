"""Waiting for the prompts of new shells, all at once."""

import time
from collections.abc import Collection

from libtmux.server import Server

from ocprov.builder.client import send
from ocprov.core import quoting

PATIENCE = 2.0
STEP = 0.05
_FORMAT = "#{pane_id} #{cursor_x},#{cursor_y}"


def wait(server: Server, panes: Collection[str]) -> None:
    """Return when the cursor of each pane has left its corner, or after the time that tmuxp gives one pane."""
    asked = quoting.line((("list-panes", "-a", "-F", _FORMAT),))
    waiting = set(panes)
    end = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        rows = (line.split(" ") for line in send(server, asked).out.splitlines())
        blank = {row[0] for row in rows if row[1:] == ["0,0"]}
        # A pane that is gone is not waited for.
        waiting &= blank
        if waiting:
            time.sleep(STEP)
