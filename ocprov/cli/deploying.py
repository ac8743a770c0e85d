"""A deployment of ocmonitor's config, for `deploy` and for `host`: the short way where there is nothing to do."""

from ocprov.cli import deploy_seen, deploy_source, show_deploy
from ocprov.cli.deploy_source import Content, Source
from ocprov.configfile import install
from ocprov.configfile import target as targets
from ocprov.configfile.change import Change, Manner
from ocprov.configfile.compare import sha
from ocprov.configfile.plan import Answers, Wanted
from ocprov.core.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ocprov.questions import Answers as Machine


def deploy(
    source: Source,
    raw: bytes,
    manner: Manner,
    *,
    link: bool,
    machine: "Machine | None" = None,
) -> tuple[Change, tuple[str, ...]]:
    """Deploy `raw`, which the source holds, and the keys that were filled in; OcprovError as of `install.deploy`.

    `machine` are questions about this machine with what they will be answered with; then nothing is taken as known.
    """
    target = targets.standard()
    if not machine and (change := settled(source, raw, manner.answers, link=link)):
        return change, ()
    content = deploy_source.content(source, raw, link=link, machine=machine)
    wanted = Wanted(source.path, sha(content.data), content.data, link)
    change = install.deploy(wanted, target, replace(manner, accept=lambda data: _accepted(data, content)))
    trap = deploy_source.trap(source.path, target, content.document)
    if trap and show_deploy.changes(change):
        change = replace(change, warnings=(*change.warnings, trap))
    if not manner.dry_run:
        deploy_seen.remember(source, raw, content, link=link)
    return change, content.filled


def settled(source: Source, raw: bytes, answers: Answers, *, link: bool) -> Change | None:
    """The answer where it is known from the last time that there is nothing to do, else None."""
    known = deploy_seen.recall(source, raw, link=link)
    wanted = Wanted(source.path, known, link=link)
    return install.settled(wanted, targets.standard(), answers) if known else None


def _accepted(data: bytes, content: Content) -> str:
    """Have ocmonitor look at it, where there is one."""
    from shutil import which

    from ocprov.configfile.asking import ask
    from ocprov.questions import search_path

    program = which("ocmonitor", path=search_path())
    return ask(program, data, content.document) if program else ""
