"""ocmonitor's config on a host of a fleet: deployed, or what that would come to."""

from pathlib import Path

from ocprov import resources, state
from ocprov.cli import deploy_source, deploying, show_deploy
from ocprov.cli.deploy_source import NAME, Source
from ocprov.configfile.change import Change, Manner
from ocprov.configfile.plan import Answers
from ocprov.core.names import printable
from ocprov.errors import ConflictError, OcprovError
from ocprov.fleet.report import Item, failure
from ocprov.fleet.request import Request
from ocprov.settings.values import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.questions import Answers as Machine

_ITEM = "ocmonitor"
_EITHER = "ocprov deploy --diff there shows it, --keep leaves it so; force=True puts ours in its place and keeps a backup"


def deployed(request: Request, settings: Settings, machine: "Machine", *, dry_run: bool) -> Item:
    """Deploy it as `ocprov deploy` does; `machine` has the files that are not there yet."""
    try:
        manner = Manner(
            dry_run=dry_run,
            answers=Answers(force=request.force),
            backups=settings.whole("deploy.backups"),
            wait=request.wait,
        )
        found = source(settings, machine)
        raw = machine.get(("text", str(found.path)))
        if not isinstance(raw, bytes):
            raw = deploy_source.read(found)
        link = settings.flag("deploy.symlink")
        change, _ = deploying.deploy(found, raw, manner, link=link, machine=machine)
        if change.action == "conflict":
            raise ConflictError(show_deploy.conflict(change, "").message, _EITHER)
        return item(change, found.path, dry_run=dry_run)
    except OcprovError as error:
        return failure("config", _ITEM, error)


def item(change: Change, source: Path, *, dry_run: bool) -> Item:
    """What a deployment that is no conflict came to."""
    if change.action == "none" and change.sha_old == change.sha_new:
        return Item("config", _ITEM, "same")
    said = show_deploy.line(change, str(source), dry_run=dry_run)
    if change.action == "adopt":
        # It is a change too: before it is recorded, an edit of the source would be a conflict.
        recorded = "to be recorded" if dry_run else "recorded"
        said = printable(f"{change.real}: {recorded} as deployed, {change.reason}")
    lines = (said, *map(printable, change.warnings))
    return Item("config", _ITEM, "same" if change.action == "none" else "change", lines)


def source(settings: Settings, machine: "Machine") -> Source:
    """The file that holds it, which may be one that is not there yet, or is there no longer then."""
    own = state.config_dir() / NAME
    if settings.path("deploy.source") is None and ("text", str(own)) in machine:
        if machine["text", str(own)] is None:
            return Source(resources.shipped("deploy") / NAME, "shipped")
        return Source(own, "beside config.toml")
    return deploy_source.find(None, "", settings)
