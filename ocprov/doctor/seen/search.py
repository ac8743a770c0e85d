"""Programs on PATH, all of them and not only the first."""

import os
from collections.abc import Iterator

from ocprov.questions import search_path


def everywhere(program: str, path: str | None = None) -> tuple[str, ...]:
    """Each different file that `program` may mean on `path` (None: the PATH that commands run with), the first first."""
    found: dict[str, str] = {}
    for candidate in _candidates(program, search_path() if path is None else path):
        found.setdefault(os.path.realpath(candidate), candidate)
    return tuple(found.values())


def search(program: str, path: str | None = None) -> str:
    """The first of them, absolute; empty where there is none."""
    return next(_candidates(program, search_path() if path is None else path), "")


def _candidates(program: str, path: str) -> Iterator[str]:
    for folder in filter(None, path.split(os.pathsep)):
        candidate = os.path.abspath(os.path.join(folder, program))  # noqa: PTH100, PTH118 # links are kept as they are
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):  # noqa: PTH113 # as above
            yield candidate
