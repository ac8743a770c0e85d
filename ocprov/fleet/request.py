"""What a host is asked to be like: one JSON document on the standard input of `ocprov host`; pure."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

SCHEMA = 1
# Bytes, of all files together: layouts and settings, nothing else goes this way.
LARGEST = 1_000_000
LONGEST_WAIT = 86_400


@dataclass(frozen=True, slots=True)
class Request:
    """Files below the host's `~/.config/ocprov`, and what `ocprov up` is to be told there.

    `files` are contents by relative path; with none at all the files on the host are left alone. `layouts`, `settings`
    (`NAME=VALUE`) and `directory` are as of `up`, a directory that begins with `~/` in the host's home, where a relative
    one starts too. `config` is to deploy ocmonitor's config; `force` to replace files that were edited on the host;
    `linger` to keep sessions beyond a logout where the host would end them. `wait` are the seconds that another ocprov
    is waited for.
    """

    layouts: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    directory: str = ""
    files: Mapping[str, bytes] = {}  # a value, which nobody changes
    config: bool = True
    prune: bool = False
    restart_changed: bool = False
    force: bool = False
    linger: bool = True
    wait: int = 60


_WORDS = ("layouts", "settings")
_FLAGS = ("config", "prune", "restart_changed", "force", "linger")
_KEYS = ("schema", *_WORDS, *_FLAGS, "directory", "files", "wait")
# Bytes, of a path and of a name in it: every file system has room for them.
_LONGEST_PATH, _LONGEST_NAME = 1024, 255


def text(request: Request) -> str:
    """The request as one line of ASCII."""
    files = {name: base64.b64encode(content).decode() for name, content in request.files.items()}
    values = {name: getattr(request, name) for name in (*_WORDS, *_FLAGS, "directory", "wait")}
    return json.dumps({"schema": SCHEMA, **values, "files": files})


def parse(given: str) -> Request:
    """The request in a text; OcprovError where it is none."""
    try:
        document = json.loads(given, object_pairs_hook=_once)
        if document["schema"] != SCHEMA:
            raise OcprovError(
                "the request is of another version of ocprov", "use the same version on both sides"
            )
        return _request(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OcprovError(
            "the request on standard input cannot be read", "see docs/fleet.md for its form"
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; ValueError where a key is there twice, of which one would count for nothing."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(pairs)
    return made


def _request(document: dict[str, Any]) -> Request:
    for name in document:
        if name not in _KEYS:  # it would be as if it had been done
            raise OcprovError(
                f"a request has no {name!a}", "see docs/fleet.md; or use the same version on both sides"
            )
    words: dict[str, Any] = {name: _checked_words(document.get(name, [])) for name in _WORDS}
    flags: dict[str, Any] = {name: _checked_flag(document[name]) for name in _FLAGS if name in document}
    files = {
        _checked_path(name): base64.b64decode(_checked_text(content), validate=True)
        for name, content in document.get("files", {}).items()
    }
    if sum(map(len, files.values())) > LARGEST:
        raise OcprovError(
            f"the files are larger than {LARGEST} bytes together", "only layouts and settings go this way"
        )
    _refuse_clash(files)
    return Request(
        directory=_checked_word(document.get("directory", "")),
        files=files,
        wait=_checked_wait(document.get("wait", Request().wait)),
        **words,
        **flags,
    )


def _checked_wait(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return max(0, min(value, LONGEST_WAIT))


def _checked_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _checked_words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(map(_checked_word, value))


def _checked_word(value: object) -> str:
    """A text such as an argument can be."""
    text = _checked_text(value)
    if not text.isprintable():
        raise OcprovError(f"{text!a} has characters that cannot be printed", "say it without them")
    return text


def _checked_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _checked_path(name: str) -> str:
    """A path that stays below the directory it is for; hidden names are ocprov's own there."""
    if not name.isprintable() or "\\" in name or any(part[:1] in ("", ".") for part in name.split("/")):
        raise OcprovError(f"{name!a} is no path below ~/.config/ocprov", "give it another name")
    if len(name.encode()) > _LONGEST_PATH or any(
        len(part.encode()) > _LONGEST_NAME for part in name.split("/")
    ):
        raise OcprovError(f"{name[:80]!a}... is too long for a path", "give it a shorter name")
    return name


def _refuse_clash(files: Mapping[str, bytes]) -> None:
    for name in files:
        parts = name.split("/")
        for length in range(1, len(parts)):
            if (folder := "/".join(parts[:length])) in files:
                raise OcprovError(f"{folder} is a file and the folder of {name}", "give one another name")
