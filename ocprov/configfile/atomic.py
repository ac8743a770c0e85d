"""Writing a file so that whoever looks sees the old bytes or the new, never a part."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ocprov.errors import ConflictError, OcprovError

TEMPORARY = ".ocprov-new-"

_CHUNK = 1 << 20


def replace(path: Path, data: bytes, *, mode: int, expected: bytes | None, hint: str = "") -> None:
    """Put `data` at `path`, which holds `expected` now (None: nothing); `hint` is for an error, as in `understood`.

    The new file is private from birth, is on disk before it gets the name, and is removed when anything fails.
    Raises ConflictError when `path` changed meanwhile, OcprovError when it cannot be written.
    """
    swap(path, lambda new: write_new(new, data, mode), lambda: read(path) == expected, hint)


def swap(path: Path, make: Callable[[Path], None], same: Callable[[], bool], hint: str = "") -> None:
    """Let `make` write a new file or link beside `path`, and rename it to that while `same` says that nothing changed.

    Raises as `replace`.
    """
    temporary = beside(path)
    with understood(path, hint):
        try:
            make(temporary)
            if not same():
                raise ConflictError(
                    f"{path} changed while it was deployed", "nothing was touched; run it again"
                )
            temporary.replace(path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
    with understood(path, "the new file is in place; see whether the disk is well: dmesg"):
        sync(path.parent)


def beside(path: Path) -> Path:
    """A name in the same directory that nobody has, and that the next run knows for a leftover."""
    return path.with_name(f"{TEMPORARY}{os.getpid()}-{os.urandom(4).hex()}")


def write_new(path: Path, data: bytes, mode: int) -> None:
    """A new file with exactly `mode`, on disk when this returns; FileExistsError when the name is taken."""
    fill_new(path, iter((data,)), mode)


def fill_new(path: Path, chunks: Iterator[bytes], mode: int) -> None:
    """The same, a chunk after the other."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        for chunk in chunks:
            left = memoryview(chunk)
            while left:
                left = left[os.write(descriptor, left) :]
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes | None:
    """The bytes of `path`, or None when there is no such file."""
    with suppress(FileNotFoundError):
        return b"".join(chunks(path))
    return None


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of the plain file `path`, at most a MiB at a time; OSError for what is none, and it never waits."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file", str(path))
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk
    finally:
        os.close(descriptor)


def sync(directory: Path) -> None:
    """Make the names in `directory` survive a power cut, where its file system can."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems know no such thing
            raise
    finally:
        os.close(descriptor)


def leftovers(directory: Path) -> list[Path]:
    """What a killed deployment left in `directory`; nothing where that is missing."""
    try:
        names = os.listdir(directory)  # noqa: PTH208 # names are all that is wanted, each time nothing is to do
    except FileNotFoundError:
        return []
    return [directory / name for name in names if name.startswith(TEMPORARY)]


def remove_leftovers(directory: Path) -> None:
    """Remove what a killed deployment left; call it under the lock, when no other can be at work."""
    for path in leftovers(directory):
        status = path.lstat()
        ours = stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)
        if ours and status.st_uid == os.geteuid():
            path.unlink()


@contextmanager
def understood(path: Path, hint: str = "") -> Iterator[None]:
    """Turn the operating system's refusal into one that names `path` and a next step."""
    try:
        yield
    except OSError as error:
        look = f"nothing was changed; look at the directory: ls -ld {path.parent}; df -h {path.parent}"
        raise OcprovError(f"cannot write {path}: {error.strerror}", hint or look) from error
