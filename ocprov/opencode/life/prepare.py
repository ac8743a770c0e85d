"""Everything that is refused before a server is started, and what its supervisor then finds written."""

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ocprov.core.names import printable
from ocprov.errors import ConflictError
from ocprov.opencode import password, places, process, program, record
from ocprov.opencode.life import adopt, found, nested, options, ports
from ocprov.opencode.places import Places
from ocprov.opencode.record import Options, Record
from ocprov.opencode.spec import ServerSpec, real, refuse_wrong

LIVE = ("starting", "ready", "restarting")


def place_of(spec: ServerSpec) -> Places:
    """The place of what is wanted; OcprovError where it cannot be, nothing made."""
    refuse_wrong(spec)
    return places.of(real(spec.directory))


def prepared(spec: ServerSpec, tell: Callable[[str], None]) -> Record:
    """The record that a supervisor starts from, written; to be called with `start_lock` held.

    ConflictError and other OcprovErrors for whatever is in the way; nothing is changed then.
    """
    known, running, wanted = check(spec)
    if running:
        adopted = replace(running, state="starting")
        record.write(adopted)
        return adopted
    version = _supported(wanted, Path(known.directory))
    password.ensure(known.places.make())
    fresh = replace(
        adopt.ended(known), options=wanted, version=version, state="starting", restarts=0, reason=""
    )
    return ports.claim(replace(fresh, host=socket.gethostname()), tell)


def chosen(place: Places) -> Options:
    """The options of the server before, or the default ones."""
    before = record.read(place)
    return before.options if before else Options()


def take_back(place: Places, before: Options) -> None:
    """Write the options of before: those of a server that never got ready are not what the next one starts with."""
    known = record.read(place)
    if known and known.options != before:
        record.write(replace(known, options=before))


def check(spec: ServerSpec) -> tuple[Record, Record | None, Options]:
    """What is known, with the server that runs already, and the options of a new one; the errors of `prepared`.

    Nothing is made or changed.
    """
    directory = real(spec.directory)
    known = _known(places.of(directory), str(directory))
    refuse_elsewhere(known)
    wanted = options.merged(spec, known.options)
    running = adopt.orphan(known)
    if running:
        options.refuse_other(spec, running)
        password.read(known.places)
    else:
        _refuse_by_hand(directory)
        nested.refuse(directory, allowed=wanted.nested)
        _supported(wanted, directory)  # last, as it may take a second
    return known, running, wanted


def known_here(place: Places) -> Record | None:
    """What is known of the server; ConflictError where it may be on another machine."""
    known = record.read(place)
    if known:
        refuse_elsewhere(known)
    return known


def refuse_elsewhere(known: Record) -> None:
    """ConflictError where a server may run on another machine that shares this state directory."""
    here = process.runs(known.server) or process.runs(known.supervisor)
    if known.state in LIVE and known.host not in ("", socket.gethostname()) and not here:
        raise ConflictError(
            f"the server of {printable(known.directory)} is of machine {printable(known.host)}: "
            "whether it runs cannot be told from here",
            f"end it there; or, where that machine is gone: ocprov server stop --force {known.name}",
        )


def _known(place: Places, directory: str) -> Record:
    known = record.read(place)
    if known and known.directory != directory:
        raise ConflictError(
            f"{place.name} is the server of {printable(known.directory)} already, by a rare chance",
            f"end and remove it: ocprov server stop {place.name} --delete; or rename a directory",
        )
    return known or Record(directory)


def _supported(wanted: Options, directory: Path) -> str:
    return program.version(program.find(Path(wanted.binary) if wanted.binary else None, directory))


def _refuse_by_hand(directory: Path) -> None:
    hands = [one for one in found.by_hand(directory) or () if one.pid != os.getpid()]
    if hands:
        told = ", ".join(f"process {one.pid} ({printable(one.command)[:80]})" for one in hands[:3])
        raise ConflictError(
            f"an OpenCode that ocprov did not start works in {printable(str(directory))}: {told}",
            "two on one directory overwrite each other's work: end it first, then run this again",
        )
