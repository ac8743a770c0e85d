"""The password of a server, in a file of its owner's alone."""

import os
import secrets
import stat

from ocprov.errors import OcprovError
from ocprov.opencode.places import Places

_LENGTH = 32
_MODE = 0o600


def ensure(place: Places) -> str:
    """The password there; made where there is none. OcprovError where somebody else could have read or written it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    beside = place.password.with_name(f".password.{os.getpid()}")
    try:
        if not os.path.lexists(place.password):
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, flags, _MODE), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(_LENGTH))
            beside.rename(place.password)
    except OSError as error:
        raise OcprovError(
            f"cannot write {place.password}: {error.strerror}", f"df -h {place.root}"
        ) from error
    return read(place)


def read(place: Places) -> str:
    """The password there; OcprovError where there is none, or it is no secret."""
    path = place.password
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise OcprovError(
            f"cannot read the password file {path}: {error.strerror}",
            f"ocprov server stop {place.name} && rm {path}: a new one is made at the next start",
        ) from error
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise OcprovError(f"{path} is not a file of yours", f"look at it: ls -l {path}")
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise OcprovError(
                f"{path} can be read by others: mode {stat.S_IMODE(status.st_mode):04o}",
                f"ocprov server stop {place.name} && rm {path}: a new one is made at the next start",
            )
        found = file.read().strip()
    if not found:
        raise OcprovError(f"{path} is empty", f"rm {path}: a new one is made at the next start")
    return found
