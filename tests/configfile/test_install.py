import os
import re
import socket
import stat
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.configfile import record
from ocprov.configfile.change import Change, Manner
from ocprov.configfile.compare import sha
from ocprov.configfile.install import deploy
from ocprov.configfile.plan import Answers, Wanted
from ocprov.configfile.target import standard
from ocprov.errors import BusyError, OcprovError
from ocprov.lock import held
from tests.configfile.conftest import NOBODY, tree

ONE, TWO, THREE, MINE = b"a = 1\n", b"a = 2\n", b"a = 3\n", b"mine = true\n"


def put(
    content: bytes, target: Path | None = None, *, dry_run: bool = False, answers: Answers | None = None
) -> Change:
    source = Path(os.environ["HOME"]) / "source.toml"
    wanted = Wanted(source, sha(content), content)
    return deploy(wanted, target or standard(), Manner(dry_run, answers or Answers(), wait=0))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_the_target_ignores_xdg_config_home_as_ocmonitor_does(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "elsewhere"))

    assert standard() == home / ".config/ocmonitor/config.toml"


def test_nothing_there_is_made_private_with_its_directories(home: Path) -> None:
    change = put(ONE)

    assert (change.action, change.sha_old, change.sha_new) == ("create", "", sha(ONE))
    assert standard().read_bytes() == ONE
    assert mode(standard()) == 0o600
    assert mode(home / ".config") == mode(home / ".config/ocmonitor") == 0o700
    assert record.read().hashes == {str(standard()): sha(ONE)}


def test_directories_that_were_there_keep_their_mode(home: Path) -> None:
    (home / ".config").mkdir(mode=0o755)

    put(ONE)

    assert mode(home / ".config") == 0o755


def test_a_second_run_writes_nothing(home: Path) -> None:
    put(ONE)
    before = tree(home / ".config")

    assert put(ONE).action == "none"
    assert tree(home / ".config") == before


def test_ours_is_replaced_and_the_old_bytes_are_kept_beside_it(home: Path) -> None:
    put(ONE)
    standard().chmod(0o640)

    change = put(TWO)

    assert change.action == "replace"
    assert standard().read_bytes() == TWO
    assert mode(standard()) == 0o640
    assert change.backup is not None
    assert re.fullmatch(r"config\.toml\.ocprov-\d{8}T\d{6}Z\.bak", change.backup.name)
    assert change.backup.parent == home / ".config/ocmonitor"
    assert change.backup.read_bytes() == ONE
    assert mode(change.backup) == 0o600


def test_backups_of_one_second_do_not_replace_each_other(home: Path) -> None:
    contents = [f"a = {number}\n".encode() for number in range(5)]

    backups = [put(content).backup for content in contents]

    assert backups[0] is None
    assert [backup.read_bytes() for backup in backups if backup] == contents[:-1]


@pytest.mark.parametrize("ours", [pytest.param(True, id="edited"), pytest.param(False, id="never-ours")])
def test_a_persons_work_is_left_alone(ours: bool, home: Path) -> None:
    standard().parent.mkdir(parents=True)
    if ours:
        put(ONE)
    standard().write_bytes(b"mine = true\n")
    before = tree(home / ".config")

    change = put(TWO)

    assert change.action == "conflict"
    assert change.sha_old == sha(b"mine = true\n")
    assert tree(home / ".config") == before
    assert sha(TWO) not in record.read().hashes.values()


def test_equal_bytes_of_somebody_else_are_adopted_without_a_write(home: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().write_bytes(ONE)
    before = tree(home / ".config")

    assert put(ONE).action == "adopt"
    assert tree(home / ".config") == before
    assert put(TWO).action == "replace"


@pytest.mark.parametrize("content", [pytest.param(None, id="lost"), pytest.param(b"{", id="corrupt")])
def test_without_a_record_equal_bytes_are_adopted_and_others_a_conflict(
    content: bytes | None, home: Path
) -> None:
    put(ONE)
    record.path().unlink()
    if content is not None:
        record.path().write_bytes(content)

    refused, adopted = put(TWO), put(ONE)

    assert (refused.action, adopted.action) == ("conflict", "adopt")
    assert bool(refused.warnings) == (content is not None)
    assert record.read() == record.Record({str(standard()): sha(ONE)})


def test_a_file_that_anyone_may_write_to_is_closed(home: Path) -> None:
    put(ONE)
    standard().chmod(0o666)
    inode = standard().stat().st_ino

    assert put(ONE).action == "chmod"
    assert mode(standard()) == 0o664
    assert standard().stat().st_ino == inode


def test_links_stay_and_the_real_file_is_written(home: Path) -> None:
    real = home / "dotfiles/ocmonitor.toml"
    real.parent.mkdir()
    real.write_bytes(ONE)
    standard().parent.mkdir(parents=True)
    (home / "hop").symlink_to(real)
    standard().symlink_to("../../hop")
    put(ONE)

    change = put(TWO)

    assert (change.target, change.real) == (standard(), real)
    assert standard().readlink() == Path("../../hop")
    assert real.read_bytes() == TWO
    assert not real.is_symlink()
    assert change.backup is not None
    assert change.backup.parent == real.parent
    assert record.read().hashes == {str(real): sha(TWO)}


def test_a_linked_directory_is_gone_through(home: Path) -> None:
    (home / "dotfiles").mkdir()
    (home / ".config").mkdir()
    (home / ".config/ocmonitor").symlink_to(home / "dotfiles")

    assert put(ONE).real == home / "dotfiles/config.toml"
    assert (home / "dotfiles/config.toml").read_bytes() == ONE


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def loop(path: Path) -> None:
    path.symlink_to(path.name)


BAD = [
    pytest.param(Path.mkdir, "is a directory", id="directory"),
    pytest.param(os.mkfifo, "is a FIFO", id="fifo"),
    pytest.param(bind, "is a socket", id="socket"),
    pytest.param(lambda path: path.symlink_to("/dev/null"), "is a device", id="device"),
    pytest.param(lambda path: path.symlink_to("gone.toml"), "does not exist", id="dangling-link"),
    pytest.param(loop, "loop", id="link-to-itself"),
]


@pytest.mark.parametrize("dry_run", [False, True], ids=["real", "dry-run"])
@pytest.mark.parametrize(("make", "said"), BAD)
def test_what_is_no_file_is_refused(
    make: Callable[[Path], None], said: str, dry_run: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard().parent.mkdir(parents=True)
    monkeypatch.chdir(standard().parent)
    make(Path("config.toml"))  # relative: a socket's path must be short
    before = tree(home / ".config")

    with pytest.raises(OcprovError, match=said) as caught:
        put(ONE, dry_run=dry_run)

    assert caught.value.hint
    assert tree(home / ".config") == before
    assert not (home / ".local").exists()


def test_a_dangling_link_to_the_directory_is_refused(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config/ocmonitor").symlink_to(home / "gone")

    with pytest.raises(OcprovError, match=r"ocmonitor is a link to .*gone, which does not exist"):
        put(ONE)

    assert not (home / "gone").exists()


def test_a_file_in_place_of_the_directory_is_refused(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config/ocmonitor").touch()

    with pytest.raises(OcprovError, match="Not a directory"):
        put(ONE)


def test_a_file_of_another_user_is_refused(common_home: Path) -> None:
    standard().parent.mkdir(parents=True)
    standard().symlink_to("/etc/passwd")

    with pytest.raises(OcprovError, match="/etc/passwd belongs to another user"):
        put(ONE)

    assert not (common_home / ".local").exists()


def test_a_home_of_another_user_gets_no_file(common_home: Path) -> None:
    with pytest.raises(OcprovError, match="/etc belongs to another user"):
        put(ONE, Path("/etc/ocprov-never-made/config.toml"))

    assert not (common_home / ".local").exists()


def test_a_read_only_directory_is_an_error_that_changes_nothing(common_home: Path) -> None:
    put(ONE)
    standard().parent.chmod(0o500)
    before = tree(common_home)

    with pytest.raises(OcprovError, match=r"cannot write .*config\.toml: Permission denied") as caught:
        put(TWO)

    assert "nothing was changed" in caught.value.hint
    standard().parent.chmod(0o700)
    assert standard().read_bytes() == ONE
    assert set(tree(common_home)) == set(before)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from ocprov.configfile.compare import sha
from ocprov.configfile.change import Manner
from ocprov.configfile.install import deploy
from ocprov.configfile.plan import Wanted
from ocprov.errors import OcprovError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
data = b"# long\\n" * 2000
try:
    deploy(Wanted(Path("/source"), sha(data), data), Path(sys.argv[1]), Manner())
except OcprovError as error:
    sys.exit(error.message)
"""


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_litter(home: Path) -> None:
    put(ONE)
    args = [sys.executable, "-c", FULL_DISK, str(standard())]

    run = subprocess.run(args, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (1, f"cannot write {standard()}: File too large\n")
    assert standard().read_bytes() == ONE
    assert not list(standard().parent.glob(".ocprov-new-*"))


def test_leftovers_of_a_killed_run_go_and_foreign_files_stay(home: Path) -> None:
    put(ONE)
    (standard().parent / ".ocprov-new-1-abcd").write_text("half")
    (standard().parent / "models.json").write_text("{}")

    change = put(TWO)

    assert change.backup is not None
    assert {path.name for path in standard().parent.iterdir()} == {
        "config.toml",
        "models.json",
        change.backup.name,
    }


def test_a_dry_run_decides_the_same_and_writes_nothing_anywhere(home: Path) -> None:
    assert put(ONE, dry_run=True).action == "create"
    assert list(home.iterdir()) == []

    put(ONE)
    before = tree(home)
    assert put(TWO, dry_run=True).action == "replace"
    assert put(TWO, dry_run=True, answers=Answers(keep=True)).action == "keep"
    assert tree(home) == before


def test_a_busy_lock_stops_a_deployment_but_neither_a_dry_run_nor_one_with_nothing_to_do(home: Path) -> None:
    put(ONE)
    with held(home / ".local/state/ocprov/deploy.lock", wait=0, blocked=lambda: None):
        assert put(TWO, dry_run=True).action == "replace"
        assert put(ONE).action == "none"
        with pytest.raises(BusyError):
            put(TWO)


def test_force_replaces_what_a_person_wrote_and_keeps_a_copy(home: Path) -> None:
    put(ONE)
    standard().write_bytes(MINE)

    change = put(TWO, answers=Answers(force=True))

    assert (change.action, change.reason) == ("replace", "forced; it was edited since ocprov deployed it")
    assert standard().read_bytes() == TWO
    assert change.backup is not None
    assert change.backup.read_bytes() == MINE
    assert put(ONE).action == "replace"


def test_what_is_kept_is_in_sync_until_it_or_the_source_changes(home: Path) -> None:
    put(ONE)
    standard().write_bytes(MINE)
    before = tree(home / ".config")

    assert [put(TWO, answers=Answers(keep=True)).action, put(TWO).action] == ["keep", "none"]
    assert tree(home / ".config") == before
    assert put(THREE).action == "conflict"
    assert put(TWO).action == "none"
    standard().write_bytes(MINE + MINE)
    assert put(TWO).reason == "it was kept, and it or the source changed since"


def test_there_is_nothing_to_keep_where_there_is_no_file(home: Path) -> None:
    with pytest.raises(OcprovError, match="there is nothing to keep"):
        put(ONE, answers=Answers(keep=True))


def test_only_the_newest_backups_stay_and_nothing_of_another_name_goes(home: Path) -> None:
    put(b"0")
    foreign = [
        standard().with_name(name)
        for name in ("config.toml.bak", "config.toml.ocprov-1.bak", "x.toml.ocprov-20200101T000000Z.bak")
    ]
    for path in foreign:
        path.touch()
    (standard().parent / "config.toml.ocprov-20200101T000000Z.bak").mkdir()

    made = [put(str(number).encode()).backup for number in range(1, 9)]

    assert [path for path in made if path and path.exists()] == made[-5:]
    assert all(path.exists() for path in foreign)
    assert (standard().parent / "config.toml.ocprov-20200101T000000Z.bak").is_dir()


def test_a_read_only_file_is_refused(home: Path) -> None:
    put(ONE)
    standard().chmod(0o444)

    with pytest.raises(OcprovError, match="is read-only") as caught:
        put(TWO)

    assert caught.value.hint == f"if you may change it: chmod u+w {standard()}"
    assert put(ONE).action == "none"


def test_a_link_out_of_home_is_written_through_only_when_that_is_meant(home: Path) -> None:
    outside = home.parent / "outside.toml"
    outside.write_bytes(ONE)
    standard().parent.mkdir(parents=True)
    standard().symlink_to(outside)
    put(ONE)

    with pytest.raises(OcprovError, match="leads out of your home") as caught:
        put(TWO)

    assert caught.value.hint == "if that is meant: ocprov deploy --follow"
    assert outside.read_bytes() == ONE
    assert put(TWO, answers=Answers(follow=True)).action == "replace"
    assert outside.read_bytes() == TWO
    assert standard().is_symlink()


def test_a_home_that_is_itself_a_link_is_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.parent / "alias").symlink_to(home)
    monkeypatch.setenv("HOME", str(home.parent / "alias"))

    assert put(ONE).real == home / ".config/ocmonitor/config.toml"


def test_a_hard_linked_file_gets_a_warning(home: Path) -> None:
    put(ONE)
    (home / "twin").hardlink_to(standard())

    (warning,) = put(TWO).warnings

    assert "another hard link, which keeps the old bytes" in warning
    assert (home / "twin").read_bytes() == ONE


def test_under_sudo_the_home_of_the_caller_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    else:
        monkeypatch.setenv("HOME", "/")  # which is root's
    monkeypatch.setenv("SUDO_UID", str(NOBODY))

    with pytest.raises(OcprovError, match="another user than sudo runs ocprov as") as caught:
        put(ONE)

    assert caught.value.hint == "run it without sudo"
    assert list(home.iterdir()) == []


def test_a_name_that_is_too_long_is_an_error(home: Path) -> None:
    with pytest.raises(OcprovError, match="File name too long"):
        put(ONE, home / ("x" * 255 + ".toml"))


def test_a_name_that_leaves_no_room_for_a_backups_is_an_error_that_changes_nothing(home: Path) -> None:
    target = home / ("x" * 245)
    put(ONE, target)

    with pytest.raises(OcprovError, match="File name too long"):
        put(TWO, target)

    assert target.read_bytes() == ONE
    assert [path.name for path in home.iterdir() if path.name.startswith(".ocprov")] == []


def test_a_target_of_a_hundred_megabytes_is_a_conflict_and_can_be_forced_and_is_never_in_memory(
    home: Path,
) -> None:
    standard().parent.mkdir(parents=True)
    with standard().open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    try:
        refused, forced = put(ONE), put(ONE, answers=Answers(force=True))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 10 * 1024 * 1024
    assert (refused.action, refused.before) == ("conflict", None)
    assert forced.backup is not None
    assert forced.backup.stat().st_size == 100 * 1024 * 1024


def test_no_clock_that_goes_back_makes_a_new_backup_the_oldest(home: Path) -> None:
    put(ONE)
    (standard().parent / "config.toml.ocprov-29990101T000000Z.bak").write_bytes(b"future")

    change = put(TWO)

    assert change.backup == standard().parent / "config.toml.ocprov-29990101T000000Z-1.bak"
    assert change.backup.read_bytes() == ONE


DEPLOY = """
import sys
from pathlib import Path
from ocprov.configfile.compare import sha
from ocprov.configfile.change import Manner
from ocprov.configfile.install import deploy
from ocprov.configfile.plan import Wanted
data = sys.argv[1].encode()
print(deploy(Wanted(Path("/source"), sha(data), data), Path(sys.argv[2]), Manner()).action)
"""


def test_of_eight_deployments_at_once_one_writes(home: Path) -> None:
    args = [sys.executable, "-c", DEPLOY, "a = 1", str(standard())]
    processes = [subprocess.Popen(args, stdout=subprocess.PIPE, text=True) for _ in range(8)]

    said = sorted(process.communicate(timeout=600)[0].strip() for process in processes)

    assert said == ["create", *["none"] * 7]


def test_two_sources_at_once_leave_one_of_them_whole_and_recorded(home: Path) -> None:
    contents = ["a = 1\n" * 5000, "a = 2\n" * 5000]
    processes = [
        subprocess.Popen([sys.executable, "-c", DEPLOY, content, str(standard())], stdout=subprocess.PIPE)
        for content in contents * 2
    ]
    for process in processes:
        process.communicate(timeout=600)

    assert standard().read_text() in contents
    assert record.read().hashes == {str(standard()): sha(standard().read_bytes())}
