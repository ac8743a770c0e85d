"""`ocprov ls`: list layouts and what is live."""

import os
from pathlib import Path

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.hosts_options import hosts_options
from ocprov.cli.output import envelope, table
from ocprov.layout import project
from ocprov.layout.source import Source, find, sources
from ocprov.tmux import live


@click.command("ls")
@click.argument("layout", required=False, shell_complete=complete_names.layouts)
@hosts_options
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    layout: str | None,
    hosts: tuple[str, ...],
    inventory: Path | None,
    as_json: bool,
) -> None:
    """List the layouts that up knows and the sessions of each that are live; of LAYOUT, its variables.

    With --host or --inventory those of other machines, over ssh; exit 1 when none answered.
    """
    if hosts or inventory:
        from ocprov.cli import ls_hosts

        if layout:
            raise click.UsageError("--host and --inventory go without LAYOUT.")
        ctx.exit(ls_hosts.ls(hosts, inventory, as_json=as_json))
    if layout:
        _variables(layout, as_json=as_json)
        return
    server = app.server
    sessions = live.ours(server)
    rows = [
        (
            source,
            [session.name for session in live.named(server, sessions, source.alias)]
            if not source.shadowed
            else [],
        )
        for source in _sources()
    ]
    if as_json:
        click.echo(envelope("ls", {"layouts": [_data(source, names) for source, names in rows]}))
        return
    for line in table([_row(source, names) for source, names in rows]):
        click.echo(line)


def _sources() -> tuple[Source, ...]:
    """Every layout, and that of the project that we are in."""
    own = project.there(os.getcwd())  # noqa: PTH109 # as a text
    return sources() if own is None else (*sources(), own)


def _row(source: Source, names: list[str]) -> tuple[str, ...]:
    if source.alias == project.ALIAS and source.path.name == project.FILE:
        why = "ocprov trust shows it and asks" if source.problem else source.description
        return (source.alias, *_live(names), "this project's", why)
    origin = "yours" if source.user else "shipped"
    if source.shadowed:
        origin = "shipped, yours wins"
    description = f"broken: ocprov check {source.alias}" if source.problem else source.description
    return (source.alias, *_live(names), origin, description)


def _live(names: list[str]) -> tuple[str, ...]:
    return (f"{len(names)} live" if names else "-",)


def _variables(layout: str, *, as_json: bool) -> None:
    from ocprov.layout.render import inherited

    variables = inherited(find(layout).path)
    if as_json:
        entries = [
            {"name": name, "type": one.kind, "default": one.default, "help": one.help}
            for name, one in variables.items()
        ]
        click.echo(envelope("ls", {"layout": layout, "variables": entries}))
        return
    for line in table([(name, f"[{one.default}]", one.help) for name, one in variables.items()]):
        click.echo(line)


def _data(source: Source, names: list[str]) -> dict[str, object]:
    return {
        "alias": source.alias,
        "description": source.description,
        "path": str(source.path),
        "user": source.user,
        "shadowed": source.shadowed,
        "problem": source.problem.message if source.problem else None,
        "live": names,
    }
