"""`ocprov clean`: remove old launchers, logs, backups and records."""

from pathlib import Path

import click

from ocprov.cleaning.clean import Limits, Outcome
from ocprov.cleaning.clean import clean as clean_up
from ocprov.cleaning.demo import Demo
from ocprov.cleaning.item import Item, Left
from ocprov.cli import demo
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import counted, envelope, table
from ocprov.cli.wanted import demo_directory
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED, OcprovError
from ocprov.settings.read import read
from ocprov.state import home


@click.command("clean")
@click.option(
    "-n", "--dry-run", is_flag=True, help="only list what would be removed; exit 3 when something would"
)
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, dry_run: bool, as_json: bool) -> None:
    """Remove what is old and ocprov's own, and nothing that somebody may want back.

    That is: launchers of sessions that are neither live nor in a save of tmux-resurrect; logs older than
    clean.days; backups beyond deploy.backups; plans that hold no longer; sample data when no demo is live; what
    killed runs left; temporary files of OpenCode servers that do not run, and the records of those whose directory is
    gone. What cannot be told stays. Locks stay, and conversations.
    """
    settings = read()
    limits = Limits(settings.whole("clean.days"), settings.whole("deploy.backups"))
    outcome = clean_up(app.server, limits, Demo(demo_directory(), demo.SESSION), dry_run=dry_run)
    if as_json:
        click.echo(envelope("clean", _data(outcome, dry_run)))
    else:
        _show(app, outcome, dry_run)
    if outcome.failed:
        first = outcome.failed[0]
        raise OcprovError(
            f"{printable(str(first.path))}: {printable(first.why)}{_more(len(outcome.failed) - 1)}",
            f"look at it: ls -ld {printable(str(first.path))}",
        )
    if dry_run and outcome.removed:
        ctx.exit(NOT_AS_WANTED)


def _show(app: App, outcome: Outcome, dry_run: bool) -> None:
    if outcome.removed:
        rows: list[tuple[str, ...]] = [
            (one.kind, _bytes(one.size), printable(f"{_short(one.path)}: {one.why}"))
            for one in outcome.removed
        ]
        for line in table(rows):
            click.echo(line)
    total = sum(one.size for one in outcome.removed)
    verb = "would remove" if dry_run else "removed"
    things = f"{verb} {counted(len(outcome.removed), 'thing')}, {_bytes(total)}"
    click.echo(things if outcome.removed else "nothing to remove")
    for left in outcome.left:
        (app.whisper if left.needed else app.tell)(printable(f"left {_short(left.path)}: {left.why}"))


def _short(path: Path) -> str:
    """A path as people write it."""
    return f"~/{path.relative_to(home())}" if path.is_relative_to(home()) else str(path)


def _more(number: int) -> str:
    return f" (and {number} more)" if number else ""


def _bytes(size: int) -> str:
    """A size as people say it: `0 B`, `812 B`, `4.2 kB`, `13 MB`."""
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "B" and amount < 10 else f"{amount:.0f} {unit}"


def _data(outcome: Outcome, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "bytes": sum(one.size for one in outcome.removed),
        "removed": [_item(one) for one in outcome.removed],
        "left": [_left(one) for one in outcome.left],
        "failed": [_left(one) for one in outcome.failed],
    }


def _item(one: Item) -> dict[str, object]:
    return {"kind": one.kind, "path": str(one.path), "bytes": one.size, "why": one.why}


def _left(one: Left) -> dict[str, object]:
    return {"path": str(one.path), "why": one.why}
