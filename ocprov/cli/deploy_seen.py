"""What the last source came to, so that `deploy` with nothing to do renders, fills in and asks nothing.

A file in the cache directory, with hashes only. What cannot be read is as if it were not there.
"""

from contextlib import suppress
from pathlib import Path

from ocprov import questions, state
from ocprov.cli.deploy_source import Content, Source
from ocprov.configfile import atomic
from ocprov.configfile.compare import sha
from ocprov.errors import OcprovError
from ocprov.replace import replace


def recall(source: Source, raw: bytes, *, link: bool) -> str:
    """The hash of what `raw` came to, where all that this depends on is as it was; else empty."""
    import json

    try:
        found = json.loads(b"".join(atomic.chunks(_path())))
        same = found["for"] == _for(source, raw, link=link)
        return str(found["sha"]) if same and not questions.changed(found["asked"]) else ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def remember(source: Source, raw: bytes, content: Content, *, link: bool) -> None:
    """Keep it for the next time; where that cannot be, the next time takes longer."""
    import json

    known = {"for": _for(source, raw, link=link), "sha": sha(content.data), "asked": content.asked}
    with suppress(OSError, OcprovError):
        state.private_dir(_path().parent)
        replace(str(_path()), json.dumps(known).encode())


def _for(source: Source, raw: bytes, *, link: bool) -> list[object]:
    return [str(source.path), sha(raw), link]


def _path() -> Path:
    return state.base("XDG_CACHE_HOME", ".cache") / "ocprov/deploy.json"
