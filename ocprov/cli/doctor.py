"""`ocprov doctor`: what would stop ocprov from working, and its fix."""

from dataclasses import asdict

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope, table
from ocprov.core.names import printable
from ocprov.doctor import persistence, plans
from ocprov.doctor.check import Check


@click.command("doctor")
@click.option("--fix", is_flag=True, help="mend what can be mended by itself")
@wait_option
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, fix: bool, wait: float, as_json: bool) -> None:
    """Look for what would stop ocprov from working, each with its fix; exit 1 when something fails.

    It tells too which plans are cached, and why one is not.

    Nothing is changed without --fix, which makes tmux-resurrect's broken last save lead to the newest good one.
    """
    server = app.server
    report = persistence.fix(server, wait=wait, tell=app.tell) if fix else persistence.report(server)
    checks = (*report.checks, *plans.report(server))
    if fix and not report.fixed:
        app.tell("nothing here that --fix can mend")
    if as_json:
        click.echo(envelope("doctor", {"checks": [asdict(check) for check in checks], "fixed": report.fixed}))
    else:
        for line in (
            *(f"fixed: {line}" for line in report.fixed),
            *_lines(checks),
            _counts(checks),
        ):
            click.echo(line)
    if any(check.state == "fail" for check in checks):
        ctx.exit(1)


def _lines(checks: tuple[Check, ...]) -> list[str]:
    """One line a check, its fix below it."""
    rows: list[tuple[str, ...]] = [(check.state, check.what, printable(check.found)) for check in checks]
    lines: list[str] = []
    for check, line in zip(checks, table(rows, paint=0) if rows else (), strict=True):
        lines.append(line)
        if check.fix:
            lines.append(f"      {click.style('fix:', fg='cyan')} {printable(check.fix)}")
    return lines


def _counts(checks: tuple[Check, ...]) -> str:
    states = [check.state for check in checks]
    return ", ".join(
        f"{states.count(state)} {state}" for state in ("ok", "warn", "fail") if states.count(state)
    )
