"""What a host tells of its servers: one line of JSON, the passwords in it; pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from ocprov.opencode.record import Process, Record, State
from ocprov.opencode.spec import HIGHEST_PORT, LOOPBACK

SCHEMA = 1
# Of one host.
MOST = 1000
# Bytes of a line.
LONGEST = 4 * 1024 * 1024

_NAME = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Served:
    """A server of a host: its record, of which the host knows more than is in it; `problem` is why it cannot be asked.

    `runs` and `supervised` tell whether those two processes run; the password is there where the server does.
    """

    name: str
    record: Record | None = None
    runs: bool = False
    supervised: bool = False
    problem: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """All servers of a host, and the time by its clock (epoch, seconds)."""

    time: float
    servers: tuple[Served, ...]


def text(servers: Iterable[Served], time: float) -> str:
    """One line of ASCII."""
    return json.dumps({"schema": SCHEMA, "time": time, "servers": list(map(_row, servers))})


def parse(line: str | bytes) -> Told:
    """What a line tells, which came from another machine; ValueError where it is none."""
    try:
        document = json.loads(line)
        rows = document["servers"]
        if document["schema"] != SCHEMA or len(rows) > MOST:
            raise ValueError("schema")
        time = document["time"]
        if not isinstance(time, int | float) or not 0 <= time < 1e11:  # no time is later
            raise ValueError("time")
        return Told(float(time), tuple({one.name: one for one in map(_served, rows)}.values()))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("no line of servers") from error


def named(name: str) -> bool:
    """Whether a server can be called so."""
    return _NAME.fullmatch(name) is not None


def _row(one: Served) -> dict[str, Any]:
    known = one.record
    about: dict[str, Any] = {"name": one.name, "problem": one.problem}
    if known is None:
        return about
    return about | {
        "directory": known.directory,
        "port": known.port,
        "state": known.state,
        "reason": known.reason,
        "server": {"pid": known.server.pid, "started": known.server.started},
        "runs": one.runs,
        "supervised": one.supervised,
        "password": one.password,
    }


def _served(row: Mapping[str, Any]) -> Served:
    name = _text(row["name"])
    if not named(name):
        raise ValueError("name")
    if "directory" not in row:
        return Served(name, problem=_text(row["problem"]))
    return Served(
        name,
        _record(row),
        row["runs"] is True,
        row["supervised"] is True,
        _text(row["problem"]),
        _text(row["password"]),
    )


def _record(row: Mapping[str, Any]) -> Record:
    state: State = row["state"]
    port, server = _whole(row["port"]), row["server"]
    if state not in get_args(State) or port > HIGHEST_PORT:
        raise ValueError("state")
    return Record(
        _text(row["directory"]),
        f"http://{LOOPBACK}:{port}" if port else "",
        port,
        state,
        server=Process(_whole(server["pid"]), _text(server["started"])),
        reason=_text(row["reason"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    value.encode()  # what is no Unicode, JSON can hold and HTTP cannot
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("whole")
    return value
