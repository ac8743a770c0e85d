"""What a host is, and the wheels that run there."""

import pytest
from packaging import tags
from packaging.markers import default_environment

from ocprov.errors import OcprovError
from ocprov.fleet import kind
from ocprov.fleet.kind import Kind


def test_a_kind_is_a_word_that_a_file_can_have() -> None:
    assert str(Kind("3.12", "x86_64", "glibc 2.36")) == "cp312-x86_64-glibc2.36"


def test_with_glibc_wheels_of_each_older_one_run_newest_first() -> None:
    platforms = Kind("3.11", "aarch64", "glibc 2.18").platforms
    assert platforms[:4] == (
        "manylinux_2_18_aarch64",
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
        "manylinux_2_16_aarch64",
    )
    assert platforms[-1] == "manylinux1_aarch64"


def test_with_musl_wheels_of_each_older_one_run() -> None:
    platforms = Kind("3.11", "x86_64", "musl 1.2").platforms
    assert platforms == ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "musllinux_1_0_x86_64")


@pytest.mark.parametrize(
    ("libc", "first"), [("macos 14.5", "macosx_14_0_arm64"), ("macos 10.15", "macosx_10_15_arm64")]
)
def test_on_macos_the_version_is_one_that_wheels_are_tagged_with(libc: str, first: str) -> None:
    platforms = Kind("3.12", "arm64", libc).platforms
    assert platforms == (first,)
    assert first in tags.mac_platforms((int(first.split("_")[1]), int(first.split("_")[2])), "arm64")


@pytest.mark.parametrize(
    ("libc", "system", "platform"),
    [("glibc 2.36", "Linux", "linux"), ("musl 1.2", "Linux", "linux"), ("macos 14.5", "Darwin", "darwin")],
)
def test_all_names_that_markers_know_have_their_meaning_there(libc: str, system: str, platform: str) -> None:
    markers = Kind("3.13", "x86_64", libc).markers
    assert markers.keys() == default_environment().keys()
    assert (markers["platform_system"], markers["sys_platform"]) == (system, platform)
    assert markers["python_version"] == "3.13"


@pytest.mark.parametrize("python", ["3.10", "2.7", "4.0", "3", "3.12.1", "", "3.12\n", "3.x"])
def test_a_python_that_is_too_old_is_said(python: str) -> None:
    with pytest.raises(OcprovError) as caught:
        kind.checked(python, "x86_64", "glibc 2.36")
    assert caught.value.hint == "install python3.11 or newer there"


@pytest.mark.parametrize(
    ("machine", "libc"),
    [
        ("x86_64", ""),
        ("x86_64", "bionic 1.0"),
        ("x86_64", "glibc 2"),
        ("x86-64", "glibc 2.36"),
        ("", "glibc 2.36"),
        ("../../x", "glibc 2.36"),
        ("x86_64", "glibc 2.36\n"),
    ],
)
def test_a_machine_without_wheels_is_said(machine: str, libc: str) -> None:
    with pytest.raises(OcprovError, match="no wheels for"):
        kind.checked("3.12", machine, libc)
