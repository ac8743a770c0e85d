"""Keeping what a person had in a file, before ocprov changes it."""

from datetime import UTC, datetime
from pathlib import Path

from ocprov.configfile import atomic
from ocprov.errors import OcprovError


def keep(real: Path, data: bytes) -> Path:
    """A private copy beside the file, named by the time; a second one in that second gets a number.

    Raises OSError where it cannot be written, OcprovError after 100 of one second.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(100):
        copy = real.with_name(f"{real.name}.ocprov-{stamp}{f'-{number}' if number else ''}.bak")
        try:
            atomic.write_new(copy, data, 0o600)
        except FileExistsError:
            continue
        return copy
    raise OcprovError(f"there are 100 backups of {real} of this second", f"look at them: ls -l {real.parent}")
