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
@click.option("-y", "--yes", is_flag=True, help="do not show it and ask")
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
    real = _real(file or Path(project.FILE), there=not revoke)
    done = _revoke(app, real) if revoke else _trust(app, real, yes=yes)
    if as_json:
        click.echo(envelope("trust", done))


def _real(file: Path, *, there: bool) -> Path:
    path = file / project.FILE if file.is_dir() else file
    try:
        return path.resolve(strict=there)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its links run in a circle"
        hint = f"name the {project.FILE} of a project: ocprov trust FILE"
        raise OcprovError(f"cannot trust {printable(str(path))}: {reason}", hint) from error


def _trust(app: App, real: Path, *, yes: bool) -> dict[str, object]:
    shown = files.shown(real)
    if real.name != project.FILE:
        hint = f"layouts of your own are in {files.shown(files.user_root())}, and need no trust"
        raise OcprovError(f"{shown} is not called {project.FILE}", hint)
    if reason := trust.why_not(real):
        raise OcprovError(f"{shown} is not trusted: {reason}", f"look at it: ls -l {shown}")
    data = real.read_bytes()
    text = files.read(real, Facts())
    if not yes:
        _ask(real, text)
    if real.read_bytes() != data:
        raise OcprovError(f"{shown} changed while you read it", "read it again")
    digest = trust.sha(data)
    trust.add(real, digest)
    app.tell(f"{shown} is trusted as it is now; bring it up with: ocprov up {project.ALIAS}")
    return {"path": str(real), "sha": digest, "trusted": True}


def _ask(real: Path, text: str) -> None:
    """Show it all, and ask."""
    shown = files.shown(real)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise OcprovError(f"nobody is there to read {shown}", f"once you read it: {_again(real, '--yes')}")
    for line in text.splitlines():
        click.echo(f"  {printable(line.expandtabs())}", err=True)
    if not click.confirm(f"Trust {shown} to run this as you?", err=True):
        raise click.Abort


def _again(real: Path, *options: str) -> str:
    return printable(shlex.join(("ocprov", "trust", *options, str(real))))


def _revoke(app: App, real: Path) -> dict[str, object]:
    trust.remove(real)
    app.tell(f"{files.shown(real)} is not trusted")
    return {"path": str(real), "sha": None, "trusted": False}


def _list(*, as_json: bool) -> None:
    entries = [(real, _state(Path(real), digest)) for real, digest in sorted(trust.read().items())]
    if as_json:
        data = [{"path": real, "state": state} for real, state in entries]
        click.echo(envelope("trust", {"trusted": data}))
        return
    for line in table([(state, printable(real)) for real, state in entries]) if entries else ():
        click.echo(line)


def _state(real: Path, digest: str) -> str:
    try:
        return "trusted" if trust.sha(real.read_bytes()) == digest else "changed"
    except OSError:
        return "gone"
