"""One source of files for a user of a host in a run: a second one would take away what the first has put there."""

from functools import lru_cache

from ocprov.core.names import printable
from ocprov.errors import ConflictError


def require(run: object, user: str, source: str) -> None:
    """ConflictError where a user, a host being part of the name, got files of another source in this run already."""
    before = _sources(run).setdefault(user, source) if source else source
    if before != source:
        raise ConflictError(
            f"{printable(source)} would take away the files that came from {printable(before)} in this run",
            "put both into one directory, and name that as source= everywhere",
        )


@lru_cache(maxsize=1)
def _sources(run: object) -> dict[str, str]:
    """By user, for the length of a run."""
    del run  # it is here for the cache alone
    return {}
