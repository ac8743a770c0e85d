"""Read config.toml and the environment into settings; what is wrong in them is refused, with its line."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ocprov import state
from ocprov.core import keys
from ocprov.core.names import printable
from ocprov.errors import OcprovError
from ocprov.settings.environment import parsed, variable
from ocprov.settings.keys import KEYS
from ocprov.settings.values import Setting, Settings

LARGEST = 1024 * 1024


def path() -> Path:
    """Where config.toml is, or would be."""
    return state.config_dir() / "config.toml"


def read(environment: Mapping[str, str] | None = None, data: bytes | None = None) -> Settings:
    """Every setting: of the environment, else of config.toml, else its default; `data` is what that will hold.

    Raises OcprovError when the file cannot be trusted or read, or one of them holds what a key may not be.
    """
    told = os.environ if environment is None else environment
    file = path()
    text = _text(file) if data is None else _decoded(file, data)
    document = _document(file, text)
    _refuse_wrong(file, keys.problems(document, KEYS, text))
    return Settings({key.name: _setting(key, document, told, text) for key in KEYS}, file)


def _setting(
    key: keys.Key, document: Mapping[str, Mapping[str, object]], told: Mapping[str, str], text: str
) -> Setting:
    section, _, entry = key.name.partition(".")
    name = variable(key)
    if told.get(name):
        return Setting(key, parsed(key, told[name]), f"environment {name}")
    if entry in document.get(section, {}):
        line = keys.line(text, key.name)
        return Setting(key, document[section][entry], f"config.toml:{line}" if line else "config.toml")
    return Setting(key, key.default, "default")


def _text(file: Path) -> str:
    """The text of config.toml, empty where there is none."""
    try:
        status = file.stat()
    except FileNotFoundError:
        if file.is_symlink():
            raise _unusable(file, f"is a link to {file.readlink()}, which does not exist") from None
        return ""
    except OSError as error:
        raise _unusable(file, f"cannot be read: {error.strerror}") from error
    _refuse_strange(file, status)
    try:
        return _decoded(file, file.read_bytes())
    except OSError as error:
        raise _unusable(file, f"cannot be read: {error.strerror}") from error


def _decoded(file: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unusable(file, "is not UTF-8 text") from error


def _refuse_strange(file: Path, status: os.stat_result) -> None:
    """It may name a program to run: only its owner may write it."""
    if not stat.S_ISREG(status.st_mode):
        raise _unusable(file, "is not a file")
    if status.st_size > LARGEST:
        raise _unusable(file, "is larger than 1 MiB")
    if status.st_uid not in (os.geteuid(), 0):
        raise _unusable(file, "belongs to another user")
    if status.st_mode & stat.S_IWOTH:
        raise OcprovError(f"{printable(str(file))} can be written by every user", f"chmod o-w {file}")


def _document(file: Path, text: str) -> dict[str, dict[str, object]]:
    if not text:
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        hint = f"correct it: {printable(str(file))}; ocprov config show tells every key"
        raise OcprovError(f"{printable(str(file))} is not TOML: {error}", hint) from error


def _refuse_wrong(file: Path, found: tuple[keys.Problem, ...]) -> None:
    if not found:
        return
    first = found[0]
    place = f"{printable(str(file))}:{first.line}" if first.line else printable(str(file))
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    raise OcprovError(
        f"{place}: {printable(first.name)}: {first.message}{more}",
        "ocprov config show --keys tells every key and what it may be",
    )


def _unusable(file: Path, why: str) -> OcprovError:
    return OcprovError(f"{printable(str(file))} {why}", f"look at it: ls -l {printable(str(file))}")
