"""How the user's own ssh is called: argument lists; pure."""

import math
import shlex

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet.targets import Target
from ocprov.settings.values import Settings

# Nobody is asked anything, and of what a configuration says besides how to get there nothing is done: of two options
# ssh takes the first.
_ALONE = (
    "-x",
    "-o", "BatchMode=yes",
    "-o", "ConnectionAttempts=1",
    "-o", "LogLevel=ERROR",
    "-o", "RemoteCommand=none",
)  # fmt: skip
# A master of connections that runs is used, and none is made: whoever came by ours would go with it when it is ended.
_READING = (
    "-n",
    "-T",
    "-o", "ControlMaster=no",
    "-a",
    "-o", "ClearAllForwardings=yes",
)  # fmt: skip
_LONGEST = 30.0  # seconds that no connection needs; an answer may


@dataclass(frozen=True, slots=True)
class Ssh:
    """The user's ssh, with what they always give it; `limit` is seconds for a host's whole answer."""

    program: tuple[str, ...] = ("ssh",)
    limit: float = 15.0

    def reading(self, target: Target, command: str) -> list[str]:
        """The arguments that run a command of `command.reading` on a host, and read what it prints."""
        return self.batch(target, command, *_READING)

    def batch(self, target: Target, command: str, *options: str) -> list[str]:
        """The same with options of one's own before all others; `-G` goes with an empty command."""
        return [
            *self.program, *options, *_ALONE, "-o", f"ConnectTimeout={self._connecting()}",
            *target.options, "--", target.destination, *([command] if command else ()),
        ]  # fmt: skip

    def terminal(self, target: Target, command: str) -> list[str]:
        """The arguments that run a command on a host at this terminal; ssh may ask for what it needs."""
        return [
            *self.program,
            "-t",
            "-o",
            "RemoteCommand=none",
            *target.options,
            "--",
            target.destination,
            command,
        ]

    def _connecting(self) -> int:
        """Seconds for the connection, fewer than for the answer: so what failed is known."""
        return max(1, math.floor(min(self.limit, _LONGEST) * 2 / 3))


def of(settings: Settings) -> Ssh:
    """By the settings `fleet.ssh`, in a shell's words, and `fleet.timeout`; OcprovError where those are no words."""
    text = settings.text("fleet.ssh")
    try:
        program = tuple(shlex.split(text))
    except ValueError as error:
        raise OcprovError(
            f"fleet.ssh cannot be read: {error}", "quote it as in a shell: ssh -F '/a b'"
        ) from error
    return Ssh(program or ("ssh",), settings.number("fleet.timeout"))


def missing(program: str, error: OSError) -> OcprovError:
    """That ssh cannot be started."""
    return OcprovError(
        f"{program} cannot be started: {error.strerror}",
        "install OpenSSH's client, or set fleet.ssh in config.toml",
    )
