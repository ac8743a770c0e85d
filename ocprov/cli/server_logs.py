"""`ocprov server logs`: what a server logs."""

from pathlib import Path
from shlex import quote

import click

from ocprov.cli.server_meant import dir_option, meant, name_argument
from ocprov.core.names import printable
from ocprov.errors import OcprovError

_MOST = 100_000


@click.command("logs")
@name_argument
@dir_option
@click.option(
    "-n",
    "--lines",
    "count",
    type=click.IntRange(0, _MOST),
    default=50,
    show_default=True,
    metavar="N",
    help="how many of the last lines",
)
@click.option("-f", "--follow", is_flag=True, help="go on with what is added, until Ctrl-C")
@click.option("--supervisor", is_flag=True, help="the log of what supervises the server instead")
def command(name: str, directory: Path | None, count: int, follow: bool, supervisor: bool) -> None:
    """What the server of a directory logs, OpenCode's own log of this server alone; restarts included."""
    from ocprov.opencode.look import logs

    place = meant(name, directory)
    log = place.supervisor_log if supervisor else place.log
    added = logs.follow(log) if follow else iter(())
    try:
        if not follow and not log.exists():
            _refuse(log)
        for line in logs.last(log, count):
            click.echo(line)
        for line in added:
            click.echo(line)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        shown = printable(str(log))
        raise OcprovError(
            f"cannot read {shown}: {(error.strerror or '').lower()}", f"look at it: ls -l {quote(shown)}"
        ) from error


def _refuse(log: Path) -> None:
    what = "supervisor without a terminal" if log.name.startswith("supervisor") else "server"
    raise OcprovError(f"no {what} has logged anything there", "see which there are: ocprov server ls")
