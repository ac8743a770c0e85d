"""`ocprov alert`: cost limits, said once when one is passed."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from ocprov.cli import show_alert
from ocprov.cli.app import WAIT, App
from ocprov.cli.context import json_option
from ocprov.cli.hosts_options import hosts_options
from ocprov.cli.watching import ended_properly, failure, paint, width
from ocprov.core.names import printable
from ocprov.core.value import replace
from ocprov.errors import NOT_AS_WANTED, OcprovError
from ocprov.settings.read import read
from ocprov.settings.values import Settings
from ocprov.watch import crossings, notifiers
from ocprov.watch.look import Look, asked, look, wanted
from ocprov.watch.period import Period

Given = Mapping[Period, float | None]
_DOLLARS = click.FloatRange(min=0)


@click.command("alert")
@click.option("--daily", type=_DOLLARS, metavar="USD", help="the limit for a day  [default: alert.daily]")
@click.option("--weekly", type=_DOLLARS, metavar="USD", help="the limit for a week  [default: alert.weekly]")
@click.option(
    "--monthly", type=_DOLLARS, metavar="USD", help="the limit for a month  [default: alert.monthly]"
)
@click.option(
    "--default-daily", type=_DOLLARS, default=0.0, metavar="USD", help="the limit for a day where none is set"
)
@click.option("--once", is_flag=True, help="look once, for cron; as without --every")
@click.option(
    "--every", type=click.IntRange(1, 86400), metavar="SECONDS", help="look again and again, until Ctrl-C"
)
@click.option("--test", "trial", is_flag=True, help="send a test through every notifier")
@click.option("-n", "--dry-run", is_flag=True, help="look, and tell and remember nothing; of hosts always")
@hosts_options
@json_option
@click.pass_obj
@click.pass_context
def command(
    ctx: click.Context,
    app: App,
    daily: float | None,
    weekly: float | None,
    monthly: float | None,
    default_daily: float,
    once: bool,
    every: int | None,
    trial: bool,
    dry_run: bool,
    hosts: tuple[str, ...],
    inventory: Path | None,
    as_json: bool,
) -> None:
    """Hold what OpenCode costs against limits, and say once when a step of one is passed.

    Exit 3 when a limit is passed, 1 when the costs are not known or a notifier failed. With --host or --inventory other
    machines are asked over ssh, each with its own limits where none is given here; nothing is said or kept there.
    """
    if every is not None and (once or trial or as_json or dry_run or hosts or inventory):
        raise click.UsageError(
            "--every goes without --once, --test, --dry-run, --host, --inventory and --json."
        )
    if trial and (dry_run or hosts or inventory):
        raise click.UsageError("--test goes without --dry-run, --host and --inventory.")
    given: Given = {"daily": daily, "weekly": weekly, "monthly": monthly}
    if hosts or inventory:
        from ocprov.cli import alert_hosts

        ctx.exit(alert_hosts.alert(given, default_daily, hosts, inventory, as_json=as_json))
    with ended_properly():
        if every is not None:
            _watch(app, given, default_daily, every)
        ctx.exit(
            _try(app, as_json=as_json)
            if trial
            else _once(app, given, default_daily, dry_run=dry_run, as_json=as_json)
        )


def _look(
    app: App,
    settings: Settings,
    given: Given,
    default_daily: float,
    warnings: list[str],
    *,
    dry_run: bool = False,
) -> Look:
    bounds = wanted(settings, given, default_daily)
    if dry_run:
        return asked(settings, bounds, warn=warnings.append)
    return look(
        settings,
        bounds,
        app.server,
        wait=WAIT,
        blocked=lambda: app.tell("waiting for another ocprov alert"),
        warn=warnings.append,
    )


def _once(app: App, given: Given, default_daily: float, *, dry_run: bool, as_json: bool) -> int:
    warnings: list[str] = []
    found = _look(app, read(), given, default_daily, warnings, dry_run=dry_run)
    for warning in warnings:
        app.tell(printable(warning))
    if as_json:
        click.echo(show_alert.data(found))
    else:
        click.echo("\n".join(show_alert.lines(found, width())))
        for said in found.said:
            (app.tell if said.told or said.failure else app.whisper)(show_alert.told(said))
    for problem in found.problems:
        click.echo(failure(problem), err=True)
    return NOT_AS_WANTED if found.passed else 1 if found.problems else 0


def _watch(app: App, given: Given, default_daily: float, every: int) -> NoReturn:
    """Look until Ctrl-C; what goes wrong is shown, and it goes on with the settings that were right last."""
    settings = read()
    wanted(settings, given, default_daily)
    last: Look | None = None
    paint(show_alert.screen(None, ("  asking what it is …",), every, datetime.now(), width()))
    while True:
        shown: list[str] = []
        try:
            settings = read()
        except OcprovError as error:
            shown.append(failure(error))
        found = _survived(app, settings, given, default_daily, shown)
        last = found or (last and replace(last, said=()))
        bell = "\a" if found and any(said.told for said in found.said) else ""
        paint(bell + show_alert.screen(last, shown, every, datetime.now(), width()))
        time.sleep(every)


def _survived(
    app: App, settings: Settings, given: Given, default_daily: float, shown: list[str]
) -> Look | None:
    """One look of many; what goes wrong is added to what is shown."""
    warnings: list[str] = []
    try:
        found = _look(app, settings, given, default_daily, warnings)
    except OcprovError as error:
        shown.append(failure(error))
        return None
    shown += [f"  {printable(warning)}" for warning in warnings]
    shown += map(failure, found.problems)
    return found


def _try(app: App, *, as_json: bool) -> int:
    """Send a test through each notifier that is asked for; the exit code."""
    asked = notifiers.wanted(read(), app.server)
    results = crossings.test(asked, date.today())
    if as_json:
        click.echo(show_alert.test_data(results))
    for result in results:
        if not as_json:
            click.echo(show_alert.tested(result))
        if result.failure:
            click.echo(failure(result.failure), err=True)
    return 0 if all(result.told for result in results) else 1
