"""The wheels that ocprov needs on a host, collected here, so that a host needs no registry: once for a kind of host."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from ocprov import lock
from ocprov.errors import OcprovError
from ocprov.fleet import bundle, key, needed, own
from ocprov.fleet.kind import Kind
from ocprov.state import base, private_dir

# Seconds for one pip, which may load some twenty wheels; and for another run that collects.
LIMIT = 600
_KEPT = 8  # tars, some 15 MB each
# A pass adds what the one before showed to be needed; more than two were never seen.
_PASSES = 5
_WHERE = "see docs/fleet.md on hosts without wheels, or give a directory of them: wheels="


def collected(
    kind: Kind, extras: Iterable[str] = (), given: str = "", say: Callable[[str], None] = lambda _: None
) -> Path:
    """A tar for `installer.py`, in the cache: this ocprov and all that it needs on such hosts; made when missing.

    `given` is a directory of wheels, which are then the only ones used. `say` is told what takes long. OcprovError
    where a wheel cannot be had, BusyError where another run still collects after ten minutes.
    """
    wanted = sorted(set(extras))
    place = private_dir(base("XDG_CACHE_HOME", ".cache") / "ocprov/wheels")
    path = place / f"{key.key(wanted)}-{kind}{_mark(given)}.tar"
    with lock.held(place / ".lock", wait=LIMIT, blocked=lambda: say("waiting for another run's wheels")):
        if not path.exists():
            say(f"collecting wheels for {kind}")
            for left in place.glob(".new-*"):  # by a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            _collect(path, kind, wanted, given)
            _forget(place)
        os.utime(path)  # the last that were used are kept
    return path


def _mark(given: str) -> str:
    """What differs when the wheels of a directory do; empty without one."""
    if not given:
        return ""
    folder = Path(given).expanduser()
    found = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.glob("*.whl")]
    if not found:
        raise OcprovError(
            f"there are no wheels in {given}", "fill it: pip wheel -w DIRECTORY 'ocprov[monitor]' pip"
        )
    return "-" + blake2b(repr(sorted(found)).encode(), digest_size=4).hexdigest()


def _collect(path: Path, kind: Kind, extras: Sequence[str], given: str) -> None:
    with TemporaryDirectory(prefix=".new-", dir=path.parent) as work:
        own_wheel = own.wheel(Path(work))
        root = f"{own_wheel}[{','.join(extras)}]" if extras else str(own_wheel)
        more: tuple[str, ...] = ()
        for number in range(_PASSES):
            folder = Path(work, str(number))
            _download(folder, kind, given, (root, "pip", *more))
            lacking = needed.missing(folder, kind, extras)
            if not lacking:
                bundle.write(path, folder, kind, extras)
                return
            more += lacking
    raise OcprovError(f"wheels for {kind} could not be collected: {lacking[0]} was not loaded", _WHERE)


def _download(folder: Path, kind: Kind, given: str, wanted: Sequence[str]) -> None:
    """Have pip load wheels for a host's Python, with their dependencies as this machine's markers have them."""
    there = ("--python-version", kind.python, "--implementation", "cp", "--abi", f"cp{kind.nodot}")
    platforms = [word for name in kind.platforms for word in ("--platform", name)]
    source = ("--no-index", "--find-links", str(Path(given).expanduser().resolve())) if given else ()
    options = ("--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet")
    _pip("download", *options, "--dest", str(folder), *there, *platforms, *source, *wanted, kind=kind)


def _pip(*arguments: str, kind: Kind) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OcprovError(
            f"pip still loads wheels after {LIMIT} s", "look at the network, run it again"
        ) from error
    if done.returncode:
        why = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.strip()]
        raise OcprovError(f"wheels for {kind} could not be collected: {(why or ['pip failed'])[-1]}", _WHERE)


def _forget(place: Path) -> None:
    """Remove all but the tars that were used last."""
    tars = sorted(place.glob("*.tar"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in tars[_KEPT:]:
        old.unlink(missing_ok=True)
