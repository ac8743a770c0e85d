"""The files that ocprov keeps for one session on one tmux server; no two sessions share one."""

import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from ocprov.core import kept, launcher
from ocprov.core.desired import Pane
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.replace import replace
from ocprov.state import private_dir, state_dir
from ocprov.tmux.client import Server

_LOG_LIMIT = 1_000_000
_KEPT = ".up"


@dataclass(frozen=True, slots=True)
class Files:
    """The launchers, the log and the lock of one session."""

    server: str
    session: str

    @property
    def run(self) -> Path:
        """The directory of the session's launchers."""
        return state_dir() / "run" / self.server / self.session

    @property
    def log(self) -> Path:
        """The session's log."""
        return state_dir() / "log" / self.server / f"{self.session}.log"

    @property
    def lock(self) -> Path:
        """The session's lock; it is made once and stays."""
        return state_dir() / "lock" / self.server / f"{self.session}.lock"

    def launcher(self, key: str) -> str:
        """The path of a pane's launcher."""
        return str(self.run / key)

    def keys(self) -> frozenset[str]:
        """The keys of the panes that have a launcher file."""
        try:
            return frozenset(path.name for path in self.run.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise _cannot("read", self.run, error) from error

    def declared(self, panes: Iterable[Pane]) -> dict[str, str]:
        """The digest in each launcher file of these panes that exists."""
        found, run = {}, self.run
        for pane in panes:
            try:
                found[pane.key] = launcher.declared((run / pane.key).read_text("utf-8", "surrogateescape"))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _cannot("read", run / pane.key, error) from error
        return found

    def write(self, panes: Collection[Pane], path: str) -> None:
        """Write the panes' launchers for the PATH `path`, each by a rename: a shell that runs one goes on in the old."""
        if panes:
            self._private()
        run = self.run
        for pane in panes:
            _replace(run / pane.key, launcher.text(pane, path=path))

    def keep(self, now: kept.Kept) -> None:
        """Keep what an `up` was told and what that declared, for `restart` and for `reconcile`."""
        before = self.kept()
        if before != now.after(before):
            self._private()
            _replace(self.run / _KEPT, kept.text(now.after(before)))

    def kept(self) -> kept.Kept | None:
        """What is kept of the last `up`; None when it is not known."""
        try:
            return kept.kept((self.run / _KEPT).read_text("utf-8"))
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        except OSError as error:
            raise _cannot("read", self.run / _KEPT, error) from error

    def forget(self) -> None:
        """Forget the last `up`: what comes back under that name later is not taken over by itself."""
        try:
            (self.run / _KEPT).unlink(missing_ok=True)
        except OSError as error:
            raise _cannot("remove", self.run / _KEPT, error) from error

    def _private(self) -> None:
        """Make the directory of the launchers; OcprovError where a link leads to another place."""
        for part in (self.run.parent.parent, self.run.parent, self.run):
            if part.is_symlink():
                raise OcprovError(
                    f"{part} is a link, and launchers would be written where it leads", f"rm {part}"
                )
        private_dir(self.run)

    def remove(self) -> None:
        """Remove the launchers and the log; the lock stays, as somebody may wait for it."""
        try:
            for path in self.run.iterdir() if self.run.is_dir() else ():
                path.unlink()
            if self.run.is_dir():
                self.run.rmdir()
            self.log.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot("remove", self.run, error) from error

    def remember(self, lines: Iterable[str]) -> None:
        """Append lines to the log, each with the time and our process id; the log is rotated once, at 1 MB."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        text = "".join(f"{stamp} {os.getpid()} {line}\n" for line in lines)
        private_dir(self.log.parent)
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(self.log, flags, 0o600), "a", encoding="utf-8") as log:
                log.write(text)
            if self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
        except OSError as error:
            raise _cannot("write", self.log, error) from error


def files(server: Server, session: str) -> Files:
    """The files of a session on a server."""
    return Files(server.label, session)


def _replace(path: Path, text: str) -> None:
    try:
        replace(str(path), text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise _cannot("write", path, error) from error


def _cannot(verb: str, path: Path, error: OSError) -> OcprovError:
    if isinstance(error, IsADirectoryError):
        return OcprovError(f"cannot {verb} {path}: it is a directory", f"move it away: mv {path} {path}.old")
    return OcprovError(f"cannot {verb} {path}: {error.strerror}", f"look at it: ls -ld {path.parent}")
