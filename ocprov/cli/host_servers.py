"""`ocprov host servers`: what another machine's `ocprov events --host` needs to listen here."""

import os
import select
import stat
import sys

import click

from ocprov.errors import OcprovError


@click.command("servers")
@click.option(
    "--dir", "directories", multiple=True, metavar="DIR", help="of this directory alone; may be repeated"
)
@click.option("--follow", is_flag=True, help="again at each change, until standard input ends")
def command(directories: tuple[str, ...], follow: bool) -> None:
    """Print the OpenCode servers of this host with their passwords, as one line of JSON, into a pipe alone.

    Each line has them all: name, directory, port, state, whether it runs, its password where it does. `ocprov events
    --host` reads it through ssh.
    """
    from ocprov.fleet import serving

    _refuse_others()
    try:
        serving.follow(directories, _tell, _ended if follow else lambda _: True)
    except BrokenPipeError:
        # Nobody reads any more; the interpreter would flush what is left, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse_others() -> None:
    """OcprovError unless a program reads it: passwords are for no screen and no file."""
    kind = os.fstat(sys.stdout.fileno()).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        raise OcprovError(
            "the passwords of servers are printed into a pipe alone",
            "ocprov server ls shows the servers; ocprov events --host listens to them",
        )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ended(seconds: float) -> bool:
    """Wait so long; whether standard input ended: the connection is over, or nobody wants more."""
    if not select.select([0], [], [], seconds)[0]:
        return False
    try:
        return not os.read(0, 4096)
    except OSError:
        return True
