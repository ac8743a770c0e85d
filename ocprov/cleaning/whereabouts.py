"""Where a session could still be: on its tmux server, in a process, in a save. What cannot be told counts as there."""

import os
import stat
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from ocprov import cache
from ocprov.cleaning.saved import Saved
from ocprov.cleaning.saved import read as read_saves
from ocprov.errors import OcprovError
from ocprov.tmux import processes
from ocprov.tmux.client import Server
from ocprov.tmux.client import server as named_server
from ocprov.tmux.observe import Sessions, observe

LIVE = "it is live"
SAVED = "tmux-resurrect has it in a save"


class Whereabouts:
    """Looks for sessions of the tmux servers with these labels; `given` is the server that the command is about."""

    def __init__(self, labels: Iterable[str], given: Server) -> None:
        candidates = (given, *_by_socket(), *_by_label(labels), *_by_cache())
        known = {server.label: server for server in candidates}
        self.servers = {label: known[label] for label in labels if label in known}
        self._deaf: dict[str, OcprovError] = {}

    def still(self, label: str, session: str) -> str:
        """Why a session counts as being somewhere; empty when it is nowhere."""
        if label not in self.servers:
            return "its tmux server is not known: ocprov -S SOCKET clean"
        try:
            return self._live(label, session) or self._running(label, session) or self._saved(session)
        except OcprovError as error:
            return f"it cannot be told whether it is live: {error.message}"

    def _live(self, label: str, session: str) -> str:
        """Asked anew each time: it may have come up meanwhile."""
        for there in self._observe(label) or ():
            if session in (there.name, there.declared) or any(pane.of == session for pane in there.panes):
                return LIVE
        return ""

    def _observe(self, label: str) -> Sessions | None:
        """What is on a server; one that gave no answer once is not waited for again."""
        if label in self._deaf:
            raise self._deaf[label]
        try:
            return observe(self.servers[label])
        except OcprovError as error:
            self._deaf[label] = error
            raise

    def _running(self, label: str, session: str) -> str:
        part = f"/run/{label}/{session}/"
        return "a launcher of it runs" if any(part in line for line in self.arguments) else ""

    def _saved(self, session: str) -> str:
        if self._saves.unknown:
            return self._saves.unknown
        return SAVED if session in self._saves.names else ""

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Of every process, in one line each; OcprovError when ps cannot tell."""
        return tuple(process.arguments for process in processes.table().values())

    @cached_property
    def _saves(self) -> Saved:
        running = [server for label, server in self.servers.items() if self._observe(label) is not None]
        return read_saves(running)


def _folder() -> Path:
    base = os.environ.get("TMUX_TMPDIR") or "/tmp"  # noqa: S108 # tmux's own default
    return Path(base) / f"tmux-{os.getuid()}"


def _by_socket() -> list[Server]:
    """Those whose sockets are where tmux puts them."""
    try:
        paths = [path for path in _folder().iterdir() if stat.S_ISSOCK(path.lstat().st_mode)]
    except OSError:
        return []
    return [Server(("-S", str(path)), path) for path in paths]


def _by_label(labels: Iterable[str]) -> list[Server]:
    """Those whose sockets would be there: after a reboot they are gone."""
    return [named_server(label.rpartition("-")[0]) for label in labels]


def _by_cache() -> list[Server]:
    """Those that plans were made for, with sockets in places of their own."""
    entries, _ = cache.entries()
    sockets = {ready["purpose"][1] for entry in entries for ready in entry["prepared"]}
    return [Server(("-S", socket), Path(socket)) for socket in sockets]
