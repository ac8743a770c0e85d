"""`ocprov doctor`: what would stop ocprov from working, and its fix."""

import os
import sys

import click

from ocprov.cli import deploy_source
from ocprov.cli.app import App
from ocprov.cli.context import json_option, wait_option
from ocprov.cli.output import envelope
from ocprov.cli.show_doctor import data, lines
from ocprov.configfile import install
from ocprov.configfile import target as targets
from ocprov.configfile.change import Manner
from ocprov.configfile.compare import sha
from ocprov.configfile.plan import Wanted
from ocprov.doctor.check import Group
from ocprov.doctor.groups import report
from ocprov.doctor.mending import mend
from ocprov.doctor.seen.around import look
from ocprov.settings.read import read


@click.command("doctor")
@click.option("--fix", is_flag=True, help="mend what can be mended by itself")
@wait_option
@json_option
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, app: App, fix: bool, wait: float, as_json: bool) -> None:
    """Look for what would stop ocprov from working, each with its fix; exit 1 when something fails.

    Nothing is started but programs that tell their version, and nothing is changed without --fix. That makes
    ocprov's own files private again, and tmux-resurrect's broken last save lead to the newest good one.
    """
    around = look(lambda: app.server)
    fixed, failed = mend(around, wait=wait, tell=app.tell) if fix else ((), ())
    groups = report(around, compared)
    if failed:
        groups = (Group("--fix", failed), *groups)
    elif fix and not fixed:
        app.tell("nothing here that --fix can mend")
    if as_json:
        click.echo(envelope("doctor", data(groups, fixed)))
    else:
        for line in lines(groups, fixed, home=os.environ.get("HOME", ""), width=_width()):
            click.echo(line)
    if any(check.state == "fail" for group in groups for check in group.checks):
        ctx.exit(1)


def compared() -> str:
    """What `deploy` would do with ocmonitor's config; OcprovError where its source cannot be used."""
    settings = read()
    link = settings.flag("deploy.symlink")
    source = deploy_source.find(None, "", settings)
    content = deploy_source.content(source, deploy_source.read(source), link=link)
    wanted = Wanted(source.path, sha(content.data), content.data, link)
    return install.deploy(wanted, targets.standard(), Manner(dry_run=True)).action


def _width() -> int:
    """The columns of the terminal; 0 where no terminal reads it, and lines may be as long as they are."""
    try:
        return os.get_terminal_size(
            sys.stdout.fileno()
        ).columns  # not COLUMNS: a tmux server may hand on an old one
    except (OSError, ValueError):
        return 0
