"""`ocprov chat shell`: run a line of shell in a conversation."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocprov.cli.app import App
from ocprov.cli.chatting import id_argument, near_option, talk
from ocprov.cli.context import json_option
from ocprov.cli.output import counted, envelope
from ocprov.cli.prompting import told_to_go_on
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.picker.text import tame

if TYPE_CHECKING:
    from ocprov.opencode.conversation import Conversation
    from ocprov.opencode.talk.shell import Ran


@click.command("shell", context_settings={"allow_interspersed_args": False})
@id_argument
@click.argument("line", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--agent", default="build", show_default=True, metavar="NAME", help="in whose name")
@near_option
@json_option
@click.pass_obj
def command(
    app: App, conversation: str, line: tuple[str, ...], agent: str, directory: Path | None, as_json: bool
) -> None:
    """Run LINE in the conversation's directory; the exit code is the line's own.

    One word is a line as a shell reads it ('make test | tail'); several are a command and its arguments, each as it is
    (make test), unlike ssh's. All behind ID is LINE: options come before. The conversation sees what it printed; of more
    than 1 MiB the middle is left out.
    """
    written = _line(line)

    async def ask(asked: "Conversation") -> "Ran":
        return await asked.shell(written, agent)

    try:
        ran = talk(conversation, directory, ask)
    except KeyboardInterrupt:
        told_to_go_on(app, conversation)
        raise
    if as_json:
        click.echo(envelope("chat shell", {"exit": ran.code, "output": ran.output, "cut": ran.cut}))
    else:
        click.echo(_shown(ran.output), nl=False)
        if ran.cut:
            app.tell(f"{counted(ran.cut, 'byte')} of the output left out")
    if ran.code is None:
        raise OcprovError("it was stopped before it ended", f"ocprov chat show {conversation}")
    sys.exit(ran.code)


def _line(words: tuple[str, ...]) -> str:
    """What a shell is to read."""
    if words[0].startswith("-") and words[0] != "--":
        raise click.UsageError(f"Options come before ID, and {printable(words[0])} is behind it.")
    line = words[1:] if words[0] == "--" else words
    if not "".join(line).strip():
        raise click.UsageError("There is nothing to run: LINE is empty.")
    return line[0] if len(line) == 1 else shlex.join(line)


def _shown(output: str) -> str:
    """As it is where nobody looks; to a terminal colours alone."""
    shown = tame(output) if sys.stdout.isatty() else output
    return shown if not shown or shown.endswith("\n") else f"{shown}\n"
