"""What `sessions()` was told, as a request and what else is needed for it; pure but for the files of `source`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet import request, source
from ocprov.fleet.request import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its text; the key of the ocprov that it is for, and how that is collected; seconds for a command."""

    request: str
    key: str
    extras: tuple[str, ...]
    wheels: str
    limit: float


def words(given: str | Iterable[str]) -> tuple[str, ...]:
    """One word, as a command line has it, or several."""
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def made(
    layouts: str | Iterable[str],
    variables: Mapping[str, object],
    directory: str,
    files: Path | None,
    flags: Mapping[str, bool],
    limit: float,
) -> str:
    """The text of a request; OcprovError where a host would not understand it. `flags` are those of `Request`."""
    if not limit > 0:
        raise OcprovError(f"no host answers within {limit:g} s", "give timeout= some seconds")
    wanted = Request(
        layouts=words(layouts),
        settings=tuple(_setting(name, value) for name, value in variables.items()),
        directory=directory,
        files={} if files is None else source.files(files),
        wait=min(int(limit / 2), Request().wait),  # so that the host can still say who it waits for
        **flags,
    )
    text = request.text(wanted)
    if request.parse(text) != wanted:
        raise OcprovError("the request is not what it would be on a host", "give plain strings and flags")
    return text


def _setting(name: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{name}={'true' if value else 'false'}"
    if isinstance(value, (str, int, Path)):
        return f"{name}={value}"
    raise OcprovError(
        f"the variable {printable(str(name))} is a {type(value).__name__}",
        "variables are strings, whole numbers and booleans",
    )
