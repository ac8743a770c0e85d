"""Installing and uninstalling: which files, in which order, and what is refused before anything is touched."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ocprov.configfile import target
from ocprov.errors import BusyError, ConflictError, OcprovError
from ocprov.lock import held
from ocprov.persistence import block, conf, edit, include
from ocprov.persistence.include import Outcome
from tests.conftest import Machine

COMMAND = ("/opt/ocprov",)
NOBODY = 65534
TPM = b"run '~/.tmux/plugins/tpm/tpm'\n"


@pytest.fixture
def home(machine: Machine) -> Path:
    return machine.home


def install(
    file: Path | None = None, *, dry_run: bool = False, command: tuple[str, ...] = COMMAND
) -> Outcome:
    return include.install(conf.text(command), file=file, dry_run=dry_run, wait=0)


def uninstall(file: Path | None = None, *, dry_run: bool = False) -> Outcome:
    return include.uninstall(file=file, dry_run=dry_run, wait=0)


def actions(outcome: Outcome) -> list[str]:
    return [change.action for change in outcome.changes]


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def tree(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and link below, its mode and bytes; without ocprov's state, which a lock makes."""
    return {
        str(path): (
            path.lstat().st_mode,
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in sorted(directory.rglob("*"))
        if (path.is_symlink() or path.is_file()) and ".local" not in path.parts
    }


def test_without_a_tmux_conf_one_is_made_and_goes_again(home: Path) -> None:
    done = install()

    assert [(change.action, change.path) for change in done.changes] == [
        ("create", home / ".config/ocprov/tmux.conf"),
        ("create", home / ".tmux.conf"),
    ]
    assert include.path().read_text() == conf.text(COMMAND)
    assert b"source-file -q '" + os.fsencode(include.path()) in (home / ".tmux.conf").read_bytes()
    assert actions(uninstall()) == ["remove", "remove"]
    assert tree(home) == {}


def test_a_second_installation_changes_nothing(home: Path) -> None:
    write(home / ".tmux.conf", TPM)
    install()
    before = tree(home)

    assert not install().changed
    assert tree(home) == before


def test_uninstalling_gives_the_bytes_and_the_mode_of_before_and_keeps_a_backup(home: Path) -> None:
    own = write(home / ".tmux.conf", b"set -g a '\xff'\r\n" + TPM[:-1])
    own.chmod(0o640)

    (_, changed) = install().changes
    installed = own.read_bytes()
    (back, gone) = uninstall().changes

    assert own.read_bytes() == b"set -g a '\xff'\r\n" + TPM[:-1]
    assert stat.S_IMODE(own.stat().st_mode) == 0o640
    assert changed.backup is not None
    assert re.fullmatch(r"\.tmux\.conf\.ocprov-\d{8}T\d{6}Z\.bak", changed.backup.name)
    assert (changed.backup.parent, stat.S_IMODE(changed.backup.stat().st_mode)) == (home, 0o600)
    assert changed.backup.read_bytes() == own.read_bytes()
    assert back.backup is not None
    assert back.backup.read_bytes() == installed
    assert (gone.action, include.path().exists()) == ("remove", False)


def test_backups_are_never_overwritten(home: Path) -> None:
    own = home / ".tmux.conf"
    backups = []
    for text in (b"a\n", b"b\n", b"c\n"):
        write(own, text)
        backups.append(install().changes[1].backup)

    assert [backup.read_bytes() for backup in backups if backup] == [b"a\n", b"b\n", b"c\n"]


def test_uninstalling_nothing_is_no_change(home: Path) -> None:
    write(home / ".tmux.conf", TPM)
    before = tree(home)

    assert not uninstall().changed
    assert tree(home) == before
    assert not (home / ".local").exists()


def test_a_newer_version_rewrites_only_its_own_file(home: Path) -> None:
    write(home / ".tmux.conf", TPM)
    install()

    assert actions(install(command=("/new/ocprov",))) == ["replace", "none"]
    assert "/new/ocprov" in include.path().read_text()


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        pytest.param({".tmux.conf": b"a\n", ".config/tmux/tmux.conf": b"b\n"}, ".tmux.conf", id="the first"),
        pytest.param({".config/tmux/tmux.conf": b"b\n"}, ".config/tmux/tmux.conf", id="the only one"),
        pytest.param(
            {".tmux.conf": b"a\n", ".config/tmux/tmux.conf": TPM},
            ".config/tmux/tmux.conf",
            id="where tpm is run",
        ),
        pytest.param(
            {".tmux.conf": block.BEGIN + b"\n" + block.END + b"\n", ".config/tmux/tmux.conf": TPM},
            ".tmux.conf",
            id="where the block is",
        ),
        pytest.param(
            {".tmux.conf": b"run 'x $TMUX_CONF_LOCAL'\n", ".tmux.conf.local": b"\n# EOF\n"},
            ".tmux.conf.local",
            id="Oh my tmux",
        ),
    ],
)
def test_which_tmux_conf_reads_the_lines(home: Path, there: dict[str, bytes], chosen: str) -> None:
    for name, data in there.items():
        write(home / name, data)

    assert install().changes[1].path == home / chosen
    assert uninstall().changes[0].path == home / chosen


def test_xdg_config_home_is_where_tmux_looks_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
    write(home / "xdg/tmux/tmux.conf", TPM)

    assert [change.path for change in install().changes] == [
        home / "xdg/ocprov/tmux.conf",
        home / "xdg/tmux/tmux.conf",
    ]


def test_another_file_can_be_named(home: Path) -> None:
    own = write(home / "dot/my.conf", TPM)
    write(home / ".tmux.conf", TPM)

    assert install(own).changes[1].path == own
    assert (home / ".tmux.conf").read_bytes() == TPM
    assert actions(uninstall(own)) == ["replace", "remove"]
    assert own.read_bytes() == TPM


def test_a_link_stays_and_the_real_file_is_changed(home: Path) -> None:
    real = write(home / "dotfiles/tmux.conf", TPM)
    (home / ".tmux.conf").symlink_to(real)

    change = install().changes[1]

    assert (change.path, change.real) == (home / ".tmux.conf", real)
    assert (home / ".tmux.conf").readlink() == real
    assert block.marked(real.read_bytes())
    uninstall()
    assert real.read_bytes() == TPM


def test_two_links_to_one_file_are_one(home: Path) -> None:
    real = write(home / "dotfiles/tmux.conf", TPM)
    (home / ".config/tmux").mkdir(parents=True)
    for name in (".tmux.conf", ".config/tmux/tmux.conf"):
        (home / name).symlink_to(real)
    install()

    assert actions(uninstall()) == ["replace", "remove"]
    assert real.read_bytes() == TPM


@pytest.mark.parametrize("mark", [block.BEGIN, block.END], ids=["begin", "end"])
def test_a_damaged_block_is_a_persons_matter(home: Path, mark: bytes) -> None:
    write(home / ".tmux.conf", TPM + mark + b"\n")
    before = tree(home)

    for outcome in (install(), uninstall()):
        (conflict,) = outcome.changes
        assert (conflict.path, conflict.action) == (home / ".tmux.conf", "conflict")
        assert "has not one pair of the lines" in conflict.reason
    assert tree(home) == before


def test_a_file_of_somebody_elses_in_the_place_of_the_lines_is_a_conflict(home: Path) -> None:
    write(include.path(), b"set -g mouse on\n")
    write(home / ".tmux.conf", TPM)
    before = tree(home)

    assert actions(install()) == ["conflict"]
    assert actions(uninstall()) == ["conflict"]
    assert tree(home) == before


@pytest.mark.parametrize("what", ["file", "directory", "link"])
def test_what_is_read_only_is_refused_with_the_line_to_add(home: Path, what: str) -> None:
    own = write(home / "store/tmux.conf", TPM)
    named = home / ".tmux.conf" if what == "link" else own
    if what == "link":
        named.symlink_to(own)
    (own.parent if what == "directory" else own).chmod(0o555 if what == "directory" else 0o444)

    with pytest.raises(OcprovError, match="is read-only") as refused:
        install(None if what == "link" else own)

    own.parent.chmod(0o755)
    assert include.source_line() in refused.value.hint
    assert not include.path().exists()
    assert own.read_bytes() == TPM


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.symlink_to("/nowhere/x"), "a link to /nowhere/x"),
        (lambda path: path.symlink_to(path), "cannot read .*/.tmux.conf: Too many levels"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: os.mkfifo(path), "is a FIFO"),
    ],
    ids=["dangling link", "loop", "directory", "FIFO"],
)
def test_what_is_no_file_is_refused(home: Path, make: object, message: str) -> None:
    assert callable(make)
    make(home / ".tmux.conf")

    with pytest.raises(OcprovError, match=message):
        install()
    assert not include.path().exists()


@pytest.fixture
def common_user() -> Iterator[Path]:
    """A home whose user is not root, since root can read everything."""
    with (
        TemporaryDirectory() as directory,
        pytest.MonkeyPatch.context() as patch,
    ):  # nobody can enter tmp_path
        patch.setenv("HOME", directory)
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.delenv(variable, raising=False)
        root = os.geteuid() == 0
        if root:
            os.chown(directory, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(directory)
        finally:
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("what", ["file", "directory", "local"])
def test_a_tmux_conf_that_cannot_be_read_stops_all_that_depends_on_it(common_user: Path, what: str) -> None:
    name = ".config/tmux/tmux.conf" if what == "directory" else ".tmux.conf"
    own = write(common_user / name, b"run 'x $TMUX_CONF_LOCAL'\n" if what == "local" else TPM)
    if what == "local":
        own = write(common_user / ".tmux.conf.local", b"")
    install()
    before = tree(common_user)
    closed = own.parent if what == "directory" else own
    closed.chmod(0)

    for act in (install, uninstall):
        with pytest.raises(OcprovError, match=f"cannot read {own}: Permission denied") as refused:
            act()
        assert "nothing was touched" in refused.value.hint

    closed.chmod(0o700 if what == "directory" else stat.S_IMODE(before[str(own)][0]))
    assert tree(common_user) == before


def test_a_tmux_conf_that_cannot_be_read_does_not_matter_where_another_one_is_named(
    common_user: Path,
) -> None:
    write(common_user / ".tmux.conf", TPM).chmod(0)

    assert actions(install(write(common_user / "my.conf", TPM))) == ["create", "replace"]


@pytest.mark.parametrize("what", ["nothing", "directory", "dangling link"])
def test_what_is_no_file_has_no_block_to_uninstall(home: Path, what: str) -> None:
    if what == "directory":
        (home / ".tmux.conf").mkdir()
    if what == "dangling link":
        (home / ".tmux.conf").symlink_to("/nowhere/x")

    assert not uninstall().changed


@pytest.mark.parametrize("there", [True, False], ids=["installed there too", "only in the other one"])
def test_the_lines_stay_as_long_as_another_tmux_conf_reads_them(home: Path, there: bool) -> None:
    standard = write(home / ".tmux.conf", TPM)
    other = write(home / "other.conf", b"set -g a b\n")
    install()
    if there:
        install(other)

    changed, lines = uninstall(other).changes

    assert (changed.path, changed.action) == (other, "replace" if there else "none")
    assert other.read_bytes() == b"set -g a b\n"
    assert (lines.path, lines.action, lines.reason) == (include.path(), "none", f"{standard} reads it")
    assert include.path().read_text() == conf.text(COMMAND)
    assert actions(uninstall(standard)) == ["replace", "remove"]


def test_a_link_to_the_named_file_is_no_other_reader(home: Path) -> None:
    real = write(home / "dotfiles/tmux.conf", TPM)
    (home / ".tmux.conf").symlink_to(real)
    install()

    assert actions(uninstall(real)) == ["replace", "remove"]


def test_a_directory_that_is_not_there_is_refused(home: Path) -> None:
    with pytest.raises(OcprovError, match=f"there is no directory {home}/none"):
        install(home / "none/tmux.conf")


def test_a_dry_run_says_the_same_and_touches_nothing(home: Path) -> None:
    write(home / ".tmux.conf", TPM)
    before = tree(home)

    would = install(dry_run=True)

    assert tree(home) == before
    assert not (home / ".local").exists()
    assert actions(would) == actions(install()) == ["create", "replace"]
    before = tree(home)
    assert actions(uninstall(dry_run=True)) == ["replace", "remove"]
    assert tree(home) == before


def test_two_at_a_time_are_one_after_the_other(home: Path, machine: Machine) -> None:
    machine.state.mkdir(parents=True)
    with held(machine.state / "deploy.lock", wait=0, blocked=lambda: None), pytest.raises(BusyError):
        install()
    assert not (home / ".tmux.conf").exists()


def test_a_file_that_changed_since_it_was_read_is_left_as_it_is(home: Path) -> None:
    own = write(home / ".tmux.conf", TPM)
    found = target.find(own)
    own.write_bytes(b"new\n")

    for data in (b"ours\n", None):
        with pytest.raises(ConflictError, match="changed meanwhile"):
            edit.apply(edit.Edit(own, found, data, kept=False))
    assert own.read_bytes() == b"new\n"


# Ends the process at the Nth call that changes a file or a name, as a kill would.
KILLED = """
import os, sys
from ocprov.persistence import conf, include
left = int(sys.argv[1])
def stop(event, arguments):
    global left
    changes = event in ("os.rename", "os.remove", "os.mkdir") or (event == "open" and arguments[2] & os.O_WRONLY)
    left -= changes
    if changes and left < 0:
        os._exit(9)
sys.addaudithook(stop)
run = include.install if sys.argv[2] == "install" else include.uninstall
run(**({"lines": conf.text(("/opt/ocprov",))} if sys.argv[2] == "install" else {}), file=None, dry_run=False)
"""


@pytest.mark.parametrize("act", ["install", "uninstall"])
def test_a_kill_leaves_old_or_new_and_the_next_run_completes(home: Path, act: str) -> None:
    own = home / ".tmux.conf"
    installed = block.put(TPM, os.fsencode(include.source_line())).data
    codes = []
    for number in range(40):
        write(own, TPM)
        if act == "uninstall":
            install()
        elif include.path().exists():
            include.path().unlink()
        argv = [sys.executable, "-c", KILLED, str(number), act]
        codes.append(subprocess.run(argv, check=False).returncode)
        assert own.read_bytes() in (TPM, installed)
        assert own.read_bytes() == TPM or include.path().exists()
        if codes[-1] == 0:
            break
        (install if act == "install" else uninstall)()
        assert own.read_bytes() == (installed if act == "install" else TPM)
        assert not [*home.glob(".ocprov-new-*"), *include.path().parent.glob(".ocprov-new-*")]
    assert codes[-1] == 0
    assert len(codes) > 4


@pytest.mark.parametrize("name", ["plain", "a b", "it's", "[x]*?", "a\\b", "#{pid}", "$HOME", "é", "{a}"])
def test_tmux_reads_the_lines_wherever_they_are(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(machine.home / name))
    write(machine.home / ".tmux.conf", b"set -g @own yes\r\n" if name == "é" else b"set -g @own yes")
    install()

    machine.tmux("new-session", "-d")

    assert "/ocprov/run/" in machine.tmux("show-options", "-gqv", conf.PROCESSES)
    assert machine.tmux("show-options", "-gqv", conf.RECONCILE) == "/opt/ocprov reconcile"


def test_a_tmux_conf_whose_lines_are_gone_starts_without_a_word(machine: Machine) -> None:
    install()
    include.path().unlink()
    machine.tmux("new-session", "-d")

    assert machine.tmux("show-options", "-gqv", conf.PROCESSES) == ""
    # What is wrong in a conf is shown in the first pane, in a mode.
    assert machine.tmux("display-message", "-p", "#{pane_in_mode}") == "0"
