"""Judges OpenCode: the program, and whether its data and log are where the dashboards look."""

import re
from collections.abc import Iterator

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check
from ocprov.doctor.fixes import Fixes
from ocprov.doctor.seen.program import Said

PACKAGE = "npm install -g opencode-ai, or see https://opencode.ai/docs"
_VERSION = re.compile(r"^\D{0,12}(\d+)\.(\d+)\.(\d+)\S*\s*$", re.MULTILINE)
_SUPPORTED = 1


@dataclass(frozen=True, slots=True)
class Opencode:
    """`path` is empty where it is not on PATH; `needed` are the layouts that do not come up then.

    `database` is where OpenCode keeps its data, `read` where ocmonitor by itself looks for it; `logs` is the directory of
    the logs. Of these `there` are those that exist; `why` is why the data cannot be read.
    """

    path: str
    version: Said
    needed: tuple[str, ...]
    database: str
    read: str
    logs: str
    there: frozenset[str]
    why: str = ""


def judge(seen: Opencode, fixed: Fixes) -> Iterator[Check]:
    """One check for the program, one for the data, one for the log."""
    yield _program(seen, fixed)
    yield from _data(seen, fixed)
    if seen.logs in seen.there:
        yield Check("log", "ok", f"in {printable(seen.logs)}")
    else:
        yield Check("log", "warn", f"none yet in {printable(seen.logs)}", "start opencode once")


def _program(seen: Opencode, fixed: Fixes) -> Check:
    what, path = "opencode", printable(seen.path)
    if not seen.path:
        who = f": {', '.join(map(printable, seen.needed))} does not come up" if seen.needed else ""
        return Check(what, "warn", f"not on PATH{who}", fixed.advice(PACKAGE))
    by_hand = f"run it by hand: {path} --version"
    if seen.version.trouble:
        return Check(what, "warn", f"{path} {seen.version.trouble}", by_hand)
    found = _VERSION.search(seen.version.text)
    if found is None or seen.version.code:
        lines = seen.version.text.strip().splitlines() or ["nothing"]
        return Check(
            what, "warn", f"{path} does not tell its version, but: {printable(lines[0])[:60]}", by_hand
        )
    told = f"{'.'.join(found.groups())}, {path}"
    if int(found[1]) > _SUPPORTED:
        fix = "npm install -g opencode-ai, for version 1"
        return Check(what, "warn", f"{told}: ocprov is made for version 1", fix)
    return Check(what, "ok", told)


def _data(seen: Opencode, fixed: Fixes) -> Iterator[Check]:
    database, read = printable(seen.database), printable(seen.read)
    if seen.why:
        yield Check("data", "fail", printable(seen.why), f"look at it: ls -l {database}")
    elif seen.database not in seen.there:
        found = f"none yet in {database}: the dashboards wait for it"
        yield Check("data", "warn", found, "start opencode once; or, for a first look: ocprov demo")
    else:
        yield Check("data", "ok", database)
    if seen.read != seen.database:
        found = f"OpenCode writes {database}, ocmonitor by itself reads {read}"
        fix = f"{fixed.commands.ocprov('deploy')}, or: export OCMONITOR_DATABASE_FILE={database}"
        yield Check("one place", "warn", found, fix)
