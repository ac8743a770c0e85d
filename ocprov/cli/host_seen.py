"""What a request comes to on this machine, looked at: nothing is touched."""

import os
from collections.abc import Iterator

from ocprov.cli import host_config, host_session
from ocprov.cli.app import App
from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet import files, lingering, manifest
from ocprov.fleet.answers import answers
from ocprov.fleet.files import Step
from ocprov.fleet.lingering import Logout
from ocprov.fleet.manifest import Known
from ocprov.fleet.report import Item, failure
from ocprov.fleet.request import Request
from ocprov.settings.read import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.questions import Answers

_CONFIG = "config.toml"
_DID = {
    "create": "created",
    "replace": "replaced",
    "adopt": "recorded as put there",
    "chmod": "closed for other users",
    "remove": "removed",
    "forget": "forgotten",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: the files with what is known of them, and an item for each thing."""

    steps: tuple[Step, ...]
    known: Known
    files: tuple[Item, ...]
    config: tuple[Item, ...]
    logout: Logout
    lingering: tuple[Item, ...]
    sessions: tuple[Item, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All, in the order in which they are done."""
        return (*self.files, *self.config, *self.lingering, *self.sessions)


def seen(app: App, request: Request) -> Seen:
    """How this machine differs from a request; what cannot be told is an item too."""
    try:
        known = manifest.read() if request.files else {}
        steps = files.steps(request.files, known, force=request.force)
    except OcprovError as error:
        return Seen((), {}, (failure("file", manifest.path().name, error),), (), Logout(), (), ())
    later = answers(steps)
    logout = lingering.look()
    return Seen(
        steps,
        known,
        tuple(_file(step) for step in steps),
        tuple(_config(request, steps, later)),
        logout,
        tuple(_lingering(request, logout)),
        tuple(host_session.look(app, request, name, later) for name in request.layouts),
    )


def done(step: Step) -> Item:
    """A file to which something was done."""
    return _told(step, _DID[step.action])


def _told(step: Step, word: str) -> Item:
    return Item("file", step.name, "change", (f"{step.name}: {word}, {printable(step.reason)}",))


def _file(step: Step) -> Item:
    if step.action == "none":
        return Item("file", step.name, "same")
    if step.action == "conflict":
        hint = f"look at it there: {printable(str(step.place))}; force=True puts ours in its place"
        if not step.old:
            there = next(path for path in (step.place, *step.place.parents) if os.path.lexists(path))
            hint = f"look at it there: ls -ld {printable(str(there))}"
        return failure("file", step.name, ConflictError(f"it is in the way, {printable(step.reason)}", hint))
    return _told(step, f"to be {_DID[step.action]}")


def _config(request: Request, steps: tuple[Step, ...], later: "Answers") -> Iterator[Item]:
    """Of ocmonitor's config; and of settings that ocprov would refuse, for then no command would work there."""
    given = next((step for step in steps if step.name == _CONFIG), None)
    data = None if given is None or not (given.writes or given.action == "remove") else given.data
    if data is None and not request.config:
        return
    try:
        settings = read(data=data)
    except OcprovError as error:
        yield failure("config", "settings", error)
        return
    if request.config:
        yield host_config.deployed(request, settings, later, dry_run=True)


def _lingering(request: Request, logout: Logout) -> Iterator[Item]:
    """What is said of a host that would end the sessions at logout."""
    if logout.ends:
        would = "systemd would end sessions at logout (KillUserProcesses=yes)"
        if request.linger:
            yield Item("lingering", "logout", "change", (f"lingering: to be enabled, for {would}",))
        else:
            yield Item("lingering", "logout", "same", (f"lingering: not enabled, and {would}",))
