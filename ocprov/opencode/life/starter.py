"""Starting a supervisor that outlives whoever starts it."""

import os
import subprocess
from collections.abc import Sequence

from ocprov import itself
from ocprov.errors import OcprovError
from ocprov.opencode.life import rotation
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record

_LARGEST = 1024 * 1024


def start(known: Record, tmux: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start the supervisor of that record, in a session of its own, without a terminal; it adopts what runs.

    `tmux` are the options that name the tmux server to which it tells how many conversations wait.
    """
    place = known.places
    arguments = [*itself.command(), *tmux, "server", "run", "--detached", "--dir", known.directory]
    try:
        log = _log(place)
        try:
            return subprocess.Popen(
                arguments,
                cwd="/",  # it keeps no directory from being removed
                env={
                    name: value for name, value in os.environ.items() if not name.startswith("OCPROV_SERVER_")
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            os.close(log)
    except OSError as error:
        raise OcprovError(
            f"cannot start {arguments[0]}: {(error.strerror or '').lower()}", "ocprov doctor"
        ) from error


def _log(place: Places) -> int:
    rotation.limit(place.supervisor_log, _LARGEST)
    return rotation.open_for(place.supervisor_log)
