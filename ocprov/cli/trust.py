"""`ocprov trust`: let a project's own layout be used."""

import shlex
import sys
from pathlib import Path

import click

from ocprov.cli.app import App
from ocprov.cli.context import json_option
from ocprov.cli.output import envelope, table
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.layout import files, project, trust
from ocprov.layout.facts import Facts


@click.command("trust")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="neither show it nor ask")
@click.option("--revoke", is_flag=True, help="trust it no longer")
@click.option("--list", "listing", is_flag=True, help="list what is trusted")
@json_option
@click.pass_obj
def command(app: App, file: Path | None, yes: bool, revoke: bool, listing: bool, as_json: bool) -> None:
    """Let `ocprov up project` use FILE, the .ocprov.yaml.j2 of a project; by default that of this directory.

    A layout runs commands as you. It is trusted for what it says now: after any change it is refused until it is trusted
    again.
    """
    if listing and (file or revoke):
        raise click.UsageError("--list goes without FILE and --revoke.")
    if listing:
        _list(as_json=as_json)
        return
    place = _place(file or Path(project.FILE), there=not revoke)
    done = _revoke(app, place) if revoke else _trust(app, place, yes=yes)
    if as_json:
        click.echo(envelope("trust", done))


def _place(file: Path, *, there: bool) -> Path:
    path = file / project.FILE if file.is_dir() else file
    try:
        if there:
            path.resolve(strict=True)
        return project.place(path)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its links run in a circle"
        hint = f"name the {project.FILE} of a project: ocprov trust FILE"
        raise OcprovError(f"cannot trust {printable(str(path))}: {reason}", hint) from error


def _trust(app: App, place: Path, *, yes: bool) -> dict[str, object]:
    shown = files.shown(place)
    if {place.name, place.resolve().name} != {project.FILE}:
        hint = f"layouts of your own are in {files.shown(files.user_root())}, and need no trust"
        raise OcprovError(f"{shown} is not called {project.FILE}", hint)
    if reason := trust.why_not(place):
        raise OcprovError(f"{shown} is not trusted: {reason}", f"look at it: ls -l {shown}")
    facts = Facts()  # it is read once: what is shown is what is trusted
    text = files.read(place, facts)
    data = facts.text(str(place))
    if not yes:
        _ask(place, text)
    if data is None or Facts().text(str(place)) != data:
        raise OcprovError(f"{shown} changed while you read it", "read it again")
    digest = trust.sha(data)
    trust.add(place, digest)
    app.tell(f"{shown} is trusted as it is now; bring it up with: ocprov up {project.ALIAS}")
    return {"path": str(place), "sha": digest, "trusted": True}


def _ask(place: Path, text: str) -> None:
    """Show it all, and ask."""
    shown = files.shown(place)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise OcprovError(f"nobody is there to read {shown}", f"once you read it: {_again(place, '--yes')}")
    for line in text.splitlines():
        click.echo(f"  {printable(line.expandtabs())}", err=True)
    if not click.confirm(f"Trust {shown} to run this as you?", err=True):
        raise click.Abort


def _again(place: Path, *options: str) -> str:
    return printable(shlex.join(("ocprov", "trust", *options, str(place))))


def _revoke(app: App, place: Path) -> dict[str, object]:
    trust.remove(place)
    app.tell(f"{files.shown(place)} is not trusted")
    return {"path": str(place), "sha": None, "trusted": False}


def _list(*, as_json: bool) -> None:
    entries = [(place, _state(Path(place), digest)) for place, digest in sorted(trust.read().items())]
    if as_json:
        data = [{"path": place, "state": state} for place, state in entries]
        click.echo(envelope("trust", {"trusted": data}))
        return
    for line in table([(state, printable(place)) for place, state in entries]) if entries else ():
        click.echo(line)


def _state(place: Path, digest: str) -> str:
    data = Facts().text(str(place))
    if data is None:
        return "unreadable" if place.exists() else "gone"
    return "trusted" if trust.sha(data) == digest else "changed"
