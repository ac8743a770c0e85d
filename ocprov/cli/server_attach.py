"""`ocprov server attach`: OpenCode's own interface on a server."""

import sys
from pathlib import Path
from shlex import quote

import click

from ocprov.cli.app import App
from ocprov.cli.server_meant import dir_option, meant
from ocprov.core.names import printable
from ocprov.errors import OcprovError


@click.command("attach")
@dir_option
@click.option("--conversation", default="", metavar="ID", help="open that one")
@click.option("--stay", is_flag=True, help="wait for a server that does not run, again and again")
@click.option("--ensure", is_flag=True, help="start the server where it does not run")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPENCODE'S OPTIONS…]")
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    directory: Path | None,
    conversation: str,
    stay: bool,
    ensure: bool,
    options: tuple[str, ...],
) -> None:
    """Attach OpenCode's own interface to the server of a directory, once that is ready, for as long as it is there.

    It stays while the server is restarted, or at another port, with the conversation that was worked on. What follows `--` goes to `opencode attach` as it is.
    """
    import asyncio
    import time

    from ocprov.opencode.look import attaching, reachable, reopening

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise OcprovError(
            "there is no terminal to attach in", "run it in one; without one there is: ocprov chat"
        )
    place = meant("", directory)
    if ensure:
        _ensure(app, directory or Path.cwd())
    elif not stay and not place.record.exists():
        raise _never_started(directory or Path.cwd())
    words = (*(("--session", conversation) if conversation else ()), *options)
    shown, began = "", 0.0
    while True:
        known = asyncio.run(reachable.reachable(place, conversation, app.tell, stay=stay))
        shown = asyncio.run(reopening.again(known, words, shown, began)) if began else ""
        began = time.time()
        try:
            ctx.exit(attaching.attach(known, words, app.tell, shown))
        except attaching.EndedError:
            if not stay:
                raise


def _never_started(directory: Path) -> OcprovError:
    shown = printable(str(directory.absolute()))
    return OcprovError(
        f"no server of {shown} was started",
        f"ocprov server ensure --dir {quote(shown)}; or attach with --ensure",
    )


def _ensure(app: App, directory: Path) -> None:
    from ocprov.opencode.life.ensure import ensure
    from ocprov.opencode.spec import ServerSpec

    ensure(ServerSpec(directory), tell=app.tell, tmux=app.words)
