"""`ocprov host look` and `ocprov host apply` where there is nothing to do: without Click, and without a plan."""

import os

from ocprov.cli import deploy_source, deploying, host_config, hosting
from ocprov.cli.app import App
from ocprov.configfile.plan import Answers
from ocprov.errors import OcprovError
from ocprov.fleet import files, lingering, manifest
from ocprov.fleet.report import Item
from ocprov.fleet.request import Request
from ocprov.lock import busy
from ocprov.settings.read import read
from ocprov.short import making, tmux
from ocprov.short.arguments import Call
from ocprov.short.up import entered, in_place, prepared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Parts = list[Item] | None


def run(call: Call) -> int:
    """Answer the request on standard input; what takes more than a look is done the long way, but for Click."""
    request = hosting.asked()
    hosting.go_home()
    items = _in_sync(request)
    if items is not None:
        return hosting.tell(tuple(items))
    import gc

    gc.set_threshold(100_000)  # as for `up`
    app = App(quiet=call.quiet)
    if call.names == ("apply",):
        return hosting.apply(app, request)
    hosting.look(app, request)
    return 0


def _in_sync(request: Request) -> "Parts":
    """An item for each thing, where each is as asked; None for whatever takes more to tell."""
    found: list[Item] = []
    parts: tuple[Callable[[Request], Parts], ...] = (_files, _config, _lingering, _sessions)
    for part in parts:
        try:
            items = part(request)
        except (OSError, OcprovError):
            return None
        if items is None:
            return None
        found += items
    return found


def _files(request: Request) -> "Parts":
    steps = files.steps(request.files, manifest.read() if request.files else {}, force=request.force)
    if any(step.action != "none" for step in steps):
        return None
    return [Item("file", step.name, "same") for step in steps]


def _config(request: Request) -> "Parts":
    if not request.config:
        return []
    settings = read()
    source = host_config.source(settings, {})
    link = settings.flag("deploy.symlink")
    answers = Answers(force=request.force)
    change = deploying.settled(source, deploy_source.read(source), answers, link=link)
    return None if change is None else [host_config.item(change, source.path, dry_run=True)]


def _lingering(_: Request) -> "Parts":
    return None if lingering.look().ends else []


def _sessions(request: Request) -> "Parts":
    server = tmux.server(Call())
    if server is None or not (request.layouts and tmux.runs(server)):
        return None if request.layouts else []
    items = [_session(request, name, server) for name in request.layouts]
    return None if None in items else [item for item in items if item]


def _session(request: Request, name: str, server: tmux.Server) -> Item | None:
    """A session that is as declared, by the plan cache."""
    call = Call()
    call.names, call.settings, call.directory = (name,), request.settings, _expanded(request.directory)
    ready = prepared(call, server)
    if ready is None or not all(map(entered, ready["directories"])) or busy(ready["server_lock"]):
        return None
    lines = in_place(making.look(server, ready), ready)
    return None if lines is None else Item("session", name, "same", tuple(lines) if lines[1:] else ())


def _expanded(directory: str) -> str:
    return os.path.expanduser(directory) if directory.startswith("~/") else directory
