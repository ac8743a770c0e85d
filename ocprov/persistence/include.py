"""The lines in a file of ocprov's own, and one marked block in the user's tmux.conf that reads it."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ocprov import state
from ocprov.configfile import target
from ocprov.errors import ConflictError, OcprovError
from ocprov.lock import held
from ocprov.persistence import block, conf
from ocprov.persistence.edit import Change, Edit, apply, refuse_read_only

WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in order, or with a dry run would be.

    `sure` is False when it could not be told where the conf runs the plugins, so that the block is at its end.
    """

    changes: tuple[Change, ...]
    sure: bool = True

    @property
    def changed(self) -> bool:
        """Whether any file is another one than before."""
        return any(change.action != "none" for change in self.changes)


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
    command: Sequence[str],
    *,
    file: Path | None,
    dry_run: bool,
    wait: float = WAIT,
    blocked: Callable[[], None] = _silent,
) -> Outcome:
    """Write the lines for the ocprov that `command` runs, and have `file` (None: the best tmux.conf) read them.

    Raises ConflictError for a damaged block, OcprovError where something cannot be written: nothing is touched then.
    """
    text = os.fsencode(conf.text(command))

    def planned() -> tuple[list[Edit], bool]:
        chosen = (file or _best()).absolute()
        line = source_line()
        found = _user_conf(chosen, f"`ocprov tmux-conf > {path()}`, and add where that file is made: {line}")
        wanted = block.put(found.data, os.fsencode(line))
        # The lines come first: a conf that reads a missing file does nothing, one without a block neither.
        return [_include(text), Edit(chosen, found, wanted.data, kept=True)], wanted.sure

    return _done(planned, dry_run, wait, blocked)


def uninstall(
    *, file: Path | None, dry_run: bool, wait: float = WAIT, blocked: Callable[[], None] = _silent
) -> Outcome:
    """Take the block out of `file` (None: every tmux.conf that has it), then the lines away. Raises as `install`."""

    def planned() -> tuple[list[Edit], bool]:
        confs = [file.absolute()] if file else _marked()
        return [*map(_without, confs), _include(None)], True

    return _done(planned, dry_run, wait, blocked)


def _done(
    planned: Callable[[], tuple[list[Edit], bool]],
    dry_run: bool,
    wait: float,
    blocked: Callable[[], None],
) -> Outcome:
    """Do what is planned. It is planned again under the lock, which is taken only where there is work."""
    edits, sure = planned()
    if dry_run or all(edit.action == "none" for edit in edits):
        return Outcome(tuple(Change(edit.action, edit.path, edit.found.real) for edit in edits), sure)
    # The lock of `deploy`: both write temporary files, and remove those of killed runs, maybe in one directory.
    with held(state.private_dir(state.state_dir()) / "deploy.lock", wait=wait, blocked=blocked):
        edits, sure = planned()
        return Outcome(tuple(map(apply, edits)), sure)


def _best() -> Path:
    """The tmux.conf that has the block, else the one that runs the plugins, else the first, else a new one."""
    there = [_local(each) for each in standard() if os.path.lexists(each)]
    for fits in (block.marked, block.runs_plugins):
        for each in there:
            if fits(_seen(each)):
                return each
    return there[0] if there else standard()[0]


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
    """What can be read of a file that may not be the one; the chosen one is looked at again, with errors."""
    with suppress(OSError):
        if tmux_conf.is_file():
            return tmux_conf.read_bytes()
    return b""


def _user_conf(tmux_conf: Path, by_hand: str) -> target.Found:
    """The file to edit; refused where it could not be, or where a person has been at the marks."""
    if not tmux_conf.parent.is_dir():
        raise OcprovError(f"there is no directory {tmux_conf.parent}", "make it, or name another --file")
    refuse_read_only(tmux_conf, f"nothing was touched; {by_hand}")
    found = target.find(tmux_conf)
    if found.data is not None and block.damaged(found.data):
        marks = f'"{block.BEGIN.decode()}" and "{block.END.decode()}"'
        raise ConflictError(
            f"{tmux_conf} has not one pair of the lines {marks}",
            "nothing was touched; remove what is left of ocprov's block, then run this again",
        )
    return found


def _without(tmux_conf: Path) -> Edit:
    found = _user_conf(tmux_conf, "take the block of ocprov out where that file is made")
    data = None if found.data is None else block.take(found.data)
    if data is None and tmux_conf.is_symlink():
        data = b""
    return Edit(tmux_conf, found, data, kept=data is not None)


def _include(text: bytes | None) -> Edit:
    """Our own file; one that ocprov did not write is somebody's work."""
    if text is not None or os.path.lexists(path()):
        refuse_read_only(path(), "nothing was touched; `ocprov tmux-conf` prints the lines")
    found = target.find(path())
    if found.data and not found.data.startswith(conf.HEADER.encode()):
        raise ConflictError(
            f"{path()} is in the way: ocprov did not write it", "nothing was touched; move it away"
        )
    return Edit(path(), found, text, kept=False)
