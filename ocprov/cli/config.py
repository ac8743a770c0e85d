"""`ocprov config`: every setting and where it came from."""

import os

import click

from ocprov.cli import show_config
from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope
from ocprov.configfile import atomic
from ocprov.core.names import printable
from ocprov.errors import ConflictError
from ocprov.settings.keys import KEYS
from ocprov.settings.read import path as config_path
from ocprov.settings.read import read
from ocprov.state import private_dir


class _ShowsByItself(click.Group):
    """`config` alone is `config show`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        alone = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if alone and not ctx.resilient_parsing:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("config", cls=_ShowsByItself)
def command() -> None:
    """Show every setting and where it came from; `config` alone is `config show`.

    Settings are in config.toml, and each can be set by a variable OCPROV_SECTION_KEY, which goes first.
    """


@command.command("show", short_help="every setting, its value and where that came from")
@click.option(
    "--keys", "only_keys", is_flag=True, help="tell every key: what it does and may be, its default"
)
@json_option
@click.pass_obj
def show(app: App, only_keys: bool, as_json: bool) -> None:
    """Show every setting, its value and where that came from; secrets are masked."""
    if only_keys:
        click.echo(envelope("config", show_config.key_data(KEYS)) if as_json else show_config.keys(KEYS))
        return
    settings = read()
    if as_json:
        click.echo(envelope("config", show_config.data(settings)))
        return
    click.echo(show_config.text(settings))
    if not os.path.lexists(settings.file):
        app.tell("there is no config.toml; ocprov config init writes one with every key")


@command.command("path", short_help="where config.toml is, or would be")
def path() -> None:
    """Print where config.toml is, or would be; to edit it: $EDITOR "$(ocprov config path)"."""
    click.echo(str(config_path()))


@command.command("init", short_help="write a config.toml with every key, commented out")
def init() -> None:
    """Write a config.toml with every key, each commented out; never over one that is there."""
    from ocprov.settings.commented import text

    file = config_path()
    if os.path.lexists(file):
        raise _there(str(file))
    private_dir(file.parent)
    with atomic.understood(file):
        try:
            atomic.write_new(file, text(KEYS).encode(), 0o600)
        except FileExistsError as error:
            raise _there(str(file)) from error
    click.echo(f"created {printable(str(file))}")


def _there(file: str) -> ConflictError:
    shown = printable(file)
    return ConflictError(
        f"{shown} is there already", "it was left as it is; ocprov config shows what it sets"
    )
