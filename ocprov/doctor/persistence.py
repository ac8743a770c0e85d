"""Whether sessions come back after a reboot: the checks of tmux-resurrect and tmux-continuum, and the one repair."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.doctor import autosave, restoring, saved
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Facts
from ocprov.doctor.gather import gather, read_last
from ocprov.errors import OcprovError
from ocprov.persistence import place, saves
from ocprov.tmux.client import Server
from ocprov.tmux.observe import observe

WHAT = "tmux-resurrect"


def checks(server: Server) -> tuple[Check, ...]:
    """What there is now, judged; what cannot be read is a check that fails."""
    try:
        return tuple(judge(gather(server)))
    except OcprovError as error:
        return (Check("persistence", "fail", error.message, error.hint),)


def judge(facts: Facts) -> Iterator[Check]:
    """The checks of these facts; where there is no tmux-resurrect, one that says so."""
    running = facts.running
    if running is None:
        if not facts.named and facts.last.kind == "missing" and not facts.good:
            yield _absent()
            return
        yield Check("tmux server", "ok", "none runs: checked is only what needs none")
    elif not running.save_script:
        yield _not_loaded() if facts.named else _absent()
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
    if running:
        yield from autosave.judge(running, timer=facts.timer)


def fix(server: Server) -> tuple[str, ...]:
    """Make a `last` that is of no use lead to the newest good save, where there is one; what was done.

    OcprovError when something cannot be read or written.
    """
    there = server if observe(server) is not None else None
    last = read_last(place.last(there))
    directory = last.path.parent
    good = saves.newest_good(directory) if last.useless else None
    if good is None:
        return ()
    kept = saves.point_last(directory, good)
    told = f"; the broken one is kept as {printable(kept.name)}" if kept else ""
    return (f"{printable(str(last.path))} leads to {printable(good.name)} now{told}",)


def _absent() -> Check:
    found = "not there: no session survives a reboot"
    return Check(WHAT, "warn", found, f"install tmux-resurrect and tmux-continuum, then: {restoring.INSTALL}")


def _not_loaded() -> Check:
    found = "tmux.conf names it, but this server has not loaded it: no session survives a reboot"
    return Check(WHAT, "warn", found, "with tpm press prefix I; then: tmux source-file ~/.tmux.conf")
