"""The `ocprov` command: its group, and the one place where errors become two lines and an exit code."""

import os
import sys
from importlib import import_module

import click

from ocprov import __version__
from ocprov.cli import failure, terminal
from ocprov.cli.app import App
from ocprov.errors import OcprovError

# One file a command, imported when it is called: what a run does not need costs it nothing.
COMMANDS = {
    "up": "make live what layouts declare",
    "down": "end sessions of ocprov's",
    "attach": "attach to a session, or switch to it",
    "plan": "show what up would do",
    "status": "show every session, window and command",
    "restart": "run a window's command again",
    "capture": "a window's screen as text or SVG",
    "demo": "the monitoring session on sample data",
    "ls": "list layouts and what is live",
    "render": "print a layout as plain tmuxp YAML",
    "check": "check layouts",
    "new": "a layout of your own, from a template or extending another",
    "edit": "a layout in your editor, checked when you leave it",
    "freeze": "a live session as a layout",
    "import": "a layout from another tool's file",
    "trust": "let a project's own layout be used",
    "pick": "pick a session, with a preview of its screen",
    "alert": "cost limits: say once when one is passed",
    "export": "export what ocmonitor knows, and plot it",
    "deploy": "put ocmonitor's config in its place",
    "tmux-conf": "lines for tmux.conf: come back after a reboot",
    "reconcile": "after a restore: adopt, refill, add what is missing",
    "save": "save with tmux-resurrect, also when nobody is attached",
    "boot": "a service that brings tmux and layouts back at login",
    "doctor": "what would stop ocprov from working, and its fix",
    "config": "every setting and where it came from",
    "clean": "remove old launchers, logs, backups and records",
    "completion": "completion for bash, zsh and fish",
}


class Group(click.Group):
    """The commands, found by name and imported when wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order that the help shows."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; one file each."""
        if cmd_name not in COMMANDS:
            return None
        module = "import_" if cmd_name == "import" else cmd_name.replace("-", "_")
        command: click.Command = import_module(f"ocprov.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, from one table, without importing every command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what goes wrong is said in two lines."""
        try:
            return super().invoke(ctx)
        except OcprovError as error:
            tell_error(ctx, error.message, error.hint)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            ctx.exit(130)


def tell_error(ctx: click.Context, message: str, hint: str) -> None:
    """`error:` and `hint:` on stderr."""
    click.echo(terminal.failure(message, hint), err=True, color=ctx.find_root().color)


@click.group(
    cls=Group, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "OCPROV"}
)
@click.option(
    "-L", "--socket-name", default="", metavar="NAME", help="tmux server by socket name, as tmux -L"
)
@click.option(
    "-S", "--socket-path", default="", metavar="PATH", help="tmux server by socket path, as tmux -S"
)
@click.option("-q", "--quiet", is_flag=True, help="say nothing on stderr but errors")
@click.option("-v", "--verbose", is_flag=True, help="say more on stderr: every tmux command")
@click.option("--no-color", is_flag=True, help="no colour; NO_COLOR does the same")
@click.version_option(__version__, message="ocprov %(version)s")
@click.pass_context
def cli(
    ctx: click.Context, socket_name: str, socket_path: str, quiet: bool, verbose: bool, no_color: bool
) -> None:
    """Provision tmux sessions for OpenCode from declarative layouts.

    Start with: ocprov up monitoring
    """
    if terminal.no_color(no_color):
        ctx.color = False
    if socket_path and _from_environment(ctx, "socket_path") and not _from_environment(ctx, "socket_name"):
        socket_path = "" if socket_name else socket_path  # what was typed goes before what was inherited
    ctx.obj = App(socket_name, socket_path, quiet, verbose)


def _from_environment(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.ENVIRONMENT


def main() -> None:
    """Run the command line; a failure nobody foresaw is told as such, never as a traceback."""
    if "_OCPROV_COMPLETE" in os.environ:
        from ocprov.cli.complete import run

        sys.exit(run(cli, COMMANDS))
    try:
        cli()
    except Exception as error:  # the last net
        sys.exit(failure.told(error))
