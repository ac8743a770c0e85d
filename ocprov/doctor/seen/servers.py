"""Gathers how OpenCode's servers are, what runs beside them, and what OpenCode left in TMPDIR."""

import asyncio
import os
import re
import stat
import tempfile
from itertools import islice

from ocprov.doctor.servers import Hand, Server, Servers
from ocprov.errors import OcprovError
from ocprov.opencode import password, places, record
from ocprov.opencode.life import found
from ocprov.opencode.places import Places
from ocprov.opencode.record import Record, Unreadable

_LEFT = re.compile(r"\.[0-9a-f]{8,}-0000\w*\.so")
_MOST = 20_000


def servers() -> Servers:
    """All of it; servers are asked at the same time, for a few seconds."""
    from ocprov.opencode.look import seen  # late: of those that need httpx

    records = record.every()
    looked = asyncio.run(seen.look(records)) if records else ()
    ready = [one.record for one in looked if one.answers and isinstance(one.record, Record)]
    compared, lacks, untold = _contract(ready)
    live = {one.directory for one in ready}
    hands = found.by_hand()
    tmp = tempfile.gettempdir()
    files, leaked = _leaked(tmp)
    return Servers(
        tuple(_server(one.record, one.health, one.why, one.memory) for one in looked),
        None
        if hands is None
        else tuple(Hand(one.pid, one.directory, one.directory in live) for one in hands),
        tmp,
        files,
        leaked,
        compared,
        lacks,
        untold,
    )


def _server(known: Record | Unreadable, health: str, why: str, memory: int) -> Server:
    place = Places(places.folder() / known.name)
    secret, mend = _secret(place)
    return Server(
        known.name,
        known.directory if isinstance(known, Record) else "",
        health,
        why,
        memory,
        secret,
        mend,
        bool(place.root.stat().st_mode & 0o077),
        str(place.root),
    )


def _secret(place: Places) -> tuple[str, str]:
    if not os.path.lexists(place.password):
        return "", ""
    try:
        password.read(place)
    except OcprovError as error:
        return error.message, error.hint
    return "", ""


def _contract(ready: list[Record]) -> tuple[str, tuple[str, ...], str]:
    """Of one server a version: the versions that told, what they lack together, why one did not tell."""
    from ocprov.opencode.api import contract

    async def each(asked: list[Record]) -> list[tuple[str, ...] | BaseException]:
        return await asyncio.gather(*map(contract.lacks, asked), return_exceptions=True)

    asked = list({one.version: one for one in ready}.values())
    told = dict(zip((one.version for one in asked), asyncio.run(each(asked)), strict=True))
    right = {version: one for version, one in told.items() if not isinstance(one, BaseException)}
    wrong = [one for one in told.values() if isinstance(one, BaseException)]
    why = next(
        (error.message if isinstance(error, OcprovError) else "it takes too long" for error in wrong), ""
    )
    lacks = dict.fromkeys(what for one in right.values() for what in one)
    return ", ".join(right), tuple(lacks), why


def _leaked(folder: str) -> tuple[int, int]:
    """How many files of this user's OpenCode left there, and their bytes."""
    me, sizes = os.geteuid(), []
    try:
        with os.scandir(folder) as there:
            for one in islice(there, _MOST):
                about = one.stat(follow_symlinks=False) if _LEFT.fullmatch(one.name) else None
                if about and stat.S_ISREG(about.st_mode) and about.st_uid == me:
                    sizes.append(about.st_size)
    except OSError:
        return 0, 0  # it is a hint, no more
    return len(sizes), sum(sizes)
