"""A group of commands that are imported when they are called: what a run does not need costs it nothing."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from ocprov.settings.environment import variable
from ocprov.settings.keys import KEYS


class LazyGroup(click.Group):
    """Commands by name with their help, one file each, `ocprov.cli.<prefix><name>`, which exports `command`."""

    def __init__(self, *args: Any, table: Mapping[str, str], prefix: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.table = table
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order that the help shows."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.table:
            return None
        whole = self.prefix + cmd_name
        module = "import_" if whole == "import" else whole.replace("-", "_")
        command: click.Command = import_module(f"ocprov.cli.{module}").command
        _name_variables(command, f"OCPROV_{whole}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, from one table, without importing every command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))


def _name_variables(command: click.Command, prefix: str) -> None:
    """Call the variable of each option as the option is called: `OCPROV_UP_SET` for `ocprov up --set`."""
    # Click calls it as the Python parameter, OCPROV_EXPORT_FORMATS for --format, which is a setting's already; and what
    # a setting has, OCPROV_STATUS_INTERVAL, is read as that.
    settings = {variable(key) for key in KEYS}
    for option in command.params:
        if isinstance(option, click.Option):
            long = next(word for word in option.opts if word.startswith("--"))
            name = f"{prefix}{long[1:]}".upper().replace("-", "_")
            option.envvar = None if name in settings else name
            option.allow_from_autoenv = False
    for name, one in command.commands.items() if isinstance(command, click.Group) else ():
        _name_variables(one, f"{prefix}_{name}")
