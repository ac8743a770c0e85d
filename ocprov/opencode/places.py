"""Where ocprov keeps what belongs to the server of one directory."""

from dataclasses import dataclass
from pathlib import Path

from ocprov.core import names
from ocprov.state import private_dir, state_dir


@dataclass(frozen=True, slots=True)
class Places:
    """The state directory of a server, and what is in it; nothing of it need exist."""

    root: Path

    @property
    def name(self) -> str:
        """What people call the server: `<slug>-<hash6>` of its directory."""
        return self.root.name

    @property
    def lock(self) -> Path:
        """Held by the supervising process for as long as it lives."""
        return self.root / "lock"

    @property
    def start_lock(self) -> Path:
        """Held while a server is being started, stopped or removed."""
        return self.root / "start.lock"

    @property
    def record(self) -> Path:
        """What is known of the server (`record`)."""
        return self.root / "server.json"

    @property
    def password(self) -> Path:
        """Its password, mode 0600."""
        return self.root / "password"

    @property
    def activity(self) -> Path:
        """What the supervisor heard of its conversations last (`activity`)."""
        return self.root / "activity.json"

    @property
    def log(self) -> Path:
        """What the server prints: OpenCode's log of this server alone."""
        return self.root / "server.log"

    @property
    def supervisor_log(self) -> Path:
        """What a supervisor without a terminal says."""
        return self.root / "supervisor.log"

    @property
    def tmp(self) -> Path:
        """The server's TMPDIR, emptied before each start."""
        return self.root / "tmp"

    @property
    def xdg(self) -> Path:
        """What an isolated server has instead of the user's directories."""
        return self.root / "xdg"

    def make(self) -> "Places":
        """Make the state directory, mode 0700."""
        private_dir(self.root)
        return self


def folder() -> Path:
    """Where the state directories of all servers are."""
    return state_dir() / "opencode"


def of(directory: Path) -> Places:
    """The places of the server of a real directory (`spec.real`)."""
    return Places(folder() / names.project(str(directory)))


def every() -> tuple[Places, ...]:
    """Those that there are, by name."""
    found = folder()
    if not found.is_dir():
        return ()
    return tuple(Places(one) for one in sorted(found.iterdir()) if one.is_dir() and not one.is_symlink())
