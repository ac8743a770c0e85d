"""Old exports go; what is not surely ours stays."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ocprov.errors import ConflictError, OcprovError
from ocprov.watch import exports, retention
from tests.conftest import Machine

DAY = date(2026, 11, 21)
FILES = {"daily.json": b"{}\n", "daily.csv": b"date\n"}


def put(root: Path, day: int, *, keep: int = 2, **files: bytes) -> exports.Exported:
    named = {name.replace("_", "."): data for name, data in files.items()} or FILES
    return exports.put(named, root, DAY.replace(day=day), keep=keep, wait=5, blocked=lambda: None)


@pytest.fixture
def root(machine: Machine) -> Path:
    return machine.home / "out"


def there(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_a_day_has_its_files_for_its_owner(root: Path) -> None:
    done = put(root, 21)
    assert done.files == (root / "2026-11-21/daily.json", root / "2026-11-21/daily.csv")
    assert [path.read_bytes() for path in done.files] == list(FILES.values())
    assert {path.stat().st_mode & 0o777 for path in done.files} == {0o600}
    assert there(root) == ["2026-11-21"]


def test_a_second_export_of_a_day_replaces_the_files(root: Path) -> None:
    put(root, 21)
    put(root, 21, daily_json=b"[]\n")
    assert (root / "2026-11-21/daily.json").read_bytes() == b"[]\n"
    assert (root / "2026-11-21/daily.csv").read_bytes() == b"date\n"
    assert there(root) == ["2026-11-21"]


def test_the_oldest_days_go(root: Path) -> None:
    for day in (1, 3, 2):
        put(root, day)
    assert put(root, 4).removed == (root / "2026-11-02",)
    assert there(root) == ["2026-11-03", "2026-11-04"]


def test_today_stays_where_a_clock_was_ahead(root: Path) -> None:
    for day in (28, 29):
        put(root, day)
    assert put(root, 21).removed == ()
    assert there(root) == ["2026-11-21", "2026-11-28", "2026-11-29"]


def test_none_goes_where_all_are_kept(root: Path) -> None:
    for day in range(1, 6):
        assert put(root, day, keep=0).removed == ()


def a_file(day: Path) -> None:
    (day / "notes.txt").touch()


def a_hidden_file(day: Path) -> None:
    (day / ".notes").touch()


def a_folder(day: Path) -> None:
    (day / "daily.json").unlink()
    (day / "daily.json").mkdir()


def a_link(day: Path) -> None:
    (day / "daily.json").unlink()
    (day / "daily.json").symlink_to("/etc/hostname")


def no_marker(day: Path) -> None:
    (day / retention.MARKER).unlink()


def renamed(day: Path) -> None:
    day.rename(day.with_name("2026-11-01 kept"))


def moved_behind_a_link(day: Path) -> None:
    day.rename(day.parent.parent / "elsewhere")
    day.symlink_to(day.parent.parent / "elsewhere")


@pytest.mark.parametrize(
    "change", [a_file, a_hidden_file, a_folder, a_link, no_marker, renamed, moved_behind_a_link]
)
def test_a_day_that_somebody_changed_stays(root: Path, change: Callable[[Path], None]) -> None:
    put(root, 1)
    change(root / "2026-11-01")
    kept = there(root)
    for day in (2, 3):
        put(root, day, keep=1)
    assert there(root) == sorted([*kept, "2026-11-03"])


def test_what_a_killed_export_left_goes(root: Path) -> None:
    left = root / f"{retention.TEMPORARY}1234"
    left.mkdir(parents=True)
    (left / "daily.json").touch()
    put(root, 21)
    assert there(root) == ["2026-11-21"]


def test_a_file_in_the_place_of_a_day_is_refused_and_stays(root: Path) -> None:
    root.mkdir()
    (root / "2026-11-21").write_text("mine")
    with pytest.raises(OcprovError, match="cannot write"):
        put(root, 21)
    assert (root / "2026-11-21").read_text() == "mine"
    assert there(root) == ["2026-11-21"]


@pytest.mark.parametrize("change", [no_marker, a_folder, a_link])
def test_a_file_of_somebody_elses_is_not_replaced(root: Path, change: Callable[[Path], None]) -> None:
    put(root, 21)
    day = root / "2026-11-21"
    change(day)
    before = {path.name: path.is_file() and path.read_bytes() for path in day.iterdir()}
    with pytest.raises(ConflictError, match=r"daily\.json is not of ocprov export"):
        put(root, 21, daily_json=b"new", daily_csv=b"new")
    assert {path.name: path.is_file() and path.read_bytes() for path in day.iterdir()} == before
    assert there(root) == ["2026-11-21"]


def test_a_day_that_was_there_gets_the_files_and_keeps_its_own(root: Path) -> None:
    (root / "2026-11-21").mkdir(parents=True)
    (root / "2026-11-21/notes.txt").write_text("mine")
    for text in (b"1", b"2"):
        put(root, 21, daily_json=text)
    assert (root / "2026-11-21/daily.json").read_bytes() == b"2"
    assert (root / "2026-11-21/notes.txt").read_text() == "mine"


def test_a_full_disk_leaves_what_was_there(root: Path) -> None:
    import resource
    import signal

    put(root, 21)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OcprovError, match="cannot write"):
            put(root, 21, daily_json=b"new", daily_csv=b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert (root / "2026-11-21/daily.json").read_bytes() == FILES["daily.json"]
    assert there(root) == ["2026-11-21"]
