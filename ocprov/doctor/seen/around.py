"""What every group of checks goes by: which tmux there is, which server is meant, and what that one says."""

import os
from collections.abc import Callable, Mapping

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.command import Commands, commands
from ocprov.doctor.fixes import INSTALLERS, Fixes
from ocprov.doctor.seen.program import ask
from ocprov.doctor.seen.search import everywhere, search
from ocprov.doctor.tmux import Running, Tmux
from ocprov.errors import OcprovError, TmuxError
from ocprov.tmux import options
from ocprov.tmux.client import Server, run
from ocprov.tmux.here import OLDEST, older

# Seconds for a server that answers at once, or hangs.
_BRIEF = 3.0
_NO_SERVER = ("no server running", "No such file or directory", "Connection refused", "server exited")


@dataclass(frozen=True, slots=True)
class Around:
    """`server` is None where none can be meant, for the reason in `refused`; `environment` is None where none answers."""

    tmux: Tmux
    fixes: Fixes
    server: Server | None = None
    refused: Check | None = None
    environment: Mapping[str, str] | None = None

    @property
    def answers(self) -> bool:
        """Whether a server runs that can be asked."""
        return self.environment is not None

    @property
    def unusable(self) -> str:
        """Why this tmux cannot be asked about sessions, empty where it can."""
        if self.server is None:
            return "it is not known which tmux server is meant"
        if not self.tmux.binaries or older(self.tmux.binaries[0][1] or "0.0", OLDEST):
            return "there is no tmux that ocprov can use"
        return "the tmux server does not answer" if self.tmux.trouble else ""


def look(meant: Callable[[], Server]) -> Around:
    """All of it; nothing is raised, for whatever is wrong is to be told."""
    binaries = tuple((path, _version(path)) for path in everywhere("tmux"))
    try:
        server = meant()
    except OcprovError as error:
        refused = Check("socket", "fail", printable(error.message), printable(error.hint))
        return Around(Tmux(binaries), _fixes(Commands()), refused=refused)
    fixes = _fixes(commands(server))
    if not binaries or older(binaries[0][1] or "0.0", OLDEST) or not os.path.lexists(server.socket):
        return Around(Tmux(binaries), fixes, server)  # a client that old may wait for ever for a newer server
    try:
        running, environment = _asked(server)
    except TmuxError as error:
        return Around(Tmux(binaries, trouble=error.message), fixes, server)
    return Around(Tmux(binaries, running), fixes, server, environment=environment)


def _version(path: str) -> str:
    said = ask([path, "-V"])
    name, _, version = said.text.strip().partition(" ")
    return version if name == "tmux" and version.isprintable() and not said.code and not said.trouble else ""


def _asked(server: Server) -> tuple[Running | None, dict[str, str] | None]:
    """What the server says; both None where none runs."""
    told = ("-N", "list-commands", "-F", "#{version}", "kill-server", ";", "show-environment", "-g")
    answer = run(server, told, patience=_BRIEF)
    if answer.code and any(words in answer.err for words in _NO_SERVER):
        return None, None
    version, *lines = answer.out.splitlines() or [""]
    if answer.code or not version:
        raise TmuxError(f"the server does not answer: {printable(answer.err) or 'not a word'}")
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    values = options.values(server, ("exit-unattached", "window-size", "default-shell"))
    running = Running(
        version,
        exit_unattached=values["exit-unattached"] in ("1", "on"),
        window_size=values["window-size"],
        shell=values["default-shell"],
        risky=tuple(sorted(name for name in environment if name.startswith("OPENCODE_"))),
        narrow="COLUMNS" in environment,
    )
    return running, environment


def _fixes(made: Commands) -> Fixes:
    become = next((f"{name} " for name in ("sudo", "doas") if search(name)), "")
    return Fixes(made, frozenset(filter(search, INSTALLERS)), "" if os.geteuid() == 0 else become)
