"""What is run on a host: one line of sh that finds ocprov there, or a Python to install it with; pure.

A line goes through the login shell of the user there, whichever that is, as `sh -c '<line>'`. So it is one line, and
has no single quote, no `!` (csh) and no backslash before another one or before a quote like that (fish).
"""

import json
import re
from typing import Any, Literal

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.fleet import kind
from ocprov.fleet.command import CURRENT, PLACE, START, answered
from ocprov.fleet.kind import Kind

Verb = Literal["look", "apply"]

_KEY = re.compile(r"[0-9a-f]{12}")

# Commands in windows find what their user has first, ours behind it by a name that upgrades do not change.
_RUN = (
    'if [ -x "$k/bin/python" ] && [ -e "$k/complete" ]; then '
    'PATH="$HOME/.local/bin:${PATH:-/usr/bin:/bin}:$f/current/bin"; export PATH; '
    'exec "$k/bin/python" -I -m ocprov host VERB; fi; '
)
# Whoever writes the request must not be told that nobody reads it.
_DRAIN = "[ -t 0 ] || cat >/dev/null; "
_PYTHONS = " ".join(
    (
        "python3 python3.13 python3.12 python3.14 python3.11",
        '"$HOME"/.local/bin/python3 "$HOME"/.local/bin/python3.1[1-9]',
        "/usr/local/bin/python3 /usr/local/bin/python3.1[1-9] /opt/homebrew/bin/python3",
        '"$HOME"/.local/share/uv/python/cpython-3.1*/bin/python3',
        '"$HOME"/.pyenv/versions/3.1*/bin/python3',
    )
)
_NEITHER = '{"schema":1,"ocprov":null,"python":null}'
_PROBE = "; ".join(
    (
        "import sys, os, json, glob, platform, re, subprocess, sysconfig, venv, zlib",
        "version = sys.version_info[:2]",
        'usable = version >= (3, 11) and sys.implementation.name == "cpython"',
        'usable and not sysconfig.get_config_var("Py_GIL_DISABLED") or sys.exit(1)',
        "mac = platform.mac_ver()[0]",
        'glibc = "" if mac else os.confstr("CS_GNU_LIBC_VERSION") or ""',
        'loader = glob.glob("/lib/ld-musl-*")[:1]',
        'said = subprocess.run(loader, stderr=-1, text=True).stderr if loader and not glibc else ""',
        'musl = re.search("Version ([0-9]+[.][0-9]+)", said or "")',
        'libc = glibc or (musl and "musl " + musl[1]) or (mac and "macos " + ".".join((mac + ".0").split(".")[:2]))',
        "machine = platform.machine()",
        'machine = machine if sys.maxsize > 2**32 else {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)',
        'said = {"schema": 1, "ocprov": None, "python": "%d.%d" % version, "machine": machine, "libc": libc or ""}',
        'more = {"program": sys.executable, "home": os.environ["HOME"], "current": sys.argv[1]}',
        "print(json.dumps({**said, **more}))",
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """A host without the ocprov that was asked for: what it is, the `program` that Python is there, its home.

    `current` is the key of the ocprov that is there, if any.
    """

    kind: Kind
    program: str
    home: str
    current: str


def command(verb: Verb, key: str) -> str:
    """The line that answers with a report, the request being its standard input, or with what `found` reads.

    A look is done by whichever ocprov of the fleet is there, as its report says; an apply by that of `key` alone,
    and only where it is the current one: else the installer is to make it that.
    """
    other = "" if verb == "look" else f'[ "${{k##*/}}" = {_checked(key)} ] || k=""; '
    probe = _PROBE.replace('"', '\\"')
    neither = _NEITHER.replace('"', '\\"')
    return (
        f"{START}{PLACE}{CURRENT}{other}{_RUN.replace('VERB', verb)}{_DRAIN}{CURRENT}"
        f'for p in {_PYTHONS}; do q="$(command -v "$p")" || continue; '
        f'"$q" -I -c "{probe}" "${{k##*/}}" 2>/dev/null </dev/null && exit; done; '
        f'echo "{neither}"'
    )


def answer(printed: str) -> str:
    """The line of a report, or for `found`, in all that a host printed; empty where it has none."""
    return next((line for line in (answered(printed) or "").splitlines() if line.startswith("{")), "")


def found(text: str) -> Found:
    """What a host without ocprov answered; ValueError where it is no such answer, OcprovError without a Python."""
    try:
        document: dict[str, Any] = json.loads(text)
        if document["schema"] != 1 or document["ocprov"] is not None:
            raise ValueError(text[:80])
        if document["python"] is None:
            raise OcprovError("there is no Python that ocprov runs with", "install python3.11 or newer there")
        values = [document[name] for name in ("python", "machine", "libc", "program", "home", "current")]
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(text[:80]) from error
    python, machine, libc, program, home, current = map(_text, values)
    if not program.startswith("/") or not home.startswith("/"):
        raise ValueError(text[:80])
    return Found(
        kind.checked(python, machine, libc), program, home, current if _KEY.fullmatch(current) else ""
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(repr(value)[:80])
    return value


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return key
