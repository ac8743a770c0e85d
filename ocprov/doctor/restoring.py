"""Judges whether a restore brings back what it should."""

import re
from collections.abc import Iterator
from itertools import permutations

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Conf, Facts, Running
from ocprov.persistence.conf import RECONCILE, typed_as_it_is

INSTALL = "ocprov tmux-conf --install"

_RUN = re.compile(r"\s*run(?:-shell)?(?=\s)(?!.*(?:\s-b\s|/dev/null)).*continuum\.tmux")


def judge(facts: Facts) -> Iterator[Check]:
    """The conf lines, the restore at the server's start, and what could lead it astray."""
    running = facts.running
    if running:
        yield _commands(running.processes)
        yield _hook(running)
        if running.continuum:
            yield _at_start(running)
        yield from _names(running, facts)
    if facts.halted:
        yield Check(
            "restore at start", "warn", "~/tmux_no_auto_restore turns it off", "rm ~/tmux_no_auto_restore"
        )
    for conf in facts.confs:
        yield from _conf(conf)
    yield _state(facts)


def _commands(processes: str) -> Check:
    what = "conf line: commands"
    if processes == ":all:":
        return Check(what, "ok", "@resurrect-processes is :all:")
    if processes == "false":
        found = "@resurrect-processes is false: commands come back by ocprov's hook only"
        return Check(what, "warn", found, "leave it out, then: " + INSTALL)
    if "/ocprov/run/" not in processes:
        return Check(
            what, "fail", "@resurrect-processes has no launchers: commands do not come back", INSTALL
        )
    if processes.startswith(":all:"):
        found = "@resurrect-processes has more than :all:, so other commands do not come back"
        return Check(what, "warn", found, "tmux set -g @resurrect-processes ':all:', in tmux.conf too")
    return Check(what, "ok", "@resurrect-processes has the launchers")


def _hook(running: Running) -> Check:
    what = "conf line: hook"
    called = RECONCILE in running.hook
    if called and not running.reconcile_there:
        program = printable(running.reconcile.split(" ")[0])
        return Check(what, "fail", f"after a restore {program} is called, which is not there", INSTALL)
    if (called and running.reconcile) or re.search(r"ocprov['\"]? reconcile", running.hook):
        return Check(what, "ok", "ocprov reconcile follows a restore")
    found = "ocprov reconcile does not follow a restore: what is missing then stays missing"
    return Check(what, "fail" if running.processes == "false" else "warn", found, INSTALL)


def _at_start(running: Running) -> Check:
    what = "restore at start"
    if running.restore == "on":
        return Check(what, "ok", "@continuum-restore is on")
    found = f"@continuum-restore is {printable(running.restore) or 'not set'}: only prefix Ctrl-r restores"
    return Check(what, "warn", found, "set -g @continuum-restore on, in tmux.conf before the plugins")


def _names(running: Running, facts: Facts) -> Iterator[Check]:
    ours = {shown.name for shown in running.sessions if shown.ours} | _saved_ours(facts)
    live = {shown.name for shown in running.sessions}
    names = live | (facts.last.save.sessions if facts.last.save else frozenset())
    for short, long in permutations(sorted(names), 2):
        if long.startswith(short) and (short in ours or long in ours):
            other = long if short in ours else short
            yield Check(
                "session names",
                "warn",
                f"{printable(long)} starts with {printable(short)}: a restore takes one for the other",
                f"tmux rename-session -t '={printable(other)}' NAME; ocprov save"
                if other in live
                else "ocprov save, which forgets the one that is not live",
            )


def _saved_ours(facts: Facts) -> set[str]:
    panes = facts.last.save.panes if facts.last.save else ()
    return {pane.session for pane in panes if "/ocprov/run/" in pane.command}


def _conf(conf: Conf) -> Iterator[Check]:
    what, shown = "conf file", printable(str(conf.path))
    if conf.text is None:
        yield Check(what, "fail", f"cannot read {shown}", f"look at it: ls -l {shown}")
        return
    for number, line in enumerate(conf.text.splitlines(), 1):
        if _RUN.match(line):
            yield Check(
                what,
                "warn",
                f"{shown}:{number} makes the first tmux client wait until a restore is over",
                f"add -b there: run-shell -b {_path(line)}",
            )


def _path(line: str) -> str:
    found = re.search(r"[^\s'\"]*continuum\.tmux", line)
    return printable(found[0]) if found else "…/continuum.tmux"


def _state(facts: Facts) -> Check:
    what, shown = "state directory", printable(str(facts.state))
    if typed_as_it_is(str(facts.state)):
        return Check(what, "ok", shown)
    found = f"{shown} has characters that tmux-resurrect does not type back: commands do not come back"
    return Check(what, "fail", found, "set XDG_STATE_HOME to a path of letters, digits and ._/@%+=:,-")
