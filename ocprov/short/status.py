"""`ocprov status` of what is live."""

import time

from ocprov.cli import show_status, status_more, terminal
from ocprov.errors import NOT_AS_WANTED
from ocprov.short.arguments import Call
from ocprov.tmux import live
from ocprov.tmux.client import server


def run(call: Call) -> int | None:
    """Print the status; None, and nothing printed, where a layout is not live and so has to be rendered."""
    found = live.statuses(server(call.socket_name, call.socket_path), call.names)
    if any(layout and not there for layout, there in found):
        return None
    sessions = [session for _, there in found for session in there]
    more = status_more.more(waits=call.waits, costs=False)
    answer = show_status.answer(sessions, int(time.time()), as_json=call.as_json, more=more)
    terminal.echo(answer, plain=terminal.no_color(call.no_color))
    return NOT_AS_WANTED if call.exit_code and not all(one.as_wanted for one in sessions) else 0
