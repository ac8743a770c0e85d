"""Completion scripts put in their places, and taken away: never over another's file, twice the same as once."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ocprov.completion import block
from ocprov.completion.place import Place, place, rc_file
from ocprov.completion.scripts import Shell, ours, script
from ocprov.configfile import target
from ocprov.errors import OcprovError
from ocprov.lock import held
from ocprov.persistence.edit import Change, Edit, apply, refuse_read_only
from ocprov.state import private_dir, state_dir

WAIT = 60.0

_SHOWN = "it has not one pair of the marks of ocprov completion"


def install(shell: Shell, *, dry_run: bool, wait: float, blocked: Callable[[], None]) -> Sequence[Change]:
    """Put a shell's script in its place, and have its rc file say so where it must; where a conflict is, only that.

    OcprovError when something cannot be read or written: nothing is touched then.
    """
    return _done(lambda: _wanted(shell, place(shell)), dry_run, wait, blocked)


def uninstall(
    shells: Sequence[Shell], *, dry_run: bool, wait: float, blocked: Callable[[], None]
) -> Sequence[Change]:
    """Take the scripts of these shells and the blocks in their rc files away. Raises as `install`."""
    return _done(lambda: [edit for shell in shells for edit in _unwanted(shell)], dry_run, wait, blocked)


def _wanted(shell: Shell, where: Place) -> list[Edit]:
    edits = [_script(where.script, script(shell).encode())]
    if where.rc:
        refuse_read_only(where.rc, f"nothing was touched; where that file is made add: {where.lines}")
        found = target.find(where.rc)
        data = found.data or b""
        wrong = block.damaged(data)
        new = data if wrong else block.put(data, where.lines.encode("utf-8", "surrogateescape"))
        edits.append(Edit(where.rc, found, new, kept=True, reason=_SHOWN if wrong else "", conflict=wrong))
    return edits


def _unwanted(shell: Shell) -> list[Edit]:
    edits = []
    rc = rc_file(shell)
    found = target.find(rc) if rc else None
    if rc and found and found.data is not None and block.BEGIN in found.data:
        refuse_read_only(rc, "nothing was touched; take the block out where that file is made")
        wrong = block.damaged(found.data)
        new = found.data if wrong else block.take(found.data)
        edits.append(Edit(rc, found, new, kept=True, reason=_SHOWN if wrong else "", conflict=wrong))
    return [*edits, _script(place(shell).script, None)]


def _script(path: Path, data: bytes | None) -> Edit:
    """Our own file; another's is left, and in the way of ours."""
    found = target.find(path)
    foreign = found.data is not None and not ours(found.data)
    if foreign and data is None:
        return Edit(path, found, found.data, kept=False, reason="ocprov did not write it")
    return Edit(
        path, found, data, kept=False, reason="ocprov did not write it" if foreign else "", conflict=foreign
    )


def _done(
    planned: Callable[[], list[Edit]], dry_run: bool, wait: float, blocked: Callable[[], None]
) -> Sequence[Change]:
    """Do what is planned. It is planned again under the lock, which is taken only where there is work."""
    edits = planned()
    if dry_run or not _work(edits):
        return _foreseen(edits)
    try:
        # The lock of `deploy`, for the sake of the temporary files.
        with held(private_dir(state_dir()) / "deploy.lock", wait=wait, blocked=blocked):
            edits = planned()
            return [apply(edit) for edit in edits] if _work(edits) else _foreseen(edits)
    except OSError as error:
        raise OcprovError(f"cannot write: {error.strerror}", "nothing else was touched") from error


def _work(edits: Sequence[Edit]) -> bool:
    return all(not edit.conflict for edit in edits) and any(edit.action != "none" for edit in edits)


def _foreseen(edits: Sequence[Edit]) -> Sequence[Change]:
    return [edit.change for edit in edits if edit.conflict] or [edit.change for edit in edits]
