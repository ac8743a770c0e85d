"""`ocprov tmux-conf`: the lines for tmux.conf, keys and all, printed or included."""

import os
import shlex
from pathlib import Path

import click

from ocprov import itself, state
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.core.names import printable
from ocprov.errors import NOT_AS_WANTED, ConflictError, OcprovError
from ocprov.persistence import conf, include, keys, lines
from ocprov.persistence.edit import Change
from ocprov.persistence.include import Outcome
from ocprov.settings.read import read

_DONE = {
    "create": "created {path}",
    "replace": "changed {path}",
    "remove": "removed {path}",
    "none": "unchanged {path}",
    "conflict": "conflict {path}",
}
_WOULD = {
    "create": "would create {path}",
    "replace": "would change {path}",
    "remove": "would remove {path}",
    "none": "unchanged {path}",
    "conflict": "conflict {path}",
}


@click.command("tmux-conf")
@click.option("--install", is_flag=True, help="write the lines, and have your tmux.conf read them")
@click.option("--uninstall", is_flag=True, help="take away what --install wrote")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="the tmux.conf to use  [default: the one that runs the plugins]",
)
@click.option("-n", "--dry-run", is_flag=True, help="only say what would change; exit 3 when something would")
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    install: bool,
    uninstall: bool,
    file: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Print the lines for tmux.conf: keys, and what brings windows back after tmux-resurrect restored them.

    What the keys are is in config.toml, section keys; `ocprov config show` tells it.

    With --install they go to ocprov's own file, and your tmux.conf gets one line that reads it, in a marked block.
    """
    if install and uninstall:
        raise click.UsageError("--install and --uninstall exclude each other.")
    if (file or dry_run) and not (install or uninstall):
        raise click.UsageError("--file and --dry-run go with --install or --uninstall.")
    if not uninstall:
        refuse_untypable()
    if not (install or uninstall):
        _print(as_json)
        return
    flags = _flags(app) if install else ()  # a wrong -L or -S is refused before anything is touched
    outcome = _edit(app, install=install, file=file, dry_run=dry_run)
    if as_json:
        click.echo(envelope("tmux-conf", data(outcome, dry_run=dry_run)))
    refuse_conflict(outcome)
    if not as_json:
        _show(outcome, installed=install, dry_run=dry_run)
    _hint(app, outcome, flags, installed=install, dry_run=dry_run)
    if dry_run and outcome.changed:
        ctx.exit(NOT_AS_WANTED)


def refuse_untypable() -> None:
    """OcprovError when a launcher's path cannot be typed into a shell as resurrect does it, without quotes."""
    where = state.state_dir()
    if not conf.typed_as_it_is(str(where)):
        raise OcprovError(
            f"tmux-resurrect cannot type what is in {where}: it does not quote",
            "set XDG_STATE_HOME to a directory of letters, digits and . _ / @ % + = : , - alone",
        )


def refuse_conflict(outcome: Outcome) -> None:
    """ConflictError when a file is in the way."""
    for change in outcome.changes:
        if change.action == "conflict":
            way = (
                "move it away"
                if change.path == include.path()
                else "remove what is left of ocprov's block in it"
            )
            raise ConflictError(
                f"{change.path} is in the way: {change.reason}",
                f"nothing was touched; {way}, then run this again",
            )


def line(change: Change, *, dry_run: bool) -> str:
    """One line that says what happened to a file."""
    path = f"{change.path}" if change.path == change.real else f"{change.path} (that is {change.real})"
    kept = f" (what it held: {change.backup})" if change.backup else ""
    why = f" ({change.reason})" if change.reason else ""
    return printable((_WOULD if dry_run else _DONE)[change.action].format(path=path) + kept + why)


def data(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    """What `--json` says about an installation, or its end."""
    return {
        "changed": outcome.changed,
        "dry_run": dry_run,
        "place_known": outcome.place_known,
        "files": [
            {
                "path": str(change.path),
                "realpath": str(change.real),
                "action": change.action,
                "reason": change.reason or None,
                "backup": str(change.backup) if change.backup else None,
            }
            for change in outcome.changes
        ],
    }


def _flags(app: App) -> tuple[str, ...]:
    """The flags for the tmux server that was named; none where none was, as for tmux itself."""
    return app.server.flags if app.socket_name or app.socket_path else ()


def _ocprov() -> tuple[str, ...]:
    """The call of this ocprov, with what the server's environment may lack: where the state directory is."""
    told = os.environ.get("XDG_STATE_HOME", "")
    return (*(("/usr/bin/env", f"XDG_STATE_HOME={told}") if told.startswith("/") else ()), *itself.command())


def _lines() -> str:
    return lines.text(keys.of(read()), _ocprov())


def _print(as_json: bool) -> None:
    text = _lines()
    # Bytes: the path of ocprov need not be text.
    click.echo(envelope("tmux-conf", {"text": text}) if as_json else os.fsencode(text), nl=as_json)


def _edit(app: App, *, install: bool, file: Path | None, dry_run: bool) -> Outcome:
    def blocked() -> None:
        app.tell("waiting for another ocprov")

    if install:
        return include.install(_lines(), file=file, dry_run=dry_run, blocked=blocked)
    return include.uninstall(file=file, dry_run=dry_run, blocked=blocked)


def _show(outcome: Outcome, *, installed: bool, dry_run: bool) -> None:
    if installed or outcome.changed or any(change.reason for change in outcome.changes):
        for change in outcome.changes:
            click.echo(line(change, dry_run=dry_run))
    else:
        click.echo("nothing is installed")


def _hint(app: App, outcome: Outcome, flags: tuple[str, ...], *, installed: bool, dry_run: bool) -> None:
    if not outcome.place_known:
        app.tell(
            "not sure where the plugins are run: the block is at the end; it belongs before that line, "
            "and stays where you move it"
        )
    if installed and outcome.changed and not dry_run:
        source = shlex.join(["tmux", *flags, "source-file", str(include.path())])
        doctor = shlex.join(["ocprov", *flags, "doctor"])
        app.tell(f"a tmux that runs reads it with: {source}; {doctor} tells whether it did")
        bound = "; ".join(f"{key} {keys.DOES[name]}" for name, key in keys.of(read()).keys)
        if bound:
            app.tell(f"keys after tmux's prefix, where they were free: {bound}")
    if not installed and outcome.changed and not dry_run:
        app.tell("a tmux that runs keeps what it has read, keys too, until it ends")
    if not installed and len(outcome.changes) == 1 and outcome.changed:
        app.tell("no tmux.conf has ocprov's block; if one that you named with --file has, name it again")
