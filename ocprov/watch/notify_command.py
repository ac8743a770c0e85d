"""The notifier `command`: a program of the user's."""

from collections.abc import Sequence

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.watch import program
from ocprov.watch.message import Message, variables

PATIENCE = 30.0


def send(command: Sequence[str], message: Message) -> bool:
    """Run it with the message on its stdin and `OCPROV_ALERT_*` in its environment; OcprovError when it fails."""
    told = program.environment() | variables(message)
    ran = program.run(command, patience=PATIENCE, environment=told, stdin=f"{message.text}\n")
    if ran.code:
        name = printable(command[0])
        raise OcprovError(
            f"the command of alert.command, {name}, failed: {ran.reason}", f"run {name} by hand"
        )
    return True
