"""What a host is, as far as wheels go: its Python, processor and C library; pure."""

import re
from collections.abc import Iterator, Mapping

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError

OLDEST = (3, 11)
_PYTHON = re.compile(r"3\.(\d{1,2})")
_MACHINE = re.compile(r"[A-Za-z0-9_]{1,20}")
_LIBC = re.compile(r"(glibc|musl|macos) (\d{1,2})\.(\d{1,2})")
# PEP 599, 571, 513: names from before the version was in them, by glibc's.
_OLDER_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_OLDEST_GLIBC = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A CPython `3.12`, a machine `x86_64`, a C library `glibc 2.36`, `musl 1.2` or system `macos 14.5`."""

    python: str
    machine: str
    libc: str

    def __str__(self) -> str:
        return f"cp{self.nodot}-{self.machine}-{self.libc.replace(' ', '')}"

    @property
    def nodot(self) -> str:
        """The Python's version as tags have it, `312`."""
        return self.python.replace(".", "")

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags of wheels that run there, best first; that of pure Python, `any`, goes without saying."""
        found = _LIBC.fullmatch(self.libc)
        if found is None:
            return ()
        name, major, minor = found[1], int(found[2]), int(found[3])
        if name == "macos":
            # Since macOS 11 wheels are tagged with the first number; pip counts down from it by itself.
            return (f"macosx_{major}_{minor if major < 11 else 0}_{self.machine}",)
        if name == "musl":
            return tuple(f"musllinux_{major}_{older}_{self.machine}" for older in range(minor, -1, -1))
        return tuple(f"{tag}_{self.machine}" for tag in _manylinux(minor))

    @property
    def markers(self) -> Mapping[str, str]:
        """What the markers of requirements (PEP 508) mean there."""
        system, name = ("Darwin", "darwin") if self.libc.startswith("macos") else ("Linux", "linux")
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": system,
            "platform_version": "",
            # The oldest of its line: what only that needs is needed by no other, and does no harm there.
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": name,
        }


def checked(python: str, machine: str, libc: str) -> Kind:
    """The kind that a host says it is; OcprovError where nothing can be collected for it."""
    version = _PYTHON.fullmatch(python)
    if version is None or (3, int(version[1])) < OLDEST:
        raise OcprovError(f"its Python is {python!a}", "install python3.11 or newer there")
    if not _MACHINE.fullmatch(machine) or not _LIBC.fullmatch(libc):
        raise OcprovError(
            f"it is a machine that there are no wheels for: {machine!a}, {libc!a}",
            "install ocprov there by hand, with pipx",
        )
    return Kind(python, machine, libc)


def _manylinux(minor: int) -> Iterator[str]:
    """The names of glibc 2.`minor` and of those before it, whose wheels run with it."""
    for older in range(minor, _OLDEST_GLIBC - 1, -1):
        yield f"manylinux_2_{older}"
        if older in _OLDER_NAMES:
            yield _OLDER_NAMES[older]
