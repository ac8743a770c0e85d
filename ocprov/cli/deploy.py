"""`ocprov deploy`: ocmonitor's config to its place."""

import shlex
from pathlib import Path

import click

from ocprov import resources
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.configfile import target as targets
from ocprov.configfile.install import Change, deploy
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED, ConflictError

_DONE = {
    "create": "created {real}",
    "replace": "replaced {real} (what it held: {backup})",
    "adopt": "unchanged {real} (now recorded as deployed)",
    "chmod": "changed the mode of {real}: only you can write to it now",
    "none": "unchanged {real}",
    "conflict": "conflict {real}",
}
_WOULD = {
    "create": "would create {real}",
    "replace": "would replace {real}",
    "adopt": "unchanged {real}",
    "chmod": "would change the mode of {real}: any user can write to it",
    "none": "unchanged {real}",
    "conflict": "conflict {real}",
}


@click.command("deploy")
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="deploy this TOML file instead of the shipped one",
)
@click.option(
    "-n",
    "--dry-run",
    is_flag=True,
    help="only say what would change; exit 3 when something would",
)
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, source: Path | None, dry_run: bool, as_json: bool) -> None:
    """Put ocmonitor's config in its place, ~/.config/ocmonitor/config.toml.

    A file that you edited, or that ocprov did not put there, is left as it is (exit 4).
    """
    source = source or resources.shipped("deploy") / "ocmonitor.config.toml"
    change = deploy(
        source,
        targets.standard(),
        dry_run=dry_run,
        blocked=lambda: app.tell("waiting for another ocprov deploy"),
    )
    if change.warning:
        app.tell(printable(change.warning))
    if as_json:
        click.echo(envelope("deploy", data(change, dry_run=dry_run)))
    if change.action == "conflict":
        raise conflict(change, source)
    if not as_json:
        click.echo(line(change, dry_run=dry_run))
    if dry_run and changes(change):
        ctx.exit(NOT_AS_WANTED)


def changes(change: Change) -> bool:
    """Whether the file is, or would be, another one than before."""
    return change.action in ("create", "replace", "chmod")


def line(change: Change, *, dry_run: bool) -> str:
    """One line that says what happened to which path."""
    sentence = (_WOULD if dry_run else _DONE)[change.action]
    return printable(sentence.format(real=change.real, backup=change.backup))


def conflict(change: Change, source: Path) -> ConflictError:
    """The refusal, with the way to look at both files."""
    look = shlex.join(["diff", str(change.real), str(source)])
    hint = f"nothing was touched; compare with `{look}`, then keep yours, or move it away and deploy again"
    return ConflictError(f"{change.real} is in the way: {change.reason}", hint)


def data(change: Change, *, dry_run: bool) -> dict[str, object]:
    """What `--json` says about a change."""
    return {
        "path": str(change.target),
        "realpath": str(change.real),
        "action": change.action,
        "changed": changes(change),
        "dry_run": dry_run,
        "reason": change.reason,
        "backup": str(change.backup) if change.backup else None,
        "sha_old": change.sha_old or None,
        "sha_new": change.sha_new,
        "warning": change.warning or None,
    }
