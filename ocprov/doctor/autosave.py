"""Judges whether tmux-continuum saves by itself: it does only while a status line with its script is drawn."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.doctor.check import Check
from ocprov.doctor.facts import Running

TIMER = "ocprov save --install-timer"

_WHAT = "autosave"
_SCRIPT = "continuum_save.sh"
_ORDER = "load tmux-continuum last in tmux.conf, after the theme; or: " + TIMER


def judge(running: Running, *, timer: bool) -> Iterator[Check]:
    """One check for each reason why nothing is saved, or one that all is well; a timer of ocprov's always saves."""
    if timer:
        yield Check(_WHAT, "ok", "by the timer of ocprov save")
        return
    reasons = list(_reasons(running))
    yield from reasons or [Check(_WHAT, "ok", f"every {running.interval or '15'} minutes")]


def _reasons(running: Running) -> Iterator[Check]:
    if not running.continuum:
        yield _absent(running)
        return
    if running.interval.strip() == "0":
        found = "@continuum-save-interval is 0: nothing is saved by itself"
        yield Check(_WHAT, "warn", found, "set -g @continuum-save-interval 15, in tmux.conf")
    if _SCRIPT not in running.status_right:
        yield Check(_WHAT, "warn", "status-right has lost continuum's script: nothing is saved", _ORDER)
    if running.status == "off":
        yield Check(_WHAT, "warn", "the status line is off: nothing is saved", TIMER)
    yield from _of_sessions(running)
    if not running.clients:
        found = "no client is attached: nothing is saved until one is"
        yield Check(_WHAT, "warn", found, TIMER)
    if running.others:
        yield _other(running.others)


def _absent(running: Running) -> Check:
    if running.others and running.restore:
        found = "tmux-continuum saves nothing: another tmux server ran when it was loaded"
        return Check(
            _WHAT, "warn", found, f"{TIMER}; or end the other one, then: tmux source-file ~/.tmux.conf"
        )
    found = "tmux-continuum is not loaded: nothing is saved or restored by itself"
    return Check(_WHAT, "warn", found, f"install tmux-continuum; or: {TIMER}, and ocprov boot")


def _of_sessions(running: Running) -> Iterator[Check]:
    ours = [shown for shown in running.sessions if shown.ours]
    dark = [printable(shown.name) for shown in ours if not shown.status]
    own = [printable(shown.name) for shown in ours if shown.status and not shown.saves]
    if dark and running.status != "off":
        found = f"the status line is off in {', '.join(dark)}: nothing is saved while you look at it"
        yield Check(_WHAT, "warn", found, f"tmux set -u -t '={dark[0]}:' status; or: {TIMER}")
    if own and _SCRIPT in running.status_right:
        found = f"{', '.join(own)} has a status-right of its own: nothing is saved while you look at it"
        yield Check(_WHAT, "warn", found, f"tmux set -u -t '={own[0]}:' status-right; or: {TIMER}")


def _other(others: tuple[int, ...]) -> Check:
    shown = ", ".join(map(str, others[:5])) + (", …" if len(others) > 5 else "")
    return Check(
        "other tmux servers",
        "warn",
        f"process {shown}: while another one runs, continuum may neither restore nor save",
        TIMER,
    )
