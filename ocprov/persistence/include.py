"""The lines in a file of ocprov's own, and one marked block in the user's tmux.conf that reads it."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocprov import state
from ocprov.configfile import target
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.persistence import block, conf
from ocprov.persistence.edit import Change, Edit, apply, refuse_read_only

WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in order, or with a dry run would be.

    Where there are conflicts, `changes` are those, and nothing was touched. `place_known` is False when it could
    not be told where the conf runs the plugins, so that the block is at its end.
    """

    changes: tuple[Change, ...]
    place_known: bool = True

    @property
    def changed(self) -> bool:
        """Whether any file is another one than before."""
        return any(change.action not in ("none", "conflict") for change in self.changes)


def _silent() -> None:
    """Say nothing while waiting for the lock."""


def path() -> Path:
    """The file that ocprov writes its lines to, and a tmux.conf reads."""
    return state.config_dir() / "tmux.conf"


def source_line() -> str:
    """The line for a tmux.conf; tmux expands its path as a shell expands file names."""
    escaped = "".join(f"\\{char}" if char in "*?[]\\" else char for char in str(path()))
    return conf.line("source-file", "-q", escaped)


def standard() -> tuple[Path, ...]:
    """The user's files that tmux reads when it starts, those that are not there too."""
    home = state.home()
    under_xdg = state.base("XDG_CONFIG_HOME", ".config") / "tmux/tmux.conf"
    return tuple(dict.fromkeys((home / ".tmux.conf", under_xdg, home / ".config/tmux/tmux.conf")))


def install(
    lines: str,
    *,
    file: Path | None,
    dry_run: bool,
    wait: float = WAIT,
    blocked: Callable[[], None] = _silent,
) -> Outcome:
    """Write the lines to ocprov's own file, and have `file` (None: the best tmux.conf) read that.

    Raises OcprovError where something cannot be read or written: nothing is touched then.
    """
    text = os.fsencode(lines)

    def planned() -> tuple[list[Edit], bool]:
        chosen = (file or _best()).absolute()
        line = source_line()
        found = _user_conf(chosen, f"`ocprov tmux-conf > {path()}`, and add where that file is made: {line}")
        wanted = block.put(found.data or b"", os.fsencode(line))
        # The lines come first: a conf that reads a missing file does nothing, one without a block neither.
        return [_include(text), _unless_damaged(chosen, found, wanted.data)], wanted.place_known

    return _done(planned, dry_run, wait, blocked)


def uninstall(
    *, file: Path | None, dry_run: bool, wait: float = WAIT, blocked: Callable[[], None] = _silent
) -> Outcome:
    """Take the block out of `file` (None: every tmux.conf that has it), then the lines away.

    The lines stay while another standard tmux.conf has the block. Raises as `install`.
    """

    def planned() -> tuple[list[Edit], bool]:
        marked = _marked()
        confs = [file.absolute()] if file else marked
        done = {os.path.realpath(each) for each in confs}
        readers = [each for each in marked if os.path.realpath(each) not in done]
        return [*map(_without, confs), _still_read(readers[0]) if readers else _include(None)], True

    return _done(planned, dry_run, wait, blocked)


def _done(
    planned: Callable[[], tuple[list[Edit], bool]],
    dry_run: bool,
    wait: float,
    blocked: Callable[[], None],
) -> Outcome:
    """Do what is planned. It is planned again under the lock, which is taken only where there is work."""
    foreseen = _foreseen(*planned())
    if dry_run or not foreseen.changed:
        return foreseen
    # The lock of `deploy`: both write temporary files, and remove those of killed runs, maybe in one directory.
    with held(state.private_dir(state.state_dir()) / "deploy.lock", wait=wait, blocked=blocked):
        edits, place_known = planned()
        if any(edit.conflict for edit in edits):
            return _foreseen(edits, place_known)
        return Outcome(tuple(map(apply, edits)), place_known)


def _foreseen(edits: list[Edit], place_known: bool) -> Outcome:
    """What the edits would do: nothing at all where there is a conflict."""
    conflicts = [edit for edit in edits if edit.conflict]
    return Outcome(tuple(edit.change for edit in conflicts or edits), place_known)


def _best() -> Path:
    """The tmux.conf that has the block, else the one that runs the plugins, else the first, else a new one."""
    for fits in (block.marked, block.runs_plugins):
        for each in map(_local, standard()):
            if fits(_seen(each)):
                return each
    return next((_local(each) for each in standard() if os.path.lexists(each)), standard()[0])


def _marked() -> list[Path]:
    """Every tmux.conf with a mark of ours; of several links to one file the first."""
    marked = {
        os.path.realpath(each): each
        for each in reversed([_local(each) for each in standard()])
        if block.marked(_seen(each))
    }
    return list(marked.values())[::-1]


def _local(tmux_conf: Path) -> Path:
    """Oh my tmux has a file for what a user adds, and is a checkout of somebody else's beside it."""
    local = tmux_conf.with_name(f"{tmux_conf.name}.local")
    return local if b"TMUX_CONF_LOCAL" in _seen(tmux_conf) and local.is_file() else tmux_conf


def _seen(tmux_conf: Path) -> bytes:
    """What it holds, nothing where there is no file; OcprovError where it cannot be read: a block may be there."""
    try:
        return tmux_conf.read_bytes() if stat.S_ISREG(tmux_conf.stat().st_mode) else b""
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise OcprovError(
            f"cannot read {tmux_conf}: {error.strerror}",
            f"nothing was touched; look at it: ls -l {tmux_conf}",
        ) from error


def _user_conf(tmux_conf: Path, by_hand: str) -> target.Found:
    """The file to edit; refused where it could not be."""
    if not tmux_conf.parent.is_dir():
        raise OcprovError(f"there is no directory {tmux_conf.parent}", "make it, or name another --file")
    refuse_read_only(tmux_conf, f"nothing was touched; {by_hand}")
    return target.find(tmux_conf)


def _unless_damaged(tmux_conf: Path, found: target.Found, data: bytes | None) -> Edit:
    """The edit of a tmux.conf; a conflict where a person has been at the marks."""
    marks = f'"{block.BEGIN.decode()}" and "{block.END.decode()}"'
    damaged = block.damaged(found.data or b"")
    reason = f"it has not one pair of the lines {marks}" if damaged else ""
    return Edit(tmux_conf, found, data, kept=data is not None, reason=reason, conflict=damaged)


def _without(tmux_conf: Path) -> Edit:
    found = _user_conf(tmux_conf, "take the block of ocprov out where that file is made")
    data = None if found.data is None else block.take(found.data)
    if data is None and tmux_conf.is_symlink():
        data = b""
    return _unless_damaged(tmux_conf, found, data)


def _include(text: bytes | None) -> Edit:
    """Our own file; one that ocprov did not write is somebody's work."""
    if text is not None or os.path.lexists(path()):
        refuse_read_only(path(), "nothing was touched; `ocprov tmux-conf` prints the lines")
    found = target.find(path())
    foreign = bool(found.data) and not (found.data or b"").startswith(conf.HEADER.encode())
    reason = "ocprov did not write it" if foreign else ""
    return Edit(path(), found, text, kept=False, reason=reason, conflict=foreign)


def _still_read(reader: Path) -> Edit:
    """Our own file, left as it is: without it another tmux.conf would read nothing."""
    found = target.find(path())
    return Edit(path(), found, found.data, kept=False, reason=f"{reader} reads it")
