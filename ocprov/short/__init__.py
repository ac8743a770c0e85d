"""The short way: `up`, `attach`, `status` and `host` in their common forms, without Click and what else is slow to import.

Whatever it does not understand or cannot decide is for the long way, `ocprov.cli`, which says and does the same.
"""

import sys

from ocprov.errors import OcprovError
from ocprov.short.arguments import Call, parse


def run(argv: list[str]) -> int | None:
    """Run the command in `argv`, the program's name left out; its exit code, or None when nothing was done."""
    call = parse(argv)
    if call is None or not (_usual(sys.stdout) and _usual(sys.stderr)):
        return None
    try:
        return _told(call)
    except Exception as error:  # the last net, as of the long way
        from ocprov.cli import failure

        return failure.told(error)


def _told(call: Call) -> int | None:
    """Run the command; what goes wrong is said in two lines."""
    try:
        return _command(call)
    except OcprovError as error:
        from ocprov.cli import terminal

        plain = terminal.no_color(call.no_color)
        terminal.echo(terminal.failure(error.message, error.hint), err=True, plain=plain)
        return error.exit_code
    except KeyboardInterrupt:
        from ocprov.cli import terminal

        terminal.echo("interrupted", err=True)
        return 130


def _command(call: Call) -> int | None:
    if call.command == "up":
        return _up(call)
    if call.command == "host":
        from ocprov.short.host import run as host

        return host(call)
    if call.command == "attach":
        from ocprov.short.attach import run as attach

        return attach(call)
    from ocprov.short.status import run as status

    return status(call)


def _up(call: Call) -> int:
    """By the plan cache, or else with all that it takes but Click."""
    from ocprov.short.up import BUILT
    from ocprov.short.up import run as up

    code = up(call)
    if code is not None and code != BUILT:
        return code
    import gc

    # What is imported stays: looking through it again and again for garbage takes a twentieth of an `up`.
    gc.set_threshold(100_000)
    from ocprov.cli.app import App
    from ocprov.cli.bring_up import Request, bring_up

    asked = Request(call.names, call.settings, call.directory, detach=call.detach, built=code == BUILT)
    bring_up(App(call.socket_name, call.socket_path, call.quiet), asked)
    return 0


def _usual(stream: object) -> bool:
    """Whether a standard stream is UTF-8, or closed: to others Click writes in ways of its own."""
    return stream is None or getattr(stream, "encoding", "").lower() == "utf-8"
