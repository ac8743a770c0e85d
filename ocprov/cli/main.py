"""The `ocprov` command: its group, and the one place where errors become two lines and an exit code."""

import os
import sys

import click

from ocprov import __version__
from ocprov.cli import failure, terminal
from ocprov.cli.app import App
from ocprov.cli.lazy import LazyGroup
from ocprov.errors import OcprovError

# One file a command.
COMMANDS = {
    "up": "make live what layouts declare",
    "down": "end sessions of ocprov's",
    "attach": "attach to a session, or switch to it",
    "plan": "show what up would do",
    "status": "show every session, window and command",
    "restart": "run a window's command again",
    "capture": "print a window's screen, as text or SVG",
    "demo": "bring up the monitoring session on sample data",
    "ls": "list layouts and what is live",
    "render": "print a layout as plain tmuxp YAML",
    "check": "check layouts, and say where one is wrong",
    "new": "write a layout of yours, from a template or extending another",
    "edit": "open a layout in your editor, and check what you wrote",
    "freeze": "print a live session as a layout, or save it",
    "import": "print another tool's file as a layout, or save it",
    "trust": "let a project's own layout be used",
    "server": "run, find, stop OpenCode servers, one for each directory",
    "chat": "list, prompt, abort, revert conversations on every server",
    "events": "follow what happens on every server, in one stream",
    "pick": "pick a session, with a preview of its screen",
    "alert": "hold costs against limits, say once when one is passed",
    "export": "export ocmonitor's reports, or plot the costs",
    "deploy": "put ocmonitor's config in its place",
    "tmux-conf": "print or install tmux keys, and what brings windows back",
    "reconcile": "after a restore: adopt, refill, add what is missing",
    "save": "save with tmux-resurrect, also when nobody is attached",
    "boot": "print or install a service that brings layouts back at login",
    "host": "what a fleet asks of this machine over ssh, in JSON",
    "doctor": "look for what would stop ocprov from working, and its fix",
    "config": "show every setting and where it came from",
    "clean": "remove old launchers, logs, backups and records",
    "completion": "print or install completion for bash, zsh and fish",
}


class Group(LazyGroup):
    """The commands, and the one place where their errors are told."""

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
    cls=Group,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "OCPROV"},
)
@click.option(
    "-L", "--socket-name", default="", metavar="NAME", help="tmux server by socket name, as tmux -L"
)
@click.option(
    "-S", "--socket-path", default="", metavar="PATH", help="tmux server by socket path, as tmux -S"
)
@click.option("-q", "--quiet", is_flag=True, help="say nothing on stderr but errors")
@click.option("-v", "--verbose", is_flag=True, help="say more on stderr, such as the tmux commands of up")
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
