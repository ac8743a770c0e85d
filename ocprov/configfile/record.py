"""What was deployed where: `deployed.json` in the state directory, `{real path: SHA-256}`.

More kinds of keys are there, each a word before the path: `kept` (what a person's version and the declined one are,
together), `link` (where a link of ocprov's leads), `linking` (where one leads that is about to be made), and `edited` (a
backup that holds a person's version).
"""

import re
from collections.abc import Mapping
from pathlib import Path

from ocprov import state
from ocprov.configfile import atomic
from ocprov.configfile.compare import Kept, sha
from ocprov.core.value import dataclass

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Record:
    """What was deployed; `warning` says why the record counts as lost, and is empty otherwise."""

    hashes: Mapping[str, str]
    warning: str = ""

    @property
    def places(self) -> tuple[Path, ...]:
        """Every file that was deployed, or kept."""
        named = (key.partition("/") for key in self.hashes if not key.startswith("edited "))
        return tuple({Path(slash + rest): None for _, slash, rest in named if slash})

    def kept(self, real: Path, old: str | None, new: str) -> Kept:
        """What a person said of `old` being there while `new` is what is wanted."""
        mark = self.hashes.get(_key("kept", real), "")
        if not mark or old is None:
            return ""
        return "stays" if mark == _both(old, new) else "stayed"

    def linked(self, own: Path, leads: str) -> bool:
        """Whether the link at `own` that says `leads` is one of ocprov's."""
        marks = (self.hashes.get(_key("link", own)), self.hashes.get(_key("linking", own)))
        return bool(leads) and _text(leads) in marks

    def edited(self, backup: Path) -> bool:
        """Whether that backup holds what a person wrote."""
        return _key("edited", backup) in self.hashes


def path() -> Path:
    """Where the record is."""
    return state.state_dir() / "deployed.json"


def read() -> Record:
    """The record; an unreadable one is as good as none, with a warning."""
    import json

    try:
        found = json.loads(b"".join(atomic.chunks(path())))
    except FileNotFoundError:
        return Record({})
    except OSError as error:
        return Record({}, f"cannot read {path()}: {error.strerror}; treated as lost")
    except (ValueError, RecursionError):
        return Record({}, f"{path()} is not JSON; treated as lost")
    if not _is_hashes(found):
        return Record({}, f"{path()} does not map paths to hashes; treated as lost")
    return Record(found)


def text(hashes: Mapping[str, str]) -> bytes:
    """The bytes of a record file."""
    import json

    return (json.dumps(hashes, indent=2, sort_keys=True) + "\n").encode()


def deployed(known: Record, real: Path, new: str, leads: str = "") -> dict[str, str]:
    """The record's entries once `new` was deployed to `real`, by a link where it `leads` somewhere."""
    entries = {key: known.hashes[key] for key in known.hashes if key not in _all(real)}
    link = {_key("link", real): _text(leads)} if leads else {}
    return {**entries, str(real): new, **link}


def linking(known: Record, own: Path, leads: str) -> dict[str, str]:
    """The record's entries just before a link is made, so that a run that is killed then knows it for ocprov's."""
    return {**known.hashes, _key("linking", own): _text(leads)}


def accepted(known: Record, real: Path, old: str, new: str, *, ours: bool = False) -> dict[str, str]:
    """The record's entries once `old` stays at `real` though `new` is wanted; `ours` is whether it is no person's work."""
    entries = {key: known.hashes[key] for key in known.hashes if key not in _all(real)}
    return {**entries, _key("kept", real): _both(old, new), **({str(real): old} if ours else {})}


def write(hashes: Mapping[str, str], edited: Path | None = None) -> None:
    """Write the record, if it says anything new; `edited` is a backup of what a person wrote.

    Entries of backups that are gone go too. Raises OcprovError where it cannot be written.
    """
    mark = {_key("edited", edited): sha(b"")} if edited else {}
    entries = {key: value for key, value in {**hashes, **mark}.items() if _holds(key)}
    file = path()
    # The file that it tells of may be in place already, or not yet.
    hint = f"run it again once that can be written: ls -ld {file.parent}; df -h {file.parent}"
    with atomic.understood(file, hint):
        atomic.remove_leftovers(file.parent)
    new = text(entries)
    if new != _old(file):
        # Under the lock nobody else writes it; whatever else stands there was a lost record, and gives way.
        atomic.swap(file, lambda beside: atomic.write_new(beside, new, 0o600), lambda: True, hint)


def _old(file: Path) -> bytes | None:
    """What the file holds; None where it cannot be told."""
    try:
        return atomic.read(file)
    except OSError:
        return None


def _holds(key: str) -> bool:
    return not key.startswith("edited ") or Path(key.removeprefix("edited ")).exists()


def _key(kind: str, of: Path) -> str:
    return f"{kind} {of}"


def _all(real: Path) -> tuple[str, ...]:
    return (str(real), *(_key(kind, real) for kind in ("kept", "link", "linking")))


def _text(leads: str) -> str:
    return sha(leads.encode("utf-8", "surrogateescape"))


def _both(old: str, new: str) -> str:
    return sha(f"{old} {new}".encode())


def _is_hashes(found: object) -> bool:
    return isinstance(found, dict) and all(
        isinstance(sha, str) and _SHA.fullmatch(sha) for sha in found.values()
    )
