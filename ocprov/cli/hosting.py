"""A host of a fleet: a request read, what it comes to here looked at or done, and told in a report."""

import os
import sys

from ocprov import __version__, state
from ocprov.cli.app import App
from ocprov.cli.terminal import echo
from ocprov.configfile import target as targets
from ocprov.errors import OcprovError
from ocprov.fleet import request as requests
from ocprov.fleet import running
from ocprov.fleet.report import Item, Report, text
from ocprov.fleet.request import LARGEST, Request

# Bytes: what is larger has more in it than the largest files.
_LONGEST = 2 * LARGEST


def asked() -> Request:
    """The request on standard input; OcprovError where there is none."""
    stream = sys.stdin
    if stream is None or stream.isatty():
        raise OcprovError(
            "the request is read from standard input", "programs call this; ocprov up makes sessions live"
        )
    data = stream.buffer.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise OcprovError(
            f"the request is larger than {_LONGEST} bytes", "only layouts and settings go this way"
        )
    return requests.parse(data.decode("utf-8", "replace"))


def look(app: App, request: Request) -> None:
    """Print how this machine differs."""
    from ocprov.cli.host_seen import seen

    go_home()
    tell(seen(app, request).items)


def apply(app: App, request: Request) -> int:
    """Make it as asked, print what that changed, and give the exit code; OcprovError before anything is touched."""
    from ocprov.cli.host_making import made

    go_home()
    return tell(made(app, request))


def tell(items: tuple[Item, ...]) -> int:
    """Print the report of these; its exit code."""
    report = Report(running.key(), __version__, items)
    echo(text(report))
    return report.exit_code


def go_home() -> None:
    """Be in the home, where relative directories start, wherever ssh or a program called us; not by sudo in another's."""
    home = state.home()
    targets.refuse_sudo()
    try:
        os.chdir(home)
    except OSError as error:
        raise OcprovError(f"cannot enter {home}: {error.strerror}", f"look at it: ls -ld {home}") from error
