"""Judges OpenCode's servers: whether they answer, as what, how large they are, what runs beside them."""

from collections.abc import Iterator
from shlex import quote

from ocprov.core.names import printable
from ocprov.core.value import dataclass
from ocprov.doctor.check import Check

LARGE = 2_000_000_000
LEAK = 100_000_000
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its name: its directory, its word as `ocprov server ls` has it, why, and its memory in bytes.

    `exposed` is what is wrong with its password's file, and `mend` what to do then; empty where nothing is. `loose` is
    whether others may look into its state directory.
    """

    name: str
    directory: str
    health: str
    why: str = ""
    memory: int = 0
    exposed: str = ""
    mend: str = ""
    loose: bool = False
    root: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """An OpenCode that somebody started by hand; `beside` is whether a server of ocprov's works in its directory."""

    pid: int
    directory: str
    beside: bool


@dataclass(frozen=True, slots=True)
class Servers:
    """All of them; `hands` is None where this system does not tell.

    `leaked` is how much OpenCode has left in `tmp`, in `files` files. `lacks` is what the servers of a version do not have
    of what ocprov asks; `untold` why that is not known.
    """

    servers: tuple[Server, ...] = ()
    hands: tuple[Hand, ...] | None = ()
    tmp: str = "/tmp"  # noqa: S108 # what is told of it
    files: int = 0
    leaked: int = 0
    compared: str = ""
    lacks: tuple[str, ...] = ()
    untold: str = ""


def judge(seen: Servers) -> Iterator[Check]:
    """One check for the servers that are well, and one for each thing that is not."""
    ready = [one for one in seen.servers if one.health in ("ready", "starting")]
    if ready or not seen.servers:
        yield Check("servers", "ok", f"{len(ready)} ready" if ready else "none runs")
    for one in seen.servers:
        yield from _server(one)
    yield from _hands(seen)
    yield from _contract(seen)
    if seen.leaked > LEAK:
        found = f"OpenCode left {seen.files} files, {seen.leaked // 1_000_000} MB, in {printable(seen.tmp)}"
        fix = f"find {quote(printable(seen.tmp))} -maxdepth 1 -user \"$(id -u)\" -name '.*-0000*.so' -mtime +1 -delete"
        yield Check("leftovers", "warn", found, fix)


_WORDS = {
    "hung": ("fail", "runs and does not answer", "ocprov server stop --force {name}, then {ensure}"),
    "foreign": ("fail", "has a port at which another program answers", "{ensure}"),
    "orphan": ("warn", "runs, and nobody supervises it", "{ensure}"),
    "dead": ("warn", "has ended and nobody noticed", "{ensure}"),
    "failed": ("warn", "failed", "ocprov server logs {name}; {ensure}"),
    "unknown": ("warn", "cannot be told about", "ocprov server ls; ocprov server stop {name}"),
}


def _server(one: Server) -> Iterator[Check]:
    name = printable(one.name)
    ensure = f"ocprov server ensure --dir {quote(printable(one.directory))}"
    if one.health in _WORDS and not (one.health == "unknown" and one.exposed):
        state, words, fix = _WORDS[one.health]
        why = f": {printable(one.why)}" if one.why else ""
        yield Check(
            name, "fail" if state == "fail" else "warn", f"{words}{why}", fix.format(name=name, ensure=ensure)
        )
    if one.exposed:
        yield Check(name, "fail", printable(one.exposed), printable(one.mend))
    if one.loose:
        root = printable(one.root)
        yield Check(name, "warn", f"others may look into {root}", f"chmod 700 {quote(root)}")
    if one.memory > LARGE:
        found = f"has grown to {one.memory / 1e9:.1f} GB"
        yield Check(name, "warn", found, f"when it is idle: ocprov server stop {name} && {ensure}")


def _hands(seen: Servers) -> Iterator[Check]:
    if seen.hands is None:
        yield Check("by hand", "ok", "not looked for: this system does not tell where a process works")
        return
    for one in seen.hands:
        if one.beside:
            found = (
                f"process {one.pid} works in {printable(one.directory)} too, where a server of ocprov's does"
            )
            yield Check(
                "by hand", "fail", f"{found}: they overwrite each other's work", f"end it: kill {one.pid}"
            )
    others = [one for one in seen.hands if not one.beside]
    if others:
        told = ", ".join(f"{one.pid} in {printable(one.directory)}" for one in others[:_SHOWN])
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        yield Check("by hand", "ok", f"OpenCode that ocprov did not start: {told}{more}")


def _contract(seen: Servers) -> Iterator[Check]:
    if seen.lacks:
        told = ", ".join(map(printable, seen.lacks[:_SHOWN]))
        more = f" and {len(seen.lacks) - _SHOWN} more" if len(seen.lacks) > _SHOWN else ""
        found = f"OpenCode {printable(seen.compared)} has not what ocprov asks: {told}{more}"
        yield Check(
            "API",
            "fail",
            found,
            "update ocprov; or install a version that it knows: npm install -g opencode-ai@1.18",
        )
    elif seen.compared:
        yield Check("API", "ok", f"OpenCode {printable(seen.compared)} has all that ocprov asks")
    elif seen.untold:
        yield Check("API", "warn", f"not compared: {printable(seen.untold)}", "ocprov server ls")
    else:
        yield Check("API", "ok", "not compared: no server runs")
