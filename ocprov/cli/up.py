"""`ocprov up`: make live what layouts declare."""

import click

from ocprov.cli import complete_names
from ocprov.cli.app import App
from ocprov.cli.bring_up import Request, bring_up, show_plans
from ocprov.cli.context import cache_option, json_option, layout_options, wait_option
from ocprov.core.plan import Wish


@click.command("up")
@click.argument(
    "layouts", nargs=-1, metavar="LAYOUT[:WINDOW,…]…", shell_complete=complete_names.layouts_and_windows
)
@click.option("--all", "every", is_flag=True, help="every layout whose programs are installed")
@layout_options
@click.option("-d", "--detach", is_flag=True, help="do not attach or switch")
@click.option("--restart-changed", is_flag=True, help="run commands again whose declaration changed")
@click.option("--prune", is_flag=True, help="end panes of ocprov's that are declared no longer")
@click.option("-n", "--dry-run", is_flag=True, help="only show what would be done")
@cache_option
@wait_option
@json_option
@click.pass_obj
def command(
    app: App,
    layouts: tuple[str, ...],
    every: bool,
    settings: tuple[str, ...],
    directory: str,
    detach: bool,
    restart_changed: bool,
    prune: bool,
    dry_run: bool,
    no_cache: bool,
    wait: float,
    as_json: bool,
) -> None:
    """Make live what LAYOUT declares; a second run changes nothing.

    With windows named behind a colon, only those: ocprov up monitoring:workspace
    """
    if every and layouts:
        raise click.UsageError("--all and a LAYOUT exclude each other.")
    if not (every or layouts):
        raise click.UsageError(
            "Missing argument 'LAYOUT'. `ocprov ls` lists them; `ocprov up monitoring` is a start."
        )
    wish = Wish(restart_changed, prune)
    asked = Request(layouts, settings, directory, wish, detach, not no_cache, wait, as_json)
    (show_plans if dry_run else bring_up)(app, asked)
