"""Leaving in the plan cache what the short way of `up` needs to do the same again."""

import os

from ocprov import cache
from ocprov.cli import show_plan
from ocprov.cli.wanted import Wanted
from ocprov.core import kept
from ocprov.core.build import Terms
from ocprov.core.change import CreateSession
from ocprov.core.describe import FOREIGN_WINDOW
from ocprov.core.desired import NO_HOOKS
from ocprov.core.plan import Plan
from ocprov.core.prepared import Prepared, prepared
from ocprov.questions import search_path
from ocprov.tmux import attach, provision, waiting
from ocprov.tmux.apply import server_lock
from ocprov.tmux.client import Server
from ocprov.tmux.files import files

# A layout is prepared for so many servers, or PATHs.
_MOST = 4


def prepare(server: Server, one: Wanted, version: str) -> None:
    """Prepare a layout that is up, unless it is so already, or has hooks; `version` is tmux's."""
    if one.session.hooks != NO_HOOKS:
        return
    purpose = (server.flags, os.path.realpath(server.socket), search_path())
    before = one.entry["prepared"]
    if any(ready["purpose"] == purpose and ready["version"] == version for ready in before):
        return
    own = files(server, one.session.name)
    made = Plan(one.session, None, (CreateSession(one.session, one.session.windows),))
    ready: Prepared = {
        **prepared(one.session, Terms(own.launcher), search_path(), waiting.instead),
        "purpose": purpose,
        "version": version,
        "run": str(own.run),
        "log": str(own.log),
        "lock": str(own.lock),
        "server_lock": str(server_lock(server)),
        "kept": kept.text(one.kept).encode("utf-8", "surrogateescape"),
        "created": show_plan.summary(made, done=True),
        "unchanged": show_plan.unchanged(one.session.name),
        "foreign": FOREIGN_WINDOW,
        "record": tuple(provision.record(made, Plan(one.session, None))),
        "notices": one.session.notices,
        "how": attach.how(server, one.session.name),
    }
    others = [ready for ready in before if ready["purpose"] != purpose]
    cache.write({**one.entry, "prepared": (ready, *others[: _MOST - 1])})
