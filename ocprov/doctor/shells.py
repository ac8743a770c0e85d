"""Judges the shell: the one that panes get, and whether Tab completes ocprov's commands in the user's own."""

from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes


@dataclass(frozen=True, slots=True)
class Shells:
    """`login` is SHELL, else that of the user database; `pane` what tmux would give (empty: no server answers).

    `usable` are those of the two that can be run. `own` is the shell in use, by name (empty: not known), `completed`
    whether completion is installed for it, None where there is none for such a shell.
    """

    login: str
    pane: str
    usable: frozenset[str]
    own: str = ""
    completed: bool | None = None


def judge(seen: Shells, fixed: Fixes) -> Iterator[Check]:
    """One check for the shell, one for completion."""
    yield _login(seen)
    if seen.pane and seen.pane not in seen.usable:
        found = f"tmux's default-shell {printable(seen.pane)} cannot be run"
        fix = fixed.commands.tmux(f"set -g default-shell {_good(seen)}") + ", in tmux.conf too"
        yield Check("shell in tmux", "fail", found, fix)
    yield _completion(seen, fixed)


def _login(seen: Shells) -> Check:
    if not seen.login:
        return Check("shell", "warn", "SHELL is not set: panes get /bin/sh", "export SHELL=/bin/sh, or yours")
    if seen.login not in seen.usable:
        found = f"{printable(seen.login)} is not there, or cannot be run"
        return Check("shell", "fail", found, "chsh -s /bin/sh; export SHELL=/bin/sh")
    return Check("shell", "ok", printable(seen.login))


def _good(seen: Shells) -> str:
    return printable(seen.login) if seen.login in seen.usable else "/bin/sh"


def _completion(seen: Shells, fixed: Fixes) -> Check:
    what = "completion"
    if not seen.own:
        return Check(what, "warn", "not known which shell you use", "ocprov completion --help")
    if seen.completed is None:
        return Check(what, "ok", f"there is none for {printable(seen.own)}")
    if seen.completed:
        return Check(what, "ok", f"installed for {seen.own}")
    return Check(what, "warn", f"not installed for {seen.own}", "ocprov completion --install")
