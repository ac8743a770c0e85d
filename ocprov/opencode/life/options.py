"""What a server is to be, out of what is asked, what it was before, and the defaults."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from ocprov.core.names import printable
from ocprov.errors import ConflictError
from ocprov.opencode.record import Options, Record
from ocprov.opencode.spec import ServerSpec

# What a server that runs cannot be given any more, and how a person calls it.
_FIXED = {
    "isolation": "isolation",
    "port": "port",
    "config_file": "config file",
    "config_dir": "config directory",
    "auth_file": "auth file",
    "binary": "program",
}


def merged(spec: ServerSpec, last: Options) -> Options:
    """The options of a server; what `spec` leaves open is as before."""
    asked = _asked(spec)
    found = {one.name: asked.get(one.name) or getattr(last, one.name) for one in fields(Options)}
    found["startup_timeout"] = spec.startup_timeout
    found["delete_on_exit"] = spec.delete_on_exit  # nothing is deleted for what was said of a server before
    if found["isolation"] == "shared":
        found["auth_file"] = ""  # it was for an isolated one
    return Options(**found)


def refuse_other(spec: ServerSpec, running: Record) -> None:
    """ConflictError where a server that runs is asked for otherwise than it is."""
    asked = _asked(spec)
    own = {name: getattr(running.options, name) for name in _FIXED} | {"port": running.port}
    for name, word in _FIXED.items():
        if asked.get(name) and asked[name] != own[name]:
            raise ConflictError(
                f"the server of {printable(running.directory)} runs with {word} "
                f"{printable(str(own[name])) or 'by default'}, not {printable(str(asked[name]))}",
                f"end it first: ocprov server stop {running.name}",
            )


def _asked(spec: ServerSpec) -> dict[str, Any]:
    paths = ("auth_file", "config_dir", "config_file", "binary")
    found = {name: _absolute(getattr(spec, name)) for name in paths}
    plain = ("isolation", "port", "nested", "delete_on_exit")
    return found | {name: getattr(spec, name) for name in plain}


def _absolute(path: Path | None) -> str:
    return str(path.expanduser().absolute()) if path else ""
