"""One layout's session on a host of a fleet: made live as `ocprov up -d` does, or what that would come to."""

from ocprov.cli import show_plan
from ocprov.cli.app import App
from ocprov.cli.bring_up import Request as Up
from ocprov.cli.bring_up import start_hooks, up_one
from ocprov.cli.projects import require_same_project
from ocprov.cli.wanted import DEMO, Wanted, manner, require, wanted
from ocprov.core.plan import Plan, Wish
from ocprov.core.value import replace
from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet.report import Item, failure
from ocprov.fleet.request import Request
from ocprov.tmux import provision
from ocprov.tmux.client import Server, refuse_old, version
from ocprov.tmux.ready import require_layouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.questions import Answers


def look(app: App, request: Request, name: str, machine: "Answers") -> Item:
    """What `up` would do; `machine` has the files that are not there yet."""
    try:
        one, server = _wanted(app.server, request, name, machine), app.server
        provision.require_no_conflict(server, one.session, manner(app, request.wait))
        try:
            plan = provision.difference(server, one.session, _wish(request).only_in(one.windows))
        except ConflictError:  # while a restore goes on it is none
            return Item("session", name, "change", (f"{one.session.name}: is coming back from a save",))
        if plan.creates:
            refuse_old(version(server))
        if plan.changes:
            require_layouts(one.session, lambda: version(server))
    except OcprovError as error:
        return failure("session", name, error)
    return _item(name, plan, done=False)


def make(app: App, server: Server, request: Request, name: str) -> Item:
    """Make it live, and say what that changed."""
    try:
        one = _wanted(server, request, name, {})
        asked = Up(
            (name,), request.settings, request.directory, _wish(request), detach=True, wait=request.wait
        )
        outcome = up_one(app, server, one, asked)
        failed = start_hooks(app, server, one, asked)
    except OcprovError as error:
        return failure("session", name, error)
    made = _item(name, outcome.done, done=True)
    if not failed:
        return made
    against = failure("session", name, failed[0])
    return replace(against, lines=(*against.lines, *made.lines))  # it came up all the same


def _wanted(server: Server, request: Request, name: str, machine: "Answers") -> Wanted:
    if name.partition(":")[0] == DEMO:
        raise OcprovError("the demo comes up with its sample data", "ocprov demo")
    one = wanted(name, request.settings, request.directory, answers=machine)
    require(one)
    require_same_project(server, one)
    return one


def _wish(request: Request) -> Wish:
    return Wish(request.restart_changed, request.prune)


def _item(name: str, plan: Plan, *, done: bool) -> Item:
    """Of a session that is as declared only what a person should know besides."""
    done = done or not plan.changes  # of what is as declared a look and an apply say the same
    about, lines = show_plan.summary(plan, done=done), tuple(show_plan.lines(plan))
    if not plan.changes:
        return Item("session", name, "same", (about, *lines) if lines else ())
    shown = () if done and plan.creates else lines
    return Item("session", name, "change", (about, *shown), data=show_plan.data(plan))
