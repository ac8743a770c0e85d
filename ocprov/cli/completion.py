"""`ocprov completion`: completion for bash, zsh and fish."""

import os
from collections.abc import Sequence
from typing import cast

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.completion import install as installing
from ocprov.completion.place import place
from ocprov.completion.scripts import SHELLS, Shell, script
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED, ConflictError, OcprovError
from ocprov.persistence.edit import Change

_DONE = {"create": "created", "replace": "changed", "remove": "removed", "none": "unchanged"}
_WOULD = {"create": "would create", "replace": "would change", "remove": "would remove", "none": "unchanged"}


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS), metavar="[bash|zsh|fish]")
@click.option("--install", "to_install", is_flag=True, help="write it where the shell finds it")
@click.option(
    "--uninstall", "to_uninstall", is_flag=True, help="take it away; of every shell, if none is named"
)
@click.option("-n", "--dry-run", is_flag=True, help="only say what would change; exit 3 when something would")
@wait_option
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    shell: Shell | None,
    to_install: bool,
    to_uninstall: bool,
    dry_run: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Print the script that completes ocprov's commands, layouts, windows and variables, or install it.

    Without a shell named it is for the one that this was called from. The script starts nothing when the shell
    starts, and says nothing when ocprov is gone.
    """
    if to_install and to_uninstall:
        raise click.UsageError("--install and --uninstall exclude each other.")
    if not (to_install or to_uninstall):
        _print(shell or _called_from(), as_json=as_json, dry_run=dry_run)
        return
    if to_install:
        chosen = shell or _called_from()
        done = installing.install(chosen, dry_run=dry_run, wait=wait, blocked=lambda: _waits(app))
    else:
        chosen = None
        shells = (shell,) if shell else SHELLS
        done = installing.uninstall(shells, dry_run=dry_run, wait=wait, blocked=lambda: _waits(app))
    _refuse_conflict(done)
    _show(app, done, chosen, dry_run=dry_run, as_json=as_json)
    if dry_run and _changed(done):
        ctx.exit(NOT_AS_WANTED)


def _print(shell: Shell, *, as_json: bool, dry_run: bool) -> None:
    if dry_run:
        raise click.UsageError("--dry-run goes with --install or --uninstall.")
    if as_json:
        click.echo(envelope("completion", {"shell": shell, "script": script(shell)}))
    else:
        click.echo(script(shell), nl=False)


def _waits(app: App) -> None:
    app.tell("waiting for another ocprov")


def _called_from() -> Shell:
    """The shell that this was called from, else the login shell; OcprovError when it is none of ours."""
    import shellingham  # type: ignore[import-untyped] # it has no py.typed

    try:
        name = shellingham.detect_shell()[0]
    except (shellingham.ShellDetectionFailure, OSError):
        name = ""
    for found in (name, os.environ.get("SHELL", "").rpartition("/")[2]):
        if found in SHELLS:
            return cast("Shell", found)
    shown = printable(name or os.environ.get("SHELL", "")) or "the shell that this was called from"
    raise OcprovError(
        f"there is no completion for {shown}", f"name one: ocprov completion {'|'.join(SHELLS)}"
    )


def _refuse_conflict(done: Sequence[Change]) -> None:
    for change in done:
        if change.action == "conflict":
            shown = printable(str(change.path))
            raise ConflictError(
                f"{shown} is in the way: {change.reason}", f"nothing was touched; look at it: {shown}"
            )


def _show(app: App, done: Sequence[Change], shell: Shell | None, *, dry_run: bool, as_json: bool) -> None:
    advice = place(shell).advice if shell else ""
    shown = [change for change in done if shell or change.action != "none"]
    if as_json:
        files = [
            {"path": str(one.path), "action": one.action, "backup": str(one.backup) if one.backup else None}
            for one in shown
        ]
        data = {
            "shell": shell,
            "changed": _changed(done),
            "dry_run": dry_run,
            "files": files,
            "advice": advice or None,
        }
        click.echo(envelope("completion", data))
        return
    for one in shown:
        kept = f"; what it held is in {one.backup}" if one.backup else ""
        click.echo(printable(f"{(_WOULD if dry_run else _DONE)[one.action]} {one.path}{kept}"))
    if not shown:
        click.echo("nothing to remove: no completion of ocprov's is installed")
    if advice:
        app.tell(advice)
    if shell and _changed(done) and not dry_run:
        app.tell(f"a new {shell} has it")


def _changed(done: Sequence[Change]) -> bool:
    return any(change.action != "none" for change in done)
