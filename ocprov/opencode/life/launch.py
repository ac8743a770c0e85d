"""Starting the process of a server."""

import os
import shutil
import subprocess
from pathlib import Path

from ocprov.errors import OcprovError
from ocprov.opencode import environment, password, program
from ocprov.opencode.life import isolate, rotation
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record
from ocprov.opencode.spec import LOOPBACK
from ocprov.state import private_dir


def launch(known: Record) -> "subprocess.Popen[bytes]":
    """Start `opencode serve` for that record, in a session of its own; OcprovError where it cannot be started.

    Its log is begun anew, its TMPDIR emptied (OpenCode leaves 6 MB there at each start).
    """
    place, options = known.places, known.options
    found = program.find(Path(options.binary) if options.binary else None, Path(known.directory))
    program.version(found)  # again: an update meanwhile must not convert the user's data
    isolate.prepare(place, options)
    variables = environment.server(os.environ, place, options, known.directory, password.ensure(place))
    try:
        _empty(place)
        rotation.begin(place.log)
        log = rotation.open_for(place.log)
        try:
            return subprocess.Popen(
                arguments(found, known.port),
                cwd=known.directory,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            os.close(log)
    except OSError as error:
        raise OcprovError(
            f"cannot start {found} in {known.directory}: {(error.strerror or '').lower()}", "ocprov doctor"
        ) from error


def arguments(found: Path, port: int) -> list[str]:
    """The command line of a server, by which `found` knows it too: no secret in it."""
    return [str(found), "serve", "--port", str(port), "--hostname", LOOPBACK, "--print-logs"]


def _empty(place: Places) -> None:
    if place.tmp.is_dir() and not place.tmp.is_symlink():
        shutil.rmtree(place.tmp)
    private_dir(place.tmp)
