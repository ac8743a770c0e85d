"""Which bytes were deployed where: `deployed.json` in the state directory, `{real path: SHA-256}`."""

import re
from dataclasses import dataclass
from pathlib import Path

from ocprov import state

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Record:
    """What was deployed; `warning` says why the record counts as lost, and is empty otherwise."""

    hashes: dict[str, str]
    warning: str = ""


def path() -> Path:
    """Where the record is."""
    return state.state_dir() / "deployed.json"


def read() -> Record:
    """The record; an unreadable one is as good as none, with a warning."""
    import json

    try:
        found = json.loads(path().read_bytes())
    except FileNotFoundError:
        return Record({})
    except OSError as error:
        return Record({}, f"cannot read {path()}: {error.strerror}; treated as lost")
    except (ValueError, RecursionError):
        return Record({}, f"{path()} is not JSON; treated as lost")
    if not _is_hashes(found):
        return Record({}, f"{path()} does not map paths to hashes; treated as lost")
    return Record(found)


def text(hashes: dict[str, str]) -> bytes:
    """The bytes of a record file."""
    import json

    return (json.dumps(hashes, indent=2, sort_keys=True) + "\n").encode()


def _is_hashes(found: object) -> bool:
    return isinstance(found, dict) and all(
        isinstance(sha, str) and _SHA.fullmatch(sha) for sha in found.values()
    )
