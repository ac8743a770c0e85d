"""Wheels for tests without a network: what is installed here, packed again, and small ones that are made up."""

import base64
import functools
import hashlib
import platform
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ocprov.fleet import kind
from ocprov.fleet.kind import Kind

_NOT_IN_A_WHEEL = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")


def here() -> Kind:
    """The kind of this machine, as pip sees it."""
    libc = "glibc " + platform.libc_ver()[1] if sys.platform == "linux" else "macos " + platform.mac_ver()[0]
    return kind.checked(".".join(platform.python_version_tuple()[:2]), platform.machine(), libc)


def fill(folder: Path, extras: Iterable[str]) -> Path:
    """Wheels of all that ocprov with these extras needs, and of pip, as they are installed here."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(_needed("ocprov", extras) - {"ocprov"} | {"pip"}):
        packed(folder, name)
    return folder


def thin(folder: Path) -> Path:
    """Wheels of all that ocprov needs directly, of nothing but their names and versions."""
    for line in _requires("ocprov"):
        one = Requirement(line)
        if one.marker is None:
            (version,) = [each.version for each in one.specifier if each.operator == ">="]
            made_up(folder, one.name.replace("-", "_"), version)
    made_up(folder, "pip", "26.0")
    return folder


def quick_ocmonitor(folder: Path) -> None:
    """A wheel of an ocmonitor that takes every config at once and stays; the real one needs many more to be there."""
    program = (
        "import os, sys\n"
        "def main():\n"
        "    if 'config' in sys.argv:\n"
        "        return print('Configuration')\n"
        "    os.execvp('sleep', ['sleep', '4000'])\n"
    )
    entry = "[console_scripts]\nocmonitor = quick_ocmonitor:main\n"
    contents = {"quick_ocmonitor.py": program, "opencode_monitor-1.0.5.dist-info/entry_points.txt": entry}
    made_up(folder, "opencode_monitor", "1.0.5", contents=contents)


def packed(folder: Path, name: str) -> Path:
    """A wheel of a distribution that is installed here."""
    known = metadata.distribution(name)
    tags = [line[5:] for line in (known.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")]
    contents = {
        str(one): Path(str(one.locate())).read_bytes() for one in known.files or () if _is_inside(one)
    }
    project = canonicalize_name(name).replace("-", "_")
    return _write(folder / f"{project}-{known.version}-{_joined(tags)}.whl", contents)


def made_up(
    folder: Path,
    name: str,
    version: str = "1.0",
    needs: Iterable[str] = (),
    tag: str = "py3-none-any",
    contents: Mapping[str, str] | None = None,
) -> Path:
    """A wheel of nothing, or of some files."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {one}" for one in needs] + ["Provides-Extra: monitor"]
    wheel = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
    texts = {**(contents or {}), f"{info}/METADATA": "\n".join(lines) + "\n", f"{info}/WHEEL": wheel}
    given = {one: text.encode() for one, text in texts.items()}
    return _write(folder / f"{name}-{version}-{tag}.whl", given)


def _is_inside(one: metadata.PackagePath) -> bool:
    if one.parts[:2] == ("pygments", "lexers") and not one.name.startswith("_"):
        return False  # hundreds of files, for languages that no test shows
    return ".." not in one.parts and "__pycache__" not in one.parts and one.name not in _NOT_IN_A_WHEEL


def _joined(tags: Iterable[str]) -> str:
    """The tags as one, as in a wheel's name."""
    columns = zip(*(tag.split("-") for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(column)) for column in columns)


def _write(path: Path, contents: Mapping[str, bytes]) -> Path:
    info = next(name.partition("/")[0] for name in contents if ".dist-info/" in name)
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in contents.items()]
    record = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, content in {**contents, f"{info}/RECORD": record.encode()}.items():
            out.writestr(name, content)
    return path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _needed(name: str, extras: Iterable[str]) -> set[str]:
    """A distribution with these extras, and all that it needs here."""
    found: set[tuple[str, frozenset[str]]] = set()
    left: list[tuple[str, frozenset[str]]] = [(canonicalize_name(name), frozenset(extras))]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += _wanted(*one)
    return {str(each) for each, _ in found}


def _wanted(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in _requires(name):
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(one.name), frozenset(one.extras)


@functools.cache
def _requires(name: str) -> tuple[str, ...]:
    return tuple(metadata.requires(name) or ())
