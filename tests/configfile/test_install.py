import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.configfile import record
from ocprov.configfile.compare import sha
from ocprov.configfile.install import Change, deploy
from ocprov.configfile.target import standard
from ocprov.errors import BusyError, OcprovError
from ocprov.lock import held

ONE, TWO = b"a = 1\n", b"a = 2\n"


def put(content: bytes, target: Path | None = None, *, dry_run: bool = False) -> Change:
    source = Path(os.environ["HOME"]) / "source.toml"
    source.write_bytes(content)
    return deploy(source, target or standard(), dry_run=dry_run, wait=0)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def tree(directory: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Everything below a directory that a write would change."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, content)
    return found


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
    assert bool(refused.warning) == (content is not None)
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
    source = common_home / "source.toml"
    source.write_bytes(ONE)

    with pytest.raises(OcprovError, match="/etc belongs to another user"):
        deploy(source, Path("/etc/ocprov-never-made/config.toml"), dry_run=False)

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
from ocprov.configfile.install import deploy
from ocprov.errors import OcprovError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    deploy(Path(sys.argv[1]), Path(sys.argv[2]), dry_run=False)
except OcprovError as error:
    sys.exit(error.message)
"""


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_litter(home: Path) -> None:
    put(ONE)
    (home / "long.toml").write_text("# long\n" * 2000)
    args = [sys.executable, "-c", FULL_DISK, str(home / "long.toml"), str(standard())]

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


KILLED = """
import os, signal, sys
from pathlib import Path
from ocprov.configfile.install import deploy
steps = int(sys.argv[3])
def count(event, args):
    global steps
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod"):
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
source, target = Path(sys.argv[1]), Path(sys.argv[2])
sys.addaudithook(count)
deploy(source, target, dry_run=False)
"""


def test_killed_at_any_step_it_leaves_old_or_new_and_the_next_run_completes(home: Path) -> None:
    (home / "two.toml").write_bytes(TWO)
    steps = 0
    while True:
        standard().unlink(missing_ok=True)
        put(ONE)
        args = [sys.executable, "-c", KILLED, str(home / "two.toml"), str(standard()), str(steps)]
        finished = subprocess.run(args, check=False).returncode == 0
        assert standard().read_bytes() in (ONE, TWO)
        assert put(TWO).action in ("replace", "adopt", "none")
        assert not list(standard().parent.glob(".ocprov-new-*"))
        if finished:
            break
        steps += 1
    assert steps > 8


def test_a_dry_run_decides_the_same_and_writes_nothing_anywhere(home: Path) -> None:
    (home / "source.toml").touch()
    assert put(ONE, dry_run=True).action == "create"
    assert [path.name for path in home.iterdir()] == ["source.toml"]

    put(ONE)
    before = {path: seen for path, seen in tree(home).items() if not path.endswith("source.toml")}
    assert put(TWO, dry_run=True).action == "replace"
    assert {path: seen for path, seen in tree(home).items() if not path.endswith("source.toml")} == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a = \n", "is not TOML", id="syntax"),
        pytest.param(b"\xef\xbb\xbfa = 1\n", "is not TOML", id="byte-order-mark"),
        pytest.param(b'a = "\xff"\n', "is not TOML", id="not-utf-8"),
    ],
)
def test_a_broken_source_is_never_deployed(content: bytes, said: str, home: Path) -> None:
    with pytest.raises(OcprovError, match=said):
        put(content)

    assert not standard().exists()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda path: None, "No such file", id="missing"),
        pytest.param(Path.mkdir, "is not a file", id="directory"),
        pytest.param(os.mkfifo, "is not a file", id="fifo"),
    ],
)
def test_a_source_that_cannot_be_read_is_an_error(
    make: Callable[[Path], None], said: str, home: Path
) -> None:
    make(home / "source")

    with pytest.raises(OcprovError, match=said):
        deploy(home / "source", standard(), dry_run=False)


def test_a_busy_lock_stops_a_deployment_but_no_dry_run(home: Path) -> None:
    (home / "source.toml").write_bytes(TWO)
    put(ONE)
    with held(home / ".local/state/ocprov/deploy.lock", wait=0, blocked=lambda: None):
        assert put(TWO, dry_run=True).action == "replace"
        with pytest.raises(BusyError):
            put(TWO)


DEPLOY = """
import sys
from pathlib import Path
from ocprov.configfile.install import deploy
print(deploy(Path(sys.argv[1]), Path(sys.argv[2]), dry_run=False).action)
"""


def test_of_eight_deployments_at_once_one_writes(home: Path) -> None:
    (home / "source.toml").write_bytes(ONE)
    args = [sys.executable, "-c", DEPLOY, str(home / "source.toml"), str(standard())]
    processes = [subprocess.Popen(args, stdout=subprocess.PIPE, text=True) for _ in range(8)]

    said = sorted(process.communicate(timeout=60)[0].strip() for process in processes)

    assert said == ["create", *["none"] * 7]
