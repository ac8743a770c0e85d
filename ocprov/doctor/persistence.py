"""Whether sessions come back after a reboot: the checks of tmux-resurrect and tmux-continuum, and the one repair."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ocprov.core.names import printable
from ocprov.doctor import autosave, restoring, saved
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Facts
from ocprov.doctor.gather import gather, read_last
from ocprov.errors import OcprovError
from ocprov.persistence import place, saves, saving
from ocprov.tmux.client import Server
from ocprov.tmux.observe import observe

WHAT = "tmux-resurrect"


def report(server: Server) -> tuple[Check, ...]:
    """What there is now, judged; what cannot be read is a check that fails."""
    try:
        return tuple(judge(gather(server)))
    except OcprovError as error:
        return (_failed(error),)


def mend(server: Server, *, wait: float, tell: Callable[[str], None]) -> tuple[str, ...]:
    """Make a `last` that is of no use lead to the newest good save, where there is one; what was done, in words.

    OcprovError where something cannot be read or written, BusyError where a save of ocprov's takes longer than `wait`
    seconds.
    """
    if _mendable(server) is None:
        return ()
    with saving.alone(server, wait, tell):
        found = _mendable(server)  # again: a save may have ended meanwhile
        if found is None:
            return ()
        last, good = found
        kept = saves.point_last(last.parent, good)
    told = f"; the broken one is kept as {printable(kept.name)}" if kept else ""
    return (f"{printable(str(last))} leads to {printable(good.name)} now{told}",)


def _failed(error: OcprovError) -> Check:
    return Check("persistence", "fail", error.message, error.hint)


def judge(facts: Facts) -> Iterator[Check]:
    """The checks of these facts; where there is no tmux-resurrect, one that says so."""
    running = facts.running
    if running is None:
        if not facts.named and facts.last.kind == "missing" and not facts.good:
            yield from _absent(facts)
            return
        yield Check("tmux server", "ok", "none runs: checked is only what needs none")
    elif not running.save_script:
        yield from _not_loaded(facts) if facts.named else _absent(facts)
        return
    elif not running.save_script_there:
        shown = printable(running.save_script)
        yield Check(
            WHAT,
            "fail",
            f"it was loaded from {shown}, which is gone or cannot be run",
            "install tmux-resurrect again",
        )
    else:
        yield Check(WHAT, "ok", "loaded")
    yield from restoring.judge(facts)
    yield from saved.judge(facts)
    yield from autosave.judge(facts)


def _mendable(server: Server) -> tuple[Path, Path] | None:
    """A `last` that is of no use, and the good save to which it should lead."""
    last = read_last(place.last(server if observe(server) is not None else None))
    good = saves.newest_good(last.path.parent) if last.useless else None
    return (last.path, good) if good else None


def _absent(facts: Facts) -> Iterator[Check]:
    """A conf that cannot be read may name it."""
    unread = [check for conf in facts.confs if (check := restoring.unread(conf))]
    found = "not there: no session survives a reboot"
    how = f"install tmux-resurrect and tmux-continuum, then: {restoring.install(facts.commands)}"
    yield from unread or [Check(WHAT, "warn", found, how)]


def _not_loaded(facts: Facts) -> Iterator[Check]:
    found = "tmux.conf names it, but this server has not loaded it: no session survives a reboot"
    load = facts.commands.tmux("source-file ~/.tmux.conf")
    yield Check(WHAT, "warn", found, f"with tpm press prefix I; then: {load}")
    yield from (check for conf in facts.confs if (check := restoring.unread(conf)))
