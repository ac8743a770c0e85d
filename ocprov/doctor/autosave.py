"""Judges whether tmux-continuum saves by itself: it does only while a status line with its script is drawn."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Facts, Running

_WHAT = "autosave"
_SCRIPT = "continuum_save.sh"


def judge(facts: Facts) -> Iterator[Check]:
    """One check for each reason why nothing is saved, or one that all is well; a timer of ocprov's always saves."""
    running = facts.running
    if running is None:
        return
    if facts.timer:
        yield Check(_WHAT, "ok", "by the timer of ocprov save")
        return
    reasons = list(_reasons(running, facts))
    yield from reasons or [Check(_WHAT, "ok", f"every {running.interval or '15'} minutes")]


def _timer(facts: Facts) -> str:
    install = facts.commands.ocprov("save --install-timer")
    return install if facts.timer is False else f"{install} (its line in a crontab cannot be seen from here)"


def _reasons(running: Running, facts: Facts) -> Iterator[Check]:
    if not running.continuum:
        yield _absent(running, facts)
        return
    timer = _timer(facts)
    if running.interval.strip() == "0":
        found = "@continuum-save-interval is 0: nothing is saved by itself"
        yield Check(_WHAT, "warn", found, "set -g @continuum-save-interval 15, in tmux.conf")
    if _SCRIPT not in running.status_right:
        found = "status-right has lost continuum's script: nothing is saved"
        yield Check(
            _WHAT, "warn", found, f"load tmux-continuum last in tmux.conf, after the theme; or: {timer}"
        )
    if running.status == "off":
        yield Check(_WHAT, "warn", "the status line is off: nothing is saved", timer)
    yield from _of_sessions(running, facts)
    if not running.clients:
        found = "no client is attached: nothing is saved until one is"
        yield Check(_WHAT, "warn", found, timer)
    yield from _other(running.others, timer)


def _absent(running: Running, facts: Facts) -> Check:
    timer = _timer(facts)
    if running.others and running.restore:
        found = "tmux-continuum saves nothing: another tmux server ran when it was loaded"
        load = facts.commands.tmux("source-file ~/.tmux.conf")
        return Check(_WHAT, "warn", found, f"{timer}; or end the other one, then: {load}")
    found = "tmux-continuum is not loaded: nothing is saved or restored by itself"
    boot = facts.commands.ocprov("boot")
    return Check(_WHAT, "warn", found, f"install tmux-continuum; or: {timer}, and {boot}")


def _of_sessions(running: Running, facts: Facts) -> Iterator[Check]:
    ours = [shown for shown in running.sessions if shown.ours]
    dark = [printable(shown.name) for shown in ours if not shown.status]
    own = [printable(shown.name) for shown in ours if shown.status and not shown.saves]
    if dark and running.status != "off":
        found = f"the status line is off in {', '.join(dark)}: nothing is saved while you look at it"
        unset = facts.commands.tmux(f"set -u -t '={dark[0]}:' status")
        yield Check(_WHAT, "warn", found, f"{unset}; or: {_timer(facts)}")
    if own and _SCRIPT in running.status_right:
        found = f"{', '.join(own)} has a status-right of its own: nothing is saved while you look at it"
        unset = facts.commands.tmux(f"set -u -t '={own[0]}:' status-right")
        yield Check(_WHAT, "warn", found, f"{unset}; or: {_timer(facts)}")


def _other(others: tuple[int, ...] | None, timer: str) -> Iterator[Check]:
    what = "other tmux servers"
    if others is None:
        found = "cannot list processes with ps: whether another one runs is not known"
        yield Check(what, "warn", found, "install it: apt install procps")
    elif others:
        shown = ", ".join(map(str, others[:5])) + (", …" if len(others) > 5 else "")
        found = f"process {shown}: while another one runs, continuum may neither restore nor save"
        yield Check(what, "warn", found, timer)
