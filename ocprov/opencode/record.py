"""What is known of a server, kept in its state directory: no secret in it."""

import errno
import json
import os
import shlex
import stat
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.opencode import places
from ocprov.opencode.places import Places
from ocprov.opencode.spec import HIGHEST_PORT, Isolation
from ocprov.replace import replace as put

SCHEMA = 1
State = Literal["starting", "ready", "restarting", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its id, and when it was started as the system tells it, as ids are used again."""

    pid: int = 0
    started: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a server was asked to be with; paths are absolute, or empty."""

    isolation: Isolation = "shared"
    auth_file: str = ""
    config_dir: str = ""
    config_file: str = ""
    binary: str = ""
    port: int = 0
    nested: bool = False
    delete_on_exit: bool = False
    startup_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Record:
    """A server as its supervisor wrote it last.

    `since` (epoch) is when it came into its state, `began` when the process started; `reason` tells why it failed or
    restarts; `host` is the machine's name.
    """

    directory: str
    url: str = ""
    port: int = 0
    state: State = "starting"
    since: float = 0.0
    began: float = 0.0
    server: Process = field(default_factory=Process)
    supervisor: Process = field(default_factory=Process)
    options: Options = field(default_factory=Options)
    version: str = ""
    restarts: int = 0
    reason: str = ""
    host: str = ""

    @property
    def places(self) -> Places:
        """Where its files are."""
        return places.of(Path(self.directory))

    @property
    def name(self) -> str:
        """What people call it."""
        return self.places.name

    @property
    def quoted(self) -> str:
        """Its directory as a word of a command that a person is shown."""
        return shlex.quote(printable(self.directory))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is there and cannot be read, and why."""

    name: str
    why: str


def write(record: Record) -> None:
    """Keep a record; OcprovError when the disk does not take it."""
    path = record.places.record
    try:
        put(str(path), json.dumps({"schema": SCHEMA} | asdict(record), indent=1).encode())
    except OSError as error:
        raise OcprovError(f"cannot write {path}: {error.strerror}", f"df -h {path.parent}") from error


def read(place: Places) -> Record | None:
    """The record there, None where there is none; OcprovError where it cannot be read."""
    try:
        content = _content(place.record)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(place, (error.strerror or "").lower()) from error
    try:
        document = json.loads(content)
        if document.pop("schema", None) != SCHEMA:
            raise _unusable(place, "another version of ocprov wrote it")
        return _record(document)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unusable(place, "it is damaged") from error


def _content(path: Path) -> bytes:
    """The bytes of a plain file: a pipe in its place would be waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        return file.read()


def every() -> tuple[Record | Unreadable, ...]:
    """Every record there is, by name."""
    found: list[Record | Unreadable] = []
    for place in places.every():
        try:
            one = read(place)
        except OcprovError as error:
            found.append(Unreadable(place.name, error.message))
        else:
            found += [one] if one else []
    return tuple(found)


def change(record: Record, **changes: Any) -> Record:
    """The record with changes, written."""
    changed = replace(record, **changes)
    write(changed)
    return changed


_PLAIN: dict[Any, Any] = {int: int, float: int | float, str: str, bool: bool}


def _record(document: dict[str, Any]) -> Record:
    parts: dict[str, type[Any]] = {"server": Process, "supervisor": Process, "options": Options}
    read = {name: _made(parts[name], one) if name in parts else one for name, one in document.items()}
    found: Record = _made(Record, read)
    words = found.state in get_args(State) and found.options.isolation in get_args(Isolation)
    ports = all(0 <= port <= HIGHEST_PORT for port in (found.port, found.options.port))
    if not (Path(found.directory).is_absolute() and words and ports):
        raise ValueError(found.directory)
    return found


def _made(kind: type[Any], document: dict[str, Any]) -> Any:
    """The value, without what a newer ocprov may have added."""
    known = {one.name: one.type for one in fields(kind)}
    for name, one in document.items():
        if not isinstance(one, _PLAIN.get(known.get(name), object)):
            raise TypeError(name)
    return kind(**{name: one for name, one in document.items() if name in known})


def _unusable(place: Places, why: str) -> OcprovError:
    return OcprovError(
        f"the record of server {printable(place.name)} cannot be read: {why}",
        f"ocprov server stop {printable(place.name)}, or look at it: {place.record}",
    )
