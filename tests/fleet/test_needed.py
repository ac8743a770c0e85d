"""What wheels need on a host that differs from this machine."""

from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import needed
from ocprov.fleet.kind import Kind
from tests.fleet.house import made_up

LINUX = Kind("3.12", "x86_64", "glibc 2.36")
MAC = Kind("3.12", "arm64", "macos 14.0")


def test_what_is_there_is_not_missing(tmp_path: Path) -> None:
    made_up(tmp_path, "ocprov", needs=["Rich_Text>=1"])
    made_up(tmp_path, "rich_text")
    assert needed.missing(tmp_path, LINUX, ()) == ()


@pytest.mark.parametrize(
    ("line", "host", "missing"),
    [
        ("a>=1,<3", LINUX, "a<3,>=1"),
        ("a; python_version < '3.13'", LINUX, "a"),
        ("a; python_version < '3.12'", LINUX, ""),
        ("a; python_full_version < '3.12.1'", LINUX, "a"),
        ("a; sys_platform == 'win32'", LINUX, ""),
        ("a; platform_system == 'Darwin'", MAC, "a"),
        ("a; platform_system == 'Darwin'", LINUX, ""),
        ("a; platform_machine == 'arm64'", MAC, "a"),
        ("a; extra == 'monitor'", LINUX, "a"),
        ("a; extra == 'plot'", LINUX, ""),
        ("a[fast]>=2", LINUX, "a[fast]>=2"),
    ],
)
def test_markers_are_judged_for_the_host(tmp_path: Path, line: str, host: Kind, missing: str) -> None:
    made_up(tmp_path, "ocprov", needs=[line])
    assert needed.missing(tmp_path, host, ("monitor",)) == ((missing,) if missing else ())


def test_what_dependencies_need_is_needed_too_and_of_extras_only_what_is_asked_for(tmp_path: Path) -> None:
    made_up(tmp_path, "ocprov", needs=["a[fast]"])
    made_up(tmp_path, "a", needs=["b", "c; extra == 'fast'", "d; extra == 'slow'", "ocprov"])
    assert needed.missing(tmp_path, LINUX, ()) == ("b", "c")


def test_a_broken_wheel_is_said(tmp_path: Path) -> None:
    (tmp_path / "ocprov-1.0-py3-none-any.whl").write_bytes(b"half")
    with pytest.raises(OcprovError, match="no whole wheel"):
        needed.missing(tmp_path, LINUX, ())
