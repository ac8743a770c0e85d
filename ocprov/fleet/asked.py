"""What `sessions()` was told, as a request and what else is needed for it; pure but for the files of `source`."""

from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet import request, source
from ocprov.fleet.request import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its text; the key of the ocprov that it is for, and how that is collected; seconds for a command.

    `source` is where its files are from, empty where it has none.
    """

    request: str
    key: str
    extras: tuple[str, ...]
    wheels: str
    limit: float
    source: str = ""


def words(given: str | Iterable[str]) -> tuple[str, ...]:
    """One word, as a command line has it, or several; OcprovError where it is neither."""
    if not isinstance(given, Iterable):
        raise OcprovError(f"{str(given)!a} is no list of words", 'give one word or a list: ["monitoring"]')
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def seconds(given: object) -> float:
    """A time limit; OcprovError where it is none."""
    if isinstance(given, (int, float)) and 0 < given < inf:
        return float(given)
    raise OcprovError(f"no host answers within {str(given)!a} seconds", "give timeout= some seconds: 300")


def made(
    layouts: str | Iterable[str],
    variables: Mapping[str, object],
    directory: str | Path,
    files: Path | None,
    flags: Mapping[str, bool],
    limit: float,
) -> str:
    """The text of a request; OcprovError where a host would not understand it. `flags` are those of `Request`."""
    _refuse_others(variables, flags)
    wanted = Request(
        layouts=words(layouts),
        settings=tuple(_setting(name, value) for name, value in variables.items()),
        directory=str(directory),
        files={} if files is None else source.files(files),
        wait=min(int(limit / 2), Request().wait),  # so that the host can still say who it waits for
        **flags,
    )
    text = request.text(wanted)
    if request.parse(text) != wanted:
        raise OcprovError("the request is not what it would be on a host", "give plain strings and flags")
    return text


def _refuse_others(variables: object, flags: Mapping[str, object]) -> None:
    """OcprovError for what a deploy.py may say that its types do not have."""
    if not isinstance(variables, Mapping):
        raise OcprovError(f"variables= is a {type(variables).__name__}", 'give a dict: {"NAME": "VALUE"}')
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise OcprovError(f"{name}= is {str(value)!a}", "it is True or False")


def _setting(name: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{name}={'true' if value else 'false'}"
    if isinstance(value, (str, int, Path)):
        return f"{name}={value}"
    raise OcprovError(
        f"the variable {printable(str(name))} is a {type(value).__name__}",
        "variables are strings, whole numbers and booleans",
    )
