"""`ocprov deploy`: ocmonitor's config to its place."""

from pathlib import Path

import click
from click.core import ParameterSource

from ocprov.cli import deploy_source, deploying, show_deploy
from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.deploy_source import Source
from ocprov.cli.output import envelope
from ocprov.configfile import target as targets
from ocprov.configfile.change import Change, Manner
from ocprov.configfile.plan import Answers
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import NOT_AS_WANTED
from ocprov.settings.read import read
from ocprov.settings.values import Settings

_GIVEN = "--source"


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of the command: how to go about it, and how to answer."""

    app: App
    manner: Manner
    diff: bool
    check: bool
    as_json: bool


@click.command("deploy")
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="deploy this TOML file  [default: deploy.source of config.toml, else ocmonitor.config.toml beside it, else the shipped one]",
)
@click.option("--symlink/--copy", default=None, help="a link to the source, or a copy of it  [default: copy]")
@click.option(
    "-n",
    "--dry-run",
    is_flag=True,
    help="only say what would change; exit 3 when something would, 4 for a conflict",
)
@click.option(
    "--diff", is_flag=True, help="as --dry-run, and show the difference; values of secrets are masked"
)
@click.option("--check", is_flag=True, help="as --dry-run, and say nothing but a conflict")
@click.option("--force", is_flag=True, help="replace also what you edited; a backup of it is kept")
@click.option(
    "--keep", is_flag=True, help="keep what you edited, and say no more of it until the source changes"
)
@click.option("--follow", is_flag=True, help="write also through a link that leads out of your home")
@click.option(
    "--rollback",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=1,
    metavar="[N]",
    help="go back to the newest backup, or the Nth newest",
)
@wait_option
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    source: Path | None,
    symlink: bool | None,
    dry_run: bool,
    diff: bool,
    check: bool,
    force: bool,
    keep: bool,
    follow: bool,
    rollback: int | None,
    wait: int,
    as_json: bool,
) -> None:
    """Put ocmonitor's config in its place, ~/.config/ocmonitor/config.toml.

    A file that you edited, or that ocprov did not put there, is left as it is and the difference shown (exit 4).
    """
    _refuse_together(force=force, keep=keep, rollback=rollback is not None)
    settings = read()
    manner = Manner(
        dry_run=dry_run or diff or check,
        answers=Answers(force, keep, follow),
        backups=settings.whole("deploy.backups"),
        wait=wait,
        blocked=lambda: app.tell("waiting for another ocprov deploy"),
    )
    run = _Run(app, manner, diff, check, as_json)
    if rollback is not None:
        _refuse_together(rollback=True, source=source is not None and _origin(ctx) == _GIVEN)
        from ocprov.configfile.rollback import rollback as back

        change = back(targets.standard(), rollback, manner)
        _answer(ctx, run, change, Source(Path(f"backup {rollback}"), "rollback"), ())
        return
    found = deploy_source.find(source, _origin(ctx), settings)
    raw = deploy_source.read(found)
    change, filled = deploying.deploy(found, raw, manner, link=_form(symlink, settings))
    _answer(ctx, run, change, found, filled)


def _answer(ctx: click.Context, run: _Run, change: Change, source: Source, filled: tuple[str, ...]) -> None:
    """Say what happened, and exit as the contract has it."""
    conflict = change.action == "conflict"
    dry_run = run.manner.dry_run
    name = str(source.path)
    shown = show_deploy.diff(change, name) if run.diff or (conflict and not dry_run) else []
    _tell(run, change, source, filled)
    if run.as_json:
        about = {"source": name, "source_origin": source.origin, "filled": filled}
        click.echo(envelope("deploy", show_deploy.data(change, dry_run=dry_run, shown=shown) | about))
    elif shown:
        click.echo("\n".join(show_deploy.painted(shown)))
    elif not run.check and not conflict:
        click.echo(show_deploy.line(change, name, dry_run=dry_run))
    if conflict:
        raise show_deploy.conflict(change, _again(source))
    if dry_run and show_deploy.changes(change):
        ctx.exit(NOT_AS_WANTED)


def _tell(run: _Run, change: Change, source: Source, filled: tuple[str, ...]) -> None:
    for warning in change.warnings:
        run.app.tell(printable(warning))
    run.app.whisper(printable(f"source: {source.path} ({source.origin})"))
    if filled and source.origin != "shipped" and show_deploy.changes(change):
        run.app.tell(f"filled in, as the source does not give them in full: {', '.join(filled)}")


def _again(source: Source) -> str:
    """The options that mean the same source."""
    if source.origin != _GIVEN:
        return ""
    from shlex import join

    return join(["--source", str(source.path)])


def _form(link: bool | None, settings: Settings) -> bool:
    return settings.flag("deploy.symlink") if link is None else link


def _origin(ctx: click.Context) -> str:
    told = ctx.get_parameter_source("source") == ParameterSource.ENVIRONMENT
    return "environment OCPROV_DEPLOY_SOURCE" if told else _GIVEN


def _refuse_together(**given: bool) -> None:
    names = [f"--{name}" for name, value in given.items() if value]
    if len(names) > 1:
        raise click.UsageError(f"{' and '.join(names)} exclude each other.")
