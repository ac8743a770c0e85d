"""What `ocprov up` does and says, for both ways in: Click and the short one."""

from collections.abc import Iterator, Sequence

from ocprov.cli import show_plan
from ocprov.cli.app import WAIT, App
from ocprov.cli.going import go
from ocprov.cli.output import envelope
from ocprov.cli.projects import require_same_project
from ocprov.cli.terminal import echo, failure
from ocprov.cli.wanted import DEMO, Wanted, manner, require, wanted
from ocprov.core.desired import NO_HOOKS
from ocprov.core.names import project
from ocprov.core.plan import Wish
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.state import home
from ocprov.tmux import attach, here, provision
from ocprov.tmux.client import Server
from ocprov.tmux.provision import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """What `up` is asked: layouts, or none for every one that can be; what they are told; how far to go.

    `cached` is whether the plan cache is used, `wait` in seconds is for another ocprov's lock. `built` is whether
    the short way has just built the one session.
    """

    layouts: tuple[str, ...]
    settings: tuple[str, ...] = ()
    directory: str = ""
    wish: Wish = Wish()  # a value, which nobody changes
    detach: bool = False
    cached: bool = True
    wait: float = WAIT
    as_json: bool = False
    built: bool = False


def bring_up(app: App, asked: Request) -> None:
    """Make live what the layouts declare, say what that took, and go there; OcprovError where that cannot be."""
    named, server = _named(app, asked), app.server
    if len(named) > 1:
        for one in named:  # of several the conflict of one is found before another is touched
            provision.require_no_conflict(server, one.session, manner(app, asked.wait))
    outcomes, failed = [], []
    for one in named:
        outcomes.append(up_one(app, server, one, asked))
        if not asked.as_json:
            _show(outcomes[-1])
        failed += start_hooks(app, server, one, asked)
    if asked.as_json:
        entries = [show_plan.done(outcome.done, outcome.left) for outcome in outcomes]
        echo(envelope("up", {"sessions": entries, "dry_run": False}))
    raise_first(failed)
    if not asked.as_json:
        _attach(app, server, outcomes, detach=asked.detach)


def start_hooks(app: App, server: Server, one: Wanted, asked: Request) -> list[OcprovError]:
    """Run the session's `on_start`; its failure, which keeps no other session from coming up."""
    if one.session.hooks == NO_HOOKS:
        return []
    from ocprov.tmux import hooks  # late: few layouts have any

    try:
        hooks.start(server, one.kept, manner(app, asked.wait))
    except OcprovError as error:
        return [error]
    return []


def raise_first(failed: Sequence[OcprovError]) -> None:
    """Raise the first of several failures, the others told before it: they are errors, which `-q` does not keep back."""
    for error in failed[1:]:
        echo(failure(error.message, error.hint), err=True, plain=True)
    if failed:
        raise failed[0]


def show_plans(app: App, asked: Request) -> None:
    """Say what `bring_up` would do."""
    named, server = _named(app, asked), app.server
    plans = [provision.difference(server, one.session, asked.wish.only_in(one.windows)) for one in named]
    if asked.as_json:
        echo(envelope("up", {"sessions": [show_plan.data(plan) for plan in plans], "dry_run": True}))
        return
    for plan in plans:
        for line in (show_plan.summary(plan, done=False), *show_plan.lines(plan)):
            echo(line)


def _named(app: App, asked: Request) -> list[Wanted]:
    """The layouts, each with all that it needs."""
    if DEMO in asked.layouts:
        raise OcprovError("the demo comes up with its sample data", "ocprov demo")
    named = [
        wanted(name, asked.settings, asked.directory, cached=asked.cached)
        for name in asked.layouts or _every()
    ]
    if not asked.layouts:
        named = list(_installed(app, named))
    for one in named:
        require(one)
        require_same_project(app.server, one)
    return named


def _every() -> list[str]:
    from ocprov.layout.source import sources

    return [source.alias for source in sources() if not source.shadowed]


def _installed(app: App, named: Sequence[Wanted]) -> Iterator[Wanted]:
    for one in named:
        if one.missing:
            program, how = one.missing[0]
            app.tell(f"without {one.session.layout}, which needs {program}: {how}")
        else:
            yield one


def up_one(app: App, server: Server, one: Wanted, asked: Request) -> Outcome:
    """Make one layout live; OcprovError where that cannot be."""
    warning = _warning(one)
    if warning:
        app.tell(warning)
    outcome = provision.up(
        server, one.kept, asked.wish.only_in(one.windows), manner(app, asked.wait), built=asked.built
    )
    for notice in one.session.notices if outcome.done.changes else ():
        app.tell(notice)
    # Where there is more to say or to choose the short way is not taken.
    if one.entry and not one.windows and not warning:
        from ocprov.cli.prepare import prepare

        prepare(server, one, outcome.live.version)
    return outcome


def _warning(one: Wanted) -> str:
    directory = one.told.directory
    if directory in ("/", "/tmp", str(home())) and project(directory) in one.session.name:  # noqa: S108 # only named
        return f"the project directory is {directory}; --dir names another one"
    return ""


def _show(outcome: Outcome) -> None:
    echo(show_plan.summary(outcome.done, done=True))
    if not outcome.done.creates:
        for line in show_plan.lines(outcome.done):
            echo(line)


def _attach(app: App, server: Server, outcomes: Sequence[Outcome], *, detach: bool) -> None:
    if not detach and here.at_terminal() and len(outcomes) == 1:
        go(app, server, outcomes[0].live)
        return
    for outcome in outcomes:
        app.tell(f"attach with: {attach.how(server, outcome.live.name)}")
