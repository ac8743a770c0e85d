"""Judges whether a restore brings back what it should."""

import re
from collections.abc import Iterator
from itertools import permutations

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.command import Commands
from ocprov.doctor.facts import Conf, Facts, Running
from ocprov.persistence.conf import RECONCILE, typed_as_it_is

_CONF = "conf file"
_RUN = re.compile(r"\s*run(?:-shell)?(?=\s)(?!.*(?:\s-b\s|/dev/null)).*continuum\.tmux")
_OURS = re.compile(
    r"\s*(# >>> ocprov >>>|source(-file)?\s.*/ocprov/tmux\.conf|set(-option)?\s.*@ocprov_reconcile\s)"
)


def install(commands: Commands) -> str:
    """The command that writes the lines for tmux.conf."""
    return commands.ocprov("tmux-conf --install")


def judge(facts: Facts) -> Iterator[Check]:
    """The conf lines, the restore at the server's start, and what could lead it astray."""
    running = facts.running
    if running:
        yield _commands(running.processes, facts.commands)
        yield _hook(running, facts.commands)
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


def _commands(processes: str, commands: Commands) -> Check:
    what = "conf line: commands"
    if processes == ":all:":
        return Check(what, "ok", "@resurrect-processes is :all:")
    if processes == "false":
        found = "@resurrect-processes is false: commands come back by ocprov's hook only"
        return Check(what, "warn", found, f"leave it out, then: {install(commands)}")
    if "/ocprov/run/" not in processes:
        return Check(
            what,
            "fail",
            "@resurrect-processes has no launchers: commands do not come back",
            install(commands),
        )
    if processes.startswith(":all:"):
        change = commands.tmux("set -g @resurrect-processes ':all:'")
        found = "@resurrect-processes has more than :all:, so other commands do not come back"
        return Check(what, "warn", found, f"{change}, in tmux.conf too")
    return Check(what, "ok", "@resurrect-processes has the launchers")


def _hook(running: Running, commands: Commands) -> Check:
    what = "conf line: hook"
    called = RECONCILE in running.hook
    if called and not running.reconcile_there:
        program = printable(running.reconcile.split(" ")[0])
        return Check(
            what, "fail", f"after a restore {program} is called, which is not there", install(commands)
        )
    if (called and running.reconcile) or re.search(r"ocprov['\"]? reconcile", running.hook):
        return Check(what, "ok", "ocprov reconcile follows a restore")
    found = "ocprov reconcile does not follow a restore: what is missing then stays missing"
    return Check(what, "fail" if running.processes == "false" else "warn", found, install(commands))


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
    save = facts.commands.ocprov("save")
    for short, long in permutations(sorted(names), 2):
        if long.startswith(short) and (short in ours or long in ours):
            other = long if short in ours else short
            rename = f"rename-session -t '={printable(other)}' NAME"
            yield Check(
                "session names",
                "warn",
                f"{printable(long)} starts with {printable(short)}: a restore takes one for the other",
                f"{facts.commands.tmux(rename)}; {save}"
                if other in live
                else f"{save}, which forgets the one that is not live",
            )


def _saved_ours(facts: Facts) -> set[str]:
    panes = facts.last.save.panes if facts.last.save else ()
    return {pane.session for pane in panes if "/ocprov/run/" in pane.command}


def unread(conf: Conf) -> Check | None:
    """The check of a conf file that cannot be read."""
    shown = printable(str(conf.path))
    return (
        Check(_CONF, "fail", f"cannot read {shown}", f"look at it: ls -l {shown}")
        if conf.text is None
        else None
    )


def _conf(conf: Conf) -> Iterator[Check]:
    if trouble := unread(conf):
        yield trouble
        return
    shown, lines = printable(str(conf.path)), list(enumerate((conf.text or "").splitlines(), 1))
    blocking = [(number, line) for number, line in lines if _RUN.match(line)]
    for number, line in blocking:
        found = f"{shown}:{number} makes the first tmux client wait until a restore is over"
        yield Check(_CONF, "warn", found, f"add -b there: run-shell -b {_path(line)}")
    ours = next((number for number, line in lines if _OURS.match(line)), 0)
    if blocking and ours > blocking[0][0]:
        before = f"line {blocking[0][0]}"
        found = f"{shown}:{ours} is read when the restore of {before} is over: commands do not come back"
        yield Check(_CONF, "warn", found, f"move ocprov's lines before {before}")


def _path(line: str) -> str:
    found = re.search(r"[^\s'\"]*continuum\.tmux", line)
    return printable(found[0]) if found else "…/continuum.tmux"


def _state(facts: Facts) -> Check:
    what, shown = "state directory", printable(str(facts.state))
    if typed_as_it_is(str(facts.state)):
        return Check(what, "ok", shown)
    found = f"{shown} has characters that tmux-resurrect does not type back: commands do not come back"
    return Check(what, "fail", found, "set XDG_STATE_HOME to a path of letters, digits and ._/@%+=:,-")
