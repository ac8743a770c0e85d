"""Conversations that wait, told to tmux's status line."""

from collections.abc import Callable

from ocprov.cli.app import App


def told(app: App) -> Callable[[], None]:
    """What is called when the number of conversations that wait has changed: all servers' are shown.

    By a supervisor; and by whoever ends a server, or finds one ended, whose supervisor may have been killed.

    A tmux that does not run, or refuses, is no failure of the supervisor's; that it refuses is said once.
    """
    said: set[str] = set()

    def show() -> None:
        from ocprov.core import attention  # late: a supervisor is started often, and tells rarely
        from ocprov.errors import OcprovError
        from ocprov.opencode.heard import activity
        from ocprov.tmux.attention import set_source

        number = activity.waiting()
        try:
            set_source(app.server, attention.WAITING, f"?{number}" if number else "")
        except OcprovError as error:
            if error.message not in said:
                said.add(error.message)
                app.tell(f"how many conversations wait is not shown: {error.message}")

    return show
