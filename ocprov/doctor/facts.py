"""What the checks of persistence look at, as values: read once, judged elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ocprov.doctor.command import Commands
from ocprov.persistence.saves import Save

_NAMES = re.compile(r"^(?!\s*#).*tmux-resurrect", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A live session: whether it is ours, whether its status line is drawn, and whether drawing that saves."""

    name: str
    ours: bool
    status: bool = True
    saves: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """A tmux server that runs: its options, its sessions, how many clients draw it, other tmux servers' ids.

    `others` is None where processes cannot be listed.
    """

    save_script: str = ""
    save_script_there: bool = True
    processes: str = ""
    hook: str = ""
    reconcile: str = ""
    reconcile_there: bool = True
    restore: str = ""
    interval: str = ""
    last_autosave: str = ""
    status: str = "on"
    status_right: str = ""
    pane_base_index: int = 0
    sessions: tuple[Shown, ...] = ()
    clients: int = 0
    others: tuple[int, ...] | None = ()

    @property
    def continuum(self) -> bool:
        """Whether tmux-continuum was loaded, and means to save."""
        return bool(self.last_autosave) or "continuum_save.sh" in self.status_right


@dataclass(frozen=True, slots=True)
class Last:
    """What `last`, the save that a restore reads, is; `modified` in seconds of the epoch.

    `why` is what the system said of one that cannot be read.
    """

    kind: Literal["missing", "dangling", "unreadable", "read"]
    path: Path
    save: Save | None = None
    modified: int = 0
    why: str = ""
    hint: str = ""

    @property
    def useless(self) -> bool:
        """Whether a restore gets nothing from it, and it may be made to lead to another save."""
        return self.kind in ("missing", "dangling") or (self.save is not None and self.save.broken)


@dataclass(frozen=True, slots=True)
class Conf:
    """A conf file of tmux's; `text` is None where it cannot be read."""

    path: Path
    text: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it; `running` is None where no server runs.

    `good` is the newest good save, looked for where `last` is useless. `gone` are launchers in `last` that are not
    there, `layouts` the aliases of their sessions as far as they are known. `halted` is whether the file is there that turns
    automatic restores off, `timer` whether ocprov saves by one, None where that cannot be told. `commands` makes the
    commands of fixes.
    """

    last: Last
    state: Path
    now: int
    running: Running | None = None
    good: Path | None = None
    gone: tuple[Path, ...] = ()
    layouts: Mapping[str, str] = field(default_factory=dict)
    confs: tuple[Conf, ...] = ()
    halted: bool = False
    timer: bool | None = False
    commands: Commands = field(default_factory=Commands)

    @property
    def named(self) -> bool:
        """Whether a conf file names tmux-resurrect."""
        return any(_NAMES.search(conf.text or "") for conf in self.confs)
