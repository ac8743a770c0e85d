"""Making a host of a fleet as a request says, one at a time; what was changed is told, also where it failed half-way."""

from collections.abc import Iterator

from ocprov import state
from ocprov.cli import host_config, host_seen, host_session
from ocprov.cli.app import App
from ocprov.cli.host_seen import Seen, seen
from ocprov.core.value import replace
from ocprov.errors import OcprovError
from ocprov.fleet import lingering, manifest, putting
from ocprov.fleet.report import Item, against, failure, skipped
from ocprov.fleet.request import Request
from ocprov.lock import held
from ocprov.settings.read import read
from ocprov.tmux import observe
from ocprov.tmux.client import Server

_STAYS = "the tmux that runs stays where it is: one that a login started still ends with that; end it once, and run this again"


def made(app: App, request: Request) -> tuple[Item, ...]:
    """Do it, unless something stands against any part; an item for each thing, which says what was done to it.

    BusyError while another one does it for longer than the wait.
    """
    lock = state.private_dir(state.state_dir()) / "fleet.lock"
    with held(lock, wait=request.wait, blocked=lambda: app.tell("waiting for another ocprov host apply")):
        found = seen(app, request)
        if any(map(against, found.items)):
            return tuple(map(skipped, found.items))
        return tuple(_made(app, request, found))


def _made(app: App, request: Request, found: Seen) -> Iterator[Item]:
    written = _files(found)
    yield from written
    if any(map(against, written)):
        yield from map(skipped, (*found.config, *found.lingering, *found.sessions))
        return
    if request.config:
        yield _config(request)
    server, said = _lingering(app, request, found)
    yield from said
    for name in request.layouts:
        yield host_session.make(app, server, request, name)


def _files(found: Seen) -> tuple[Item, ...]:
    """The files' items; where one fails those behind it were not tried."""
    if all(step.action == "none" for step in found.steps):
        return found.files
    try:
        done = putting.put(found.steps, found.known)
    except OcprovError as error:
        first = next(item for item in found.files if item.word == "change")
        told = {first.name: failure("file", first.name, error)}
    else:
        told = {step.name: host_seen.done(step) for step in done.steps}
        if done.failure:
            name = done.failed.name if done.failed else manifest.path().name
            told[name] = failure("file", name, done.failure)
    items = {item.name: skipped(item) for item in found.files} | told
    return tuple(items.values())


def _config(request: Request) -> Item:
    try:
        settings = read()
    except OcprovError as error:
        return failure("config", "settings", error)
    return host_config.deployed(request, settings, {}, dry_run=False)


def _lingering(app: App, request: Request, found: Seen) -> tuple[Server, tuple[Item, ...]]:
    """Have sessions outlive this login where systemd would end them, and how to start tmux for that."""
    server = app.server
    if not (found.logout.kills and request.linger):
        return server, found.lingering
    try:
        if found.logout.ends:
            lingering.enable()
        runs = observe.observe(server) is not None
        apart = lingering.apart() if request.layouts and not runs else ()
    except OcprovError as error:
        return server, (failure("lingering", "logout", error),)
    lines = ("lingering: enabled", *((_STAYS,) if runs else ()))
    said = tuple(replace(item, lines=lines) for item in found.lingering)
    return replace(server, starter=apart), said
