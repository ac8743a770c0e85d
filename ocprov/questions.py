"""What is so on this machine, one question at a time: all that a plan may depend on, asked the same way by everybody.

The short way of `up` asks them before anything else is imported, so this module imports next to nothing.
"""

import os
import stat
import sys

try:  # hashlib would load OpenSSL, for 10 ms
    from _blake2 import blake2b as blake2b
except ImportError:  # not CPython
    from hashlib import blake2b as blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Answers = Mapping[tuple[str, str], object]  # by `(kind, about)`

LARGEST = 1024 * 1024


def answer(kind: str, about: str) -> object:
    """What is so now; see the table below for the kinds."""
    return _QUESTIONS[kind](about)


def fingerprint(of: object) -> str:
    """Sixteen hex digits that differ when the answer does; an answer may be a secret, so it is not kept itself."""
    data = of if isinstance(of, bytes) else repr(of).encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8).hexdigest()


def changed(inputs: "Iterable[tuple[str, str, str]]") -> str:
    """The first of `(kind, about, fingerprint)` that is answered otherwise now, in words; empty when all hold."""
    for kind, about, before in inputs:
        if fingerprint(answer(kind, about)) != before:
            return f"{_WORDS[kind]} {about}".rstrip()
    return ""


def search_path() -> str:
    """The `PATH` that commands run with: the caller's, and behind it where ocprov and an `ocmonitor` with it are.

    Only where the caller's lacks one: ocprov's virtual environment holds other programs too.
    """
    own = os.path.dirname(sys.executable)
    path = os.environ.get("PATH", os.defpath)
    beside = (name for name in ("ocprov", "ocmonitor") if os.path.exists(f"{own}/{name}"))
    return path if all(_have_in(path, name) for name in beside) else f"{path}{os.pathsep}{own}"


def _have(program: str) -> bool:
    return _have_in(search_path(), program)


def _have_in(path: str, program: str) -> bool:
    """As shutil.which, whose import takes longer than a no-op `up` may."""
    folders = [""] if "/" in program else filter(None, path.split(os.pathsep))
    return any(_executable(os.path.join(folder, program)) for folder in folders)


def _executable(path: str) -> bool:
    return os.access(path, os.X_OK) and not os.path.isdir(path)


def _path(text: str) -> str:
    return os.path.expandvars(os.path.expanduser(text))  # tmuxp's own order


def _text(path: str) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        return _contents(descriptor) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _contents(descriptor: int) -> bytes:
    found = b""
    while len(found) <= LARGEST and (more := os.read(descriptor, LARGEST + 1 - len(found))):
        found += more
    return found


def _names(folder: str) -> tuple[str, ...] | None:
    try:
        with os.scandir(folder) as entries:
            shown = (entry for entry in entries if not entry.name.startswith("."))
            return tuple(sorted(entry.name + "/" * _is_folder(entry) for entry in shown))
    except OSError:
        return None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _link(path: str) -> tuple[str, int, int] | str:
    try:
        real = os.path.realpath(path, strict=True)
        about, around = os.stat(real), os.stat(os.path.dirname(real))
    except OSError as error:
        return error.strerror or "unreadable"
    return real, about.st_uid, stat.S_IMODE(about.st_mode) | stat.S_IMODE(around.st_mode)


def _code(_: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Where this package is, and each of its files with its time and size."""
    package = os.path.dirname(__file__)
    found = []
    for folder in (package, *(f"{package}/{name}" for name in _names(package) or () if name.endswith("/"))):
        with os.scandir(folder) as entries:
            files = [entry for entry in entries if entry.name.endswith(".py") and entry.name[0] != "."]
        found += [(file.path, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    return package, sorted(found)


_QUESTIONS: "dict[str, Callable[[str], object]]" = {
    "have": _have,  # whether a program is on the PATH
    "env": os.environ.get,  # an environment variable, str or None
    "path": _path,  # a text with `~` and `$NAME` expanded
    "isdir": os.path.isdir,  # whether a path is a directory
    "text": _text,  # a file's bytes, at most one more than LARGEST; None where it cannot be read
    "names": _names,  # what is in a folder but for hidden files, folders with a slash behind; None where it is none
    "link": _link,  # where a path leads, its owner, its and its folder's mode together; or why it leads nowhere
    "code": _code,  # ocprov itself
}
_WORDS = {
    "have": "the program",
    "env": "the environment variable",
    "path": "the path",
    "isdir": "the directory",
    "text": "the file",
    "names": "the folder",
    "link": "the path",
    "code": "ocprov itself",
}
