"""`ocprov chat new`: begin a conversation."""

from pathlib import Path

import click

from ocprov.cli.chatting import begun, model_options, run, server_option
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope


@click.command("new")
@server_option
@click.option("--title", default="", metavar="TEXT", help="what it is called  [default: OpenCode finds one]")
@model_options
@json_option
def command(directory: Path, title: str, model: str, agent: str, as_json: bool) -> None:
    """Begin a conversation on the server of a directory, and print its id."""

    async def made() -> tuple[str, str, str]:
        async with begun(directory, title, model, agent) as conversation:
            known = conversation.server.record
            return conversation.id, known.name, known.directory

    name, server, where = run(made())
    found = {"id": name, "server": server, "directory": where}
    click.echo(envelope("chat new", found) if as_json else name)
