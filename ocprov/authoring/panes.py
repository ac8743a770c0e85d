"""Declared panes and hooks, as a workspace writes them."""

from ocprov.core.desired import Hooks, Pane, Typed
from ocprov.core.rules import BLANK
from ocprov.core.workspace import EXTENSION

Values = dict[str, object]


def literal(command: str) -> str:
    """A word that tmuxp would take for no command at all, as a command."""
    return f"'{command}'" if command in BLANK else command


def declared(pane: Pane) -> Values:
    """What a pane was declared with, without its environment."""
    values: Values = {"shell": pane.program, EXTENSION: extension(pane)}
    if pane.typed:
        values["suppress_history"] = False  # where it was on, the blank is there
        values["shell_command"] = [_typed(typed) for typed in pane.typed]
    if pane.commands:
        commands = [literal(command) for command in pane.commands]
        values["shell_command"] = commands[0] if len(commands) == 1 else commands
    return {name: value for name, value in values.items() if value or value is False}


def extension(pane: Pane) -> Values:
    """What is declared of it by keys of ocprov's own."""
    given = {"restart": pane.restart, "shell": pane.shell, "notice": pane.notice, "launcher": pane.launcher}
    usual = {"restart": "prompt", "shell": "sh", "notice": "", "launcher": True}
    return {name: value for name, value in given.items() if value != usual[name]}


def _typed(typed: Typed) -> Values:
    return {
        "cmd": typed.text,
        "enter": typed.enter,
        "sleep_before": typed.sleep_before,
        "sleep_after": typed.sleep_after,
    }


def hooks(declared: Hooks) -> Values:
    """What is declared to run at moments of a session's life."""
    given = {"on_start": declared.on_start, "on_stop": declared.on_stop, "on_attach": declared.on_attach}
    return {name: list(lines) for name, lines in given.items() if lines}
