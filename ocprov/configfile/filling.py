"""The paths that ocmonitor needs, written in full: what a source leaves out or gives by half is filled in.

ocmonitor finds nothing in `live` where one of them is missing, and makes a relative export_dir in every directory that
it starts in. What starts with `/` or `~/` is left as it is.
"""

import os
from collections.abc import Callable, Mapping

from ocprov import state
from ocprov.configfile.ocmonitor import Document
from ocprov.errors import OcprovError

Expand = Callable[[str], str]

NAMES = ("database_file", "opencode_storage_dir", "messages_dir", "export_dir")


def missing(document: Document, expand: Expand) -> dict[str, str]:
    """The entries of `[paths]` to write, each absolute; `expand` tells what `~` and `$NAME` in a text mean.

    A relative path starts where its owner's data is: `./exports` at ocprov's, the others at OpenCode's.
    """
    given = document.get("paths", {})
    wanted = {name: _full(name, str(given.get(name, "")), expand) for name in NAMES}
    return {name: path for name, path in wanted.items() if path != given.get(name)}


def filled(data: bytes, entries: Mapping[str, str]) -> bytes:
    """The TOML `data` with these entries of `[paths]`; every comment and the order stay."""
    if not entries:
        return data
    return _edited(data, {"paths": entries})


def harmless(data: bytes, document: Document) -> bytes:
    """The TOML for a look at it by ocmonitor that touches nothing: other paths, no network."""
    paths = dict.fromkeys(NAMES, "/nonexistent/ocprov") | {"export_dir": "/"}
    changes: dict[str, dict[str, object]] = {"paths": dict(paths)}
    for section, name in (("models", "remote_fallback"), ("currency", "remote_rates")):
        if document.get(section, {}).get(name):
            changes[section] = {name: False}
    return _edited(data, changes)


def _full(name: str, given: str, expand: Expand) -> str:
    if given.startswith(("/", "~/")) and "$" not in given:
        return given
    meant = expand(given) if given else _STANDARD[name]
    if meant.startswith("~"):
        raise OcprovError(f"paths.{name}: {meant} is nobody's home here", "write the path in full")
    start = state.data_dir() if name == "export_dir" else state.data_dir().parent / "opencode"
    return os.path.normpath(start / meant)


_STANDARD = {
    "database_file": "opencode.db",
    "opencode_storage_dir": "storage",
    "messages_dir": "storage/message",
    "export_dir": "exports",
}


def _edited(data: bytes, changes: Mapping[str, Mapping[str, object]]) -> bytes:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(data)
        for section, entries in changes.items():
            if section not in document:
                document[section] = tomlkit.table()
            for name, value in entries.items():
                document[section][name] = value
        return tomlkit.dumps(document).encode()
    except TOMLKitError as error:
        raise OcprovError(
            f"[paths] cannot be filled in: {error}", f"write {', '.join(NAMES)} in the source, in full"
        ) from error
