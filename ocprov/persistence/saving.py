"""Run tmux-resurrect's save through the server, and look at what came of it."""

import os
import re
import shlex
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ocprov.core.names import printable
from ocprov.errors import BusyError, OcprovError, TmuxError
from ocprov.lock import SAY_AFTER, held
from ocprov.persistence import place, saves
from ocprov.state import private_dir, state_dir
from ocprov.tmux import options, processes, restoring
from ocprov.tmux.client import Server, run
from ocprov.tmux.observe import observe

OPTION = "@resurrect-save-script-path"
_PATIENCE = 120.0
_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did; `file` is the save that a restore would read, None where there was nothing to save."""

    action: Literal["saved", "unchanged", "nothing"]
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """The directory of the saves at one moment: when a name in it changed, and where `last` leads."""

    changed: int
    file: Path | None


def save(server: Server, *, wait: float, tell: Callable[[str], None]) -> Saved:
    """Save every session of the server with tmux-resurrect; without a session there is nothing to save.

    A restore, another save and another ocprov are waited for, `wait` seconds each; BusyError after that.
    OcprovError when tmux-resurrect is not loaded, or did not save.
    """
    if not os.path.lexists(server.socket):
        return Saved("nothing")
    with alone(server, wait, tell):
        _let_restore(server, wait, tell)
        if not observe(server):
            return Saved("nothing")
        script = options.value(server, OPTION)
        if not script:
            raise OcprovError(
                "tmux-resurrect is not loaded in this tmux server",
                "add it to tmux.conf: set -g @plugin 'tmux-plugins/tmux-resurrect'; what is missing: ocprov doctor",
            )
        _let_save(script, wait, tell)
        return _save(server, script, wait, tell)


def alone(server: Server, wait: float, tell: Callable[[str], None]) -> AbstractContextManager[None]:
    """The lock under which `last` is changed; BusyError after `wait` seconds."""
    lock = private_dir(state_dir() / "lock" / server.label) / "save.lock"
    return held(lock, wait=wait, blocked=lambda: tell("waiting for another ocprov save"))


def shell_line(script: str) -> str:
    """The line for `run-shell`: quoted for the shell, and `#`, which tmux expands, doubled.

    The two quotes behind it end the string and begin another: `##[` would stay as it is.
    """
    quoted = shlex.quote(script).replace("#", "##''")
    # exec: what ends the job, ends the script. A hook may leave a process behind, and tmux waits until nobody has
    # the output open.
    return f"exec {quoted} quiet </dev/null >/dev/null 2>&1"


def _let_restore(server: Server, wait: float, tell: Callable[[str], None]) -> None:
    """A save in the middle of a restore would replace the save that is being restored."""
    restoring.wait(server, tell, wait)
    if restoring.under_way(server):
        raise BusyError("a restore of tmux-resurrect's is under way", "wait for it, then run it again")


def _let_save(script: str, wait: float, tell: Callable[[str], None]) -> None:
    """Two saves at a time spoil each other, and tmux-continuum's may have begun."""
    start = time.monotonic()
    said = False
    while others := _running(script):
        waited = time.monotonic() - start
        if waited >= wait:
            raise BusyError(
                f"another save of tmux-resurrect's (process {others[0]}) is still at work after {wait:g} s",
                f"see what it does: ps -p {others[0]} -o pid,lstart,args",
            )
        if waited >= SAY_AFTER and not said:
            said = True
            tell("waiting for another save of tmux-resurrect's")
        time.sleep(_EVERY)


def _running(script: str) -> list[int]:
    """The processes that run the script, for whatever server: they share the directory of the saves."""
    table = processes.table()
    ours = processes.ancestors(table)
    call = re.compile(rf"(\S*sh )?{re.escape(script)}( |$)")
    return [pid for pid, process in table.items() if pid not in ours and call.match(process.arguments)]


def _save(server: Server, script: str, wait: float, tell: Callable[[str], None]) -> Saved:
    last = place.last(server)
    _let_second_pass(last)
    before = _look(last)
    answer = run(server, ["run-shell", shell_line(script)], patience=_PATIENCE)
    ended = observe(server) is None
    if ended:  # it has let go of its client, and the script may go on
        _let_save(script, wait, tell)
    now = _look(last)
    if now.file == before.file and ended:
        kept = f"the last save is the one before: {now.file}"
        none = "there is no save yet; once tmux runs again: ocprov save"
        raise TmuxError("tmux ended while it was saved", kept if now.file else none)
    if now.file == before.file and answer.code:
        raise OcprovError(f"tmux-resurrect's save ended with {answer.code}", _by_hand(server, script))
    if now == before:
        # From a path with a space its scripts do nothing, and say nothing.
        raise OcprovError("tmux-resurrect did not save, and did not say why", _by_hand(server, script))
    if not _usable(now.file):
        raise _spoiled(last, before.file, now.file)
    return Saved("unchanged" if now.file == before.file else "saved", now.file)


def _by_hand(server: Server, script: str) -> str:
    if " " in script:
        return f"it does not work in a directory with a space in its name; move it: {printable(script)}"
    line = shlex.join(["tmux", *server.flags, "run-shell", f"{shlex.quote(script)} quiet"])
    return f"see what it says, or a hook of it: {printable(line)}"


def _let_second_pass(last: Path) -> None:
    """Saves are named by the second: a second one in it is written over the first, found equal, and removed."""
    try:
        changed = last.parent.stat().st_mtime
    except OSError:
        return  # no save yet
    if int(changed) == int(time.time()):
        time.sleep(1 - time.time() % 1)


def _look(last: Path) -> _Look:
    try:
        file = last.parent / last.readlink()
        return _Look(last.parent.stat().st_mtime_ns, file)
    except FileNotFoundError:
        return _Look(0, None)
    except OSError as error:
        raise OcprovError(
            f"cannot read {last}: {error.strerror}", f"tmux-resurrect keeps a link there: ls -l {last.parent}"
        ) from error


def _usable(file: Path | None) -> bool:
    try:
        return file is not None and not saves.read(file).broken
    except FileNotFoundError:
        return False


def _spoiled(last: Path, before: Path | None, now: Path | None) -> OcprovError:
    """The error; a save that is no good does not stay in the place of a good one."""
    hint = "run it again: ocprov save; and where that does not help: ocprov doctor"
    if now is None:
        return TmuxError(f"tmux-resurrect saved nothing: there is no {last}", hint)
    what = f"the save {now} is {'broken' if now.exists() else 'gone'}"
    if before is None or before == now or not _usable(before):
        return TmuxError(what, hint)
    saves.point_last(last.parent, before)
    return TmuxError(f"{what}; {last} leads to the one before again", hint)
