"""`deploy/bootstrap.sh` in a HOME of its own: what it makes, what it leaves alone, what it takes away."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import until

ROOT = Path(__file__).resolve().parents[1]
BOOTSTRAP = ROOT / "deploy/bootstrap.sh"
SESSION = "opencode-observability-monitoring"
WINDOWS = [
    "ocmonitor-live-feed",
    "ocmonitor-daily-costs",
    "ocmonitor-model-breakdown",
    "ocmonitor-session-history",
    "opencode-logs-tail",
    "workspace",
]
MANAGERS = ("apt-get", "dnf", "pacman", "apk", "brew")
# What stands for a machine's own package registry and network; nothing else of the caller's environment is used.
PASSED_ON = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

slow = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who runs the bootstrap: a HOME, a tmux socket directory, programs on PATH."""

    home: Path
    sockets: Path
    programs: Path

    @property
    def env(self) -> dict[str, str]:
        passed_on = {name: value for name, value in os.environ.items() if name.upper().startswith(PASSED_ON)}
        own = {
            "HOME": str(self.home),
            "PATH": f"{self.home}/.local/bin:{self.programs}",
            "TMUX_TMPDIR": str(self.sockets),
            "LC_ALL": "C",
            "PIP_CACHE_DIR": str(self.home.parents[1] / "pip-cache"),
        }
        return passed_on | own

    def run(self, *command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program, without a terminal, with `more` in its environment."""
        return subprocess.run(
            [str(word) for word in command],
            env=self.env | more,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def bootstrap(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(BOOTSTRAP, *words, **more)

    def ok(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the bootstrap, which must succeed."""
        done = self.bootstrap(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def panes(self) -> list[str]:
        listed = self.run(
            "tmux", "list-panes", "-a", "-F", "#{session_name} #{window_name} #{pane_id} #{pane_pid}"
        )
        return listed.stdout.splitlines()

    @property
    def bin(self) -> Path:
        return self.home / ".local/bin"

    @property
    def venv(self) -> Path:
        return self.home / ".local/share/ocprov/venv"


def new_person(place: Path, without: Sequence[str] = ()) -> Person:
    """A person below `place` whose PATH has what ours has, but no package manager, no ocprov and not `without`."""
    person = Person(place / "a home", place / "sockets", place / "programs")
    for made in (person.home, person.sockets, person.programs):
        made.mkdir(mode=0o700)
    # pip asks rustc, where there is one, for its version; that of rustup writes to HOME.
    left_out = (*MANAGERS, *without, "sudo", "rust", "python", "pip", "ocprov", "ocmonitor")
    for directory in os.environ["PATH"].split(os.pathsep):
        if not Path(directory).is_dir() or Path(directory).is_relative_to(sys.prefix):
            continue
        for program in Path(directory).iterdir():
            link = person.programs / program.name
            if not link.is_symlink() and not program.name.startswith(left_out):
                link.symlink_to(program)
    if "python3" not in without:
        script(person.programs / "python3", f"exec '{sys.base_prefix}/bin/python3' \"$@\"")
    return person


def script(path: Path, body: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def end(person: Person) -> None:
    """End the tmux server, if one runs; while it ends, the next client fails."""
    if pid := person.run("tmux", "display-message", "-p", "#{pid}").stdout.strip():
        person.run("tmux", "kill-server")
        until(lambda: person.run("ps", "-o", "stat=", "-p", pid).stdout[:1] in {"", "Z"})


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """Somebody new."""
    someone = new_person(tmp_path)
    yield someone
    end(someone)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody who has run the bootstrap once; each test leaves the home whole."""
    someone = new_person(tmp_path_factory.mktemp("settled"))
    someone.ok()
    yield someone
    end(someone)


def tree(top: Path, ignored: Sequence[str] = ()) -> dict[str, str]:
    """Every path below `top`, with what it is and holds; caches, logs and `ignored` names left out."""
    left_out = {".cache", "__pycache__", "log", "bootstrap.stamp", *ignored}
    found = {}
    for directory, names, files in os.walk(top):
        names[:] = [name for name in names if name not in left_out]
        for path in (Path(directory, name) for name in (*names, *files) if name not in left_out):
            if path.suffix != ".lock":
                found[str(path.relative_to(top))] = what(path)
    return found


def what(path: Path) -> str:
    mode = f"{path.lstat().st_mode:o}"
    if path.is_symlink():
        return f"{mode} {path.readlink()}"
    if not path.is_file():
        return mode
    return f"{mode} {path.stat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def two_lines(stderr: str) -> Mapping[str, str]:
    """The `error:` and the `hint:` that a failure ends with."""
    error, hint = stderr.splitlines()[-2:]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    return {"error": error.removeprefix("error: "), "hint": hint.removeprefix("hint: ")}


@slow
def test_one_run_gives_the_six_windows(settled: Person) -> None:
    status = settled.run(settled.bin / "ocprov", "status", "--json")
    assert status.returncode == 0, status.stderr
    (session,) = json.loads(status.stdout)["data"]["sessions"]
    assert session["name"] == SESSION
    assert [window["name"] for window in session["windows"]] == WINDOWS
    assert [pane.split()[:2] for pane in settled.panes()] == [[SESSION, window] for window in WINDOWS]


@slow
def test_a_second_run_changes_nothing(settled: Person) -> None:
    # ocmonitor makes the directory of its exports in its own time.
    files, panes = tree(settled.home, ["exports"]), settled.panes()
    done = settled.ok()
    assert (tree(settled.home, ["exports"]), settled.panes()) == (files, panes)
    assert done.stdout == "attach with: ocprov attach monitoring\n"
    assert "attach with" not in done.stderr


@slow
def test_quiet_says_nothing_when_all_is_well(settled: Person) -> None:
    done = settled.ok("-q")
    assert (done.stdout, done.stderr) == ("", "")


@slow
def test_it_says_how_to_get_its_programs_on_path(settled: Person) -> None:
    done = settled.ok(PATH=str(settled.programs))
    assert f"{settled.bin} is not on PATH" in done.stderr
    assert done.stdout == f"attach with: '{settled.bin}/ocprov' attach monitoring\n"


@slow
def test_without_a_network_a_second_run_keeps_what_is_there(settled: Person) -> None:
    done = settled.ok(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(settled.sockets))
    assert "installed" not in done.stderr
    assert len(settled.panes()) == len(WINDOWS)


@slow
def test_an_environment_whose_python_is_gone_is_rebuilt(settled: Person) -> None:
    panes = settled.panes()
    (settled.venv / "bin/python").unlink()
    (settled.venv / "bin/python").symlink_to("/nonexistent/python3")
    assert f"rebuilding {settled.venv}" in settled.ok().stderr
    assert settled.run(settled.bin / "ocmonitor", "--version").returncode == 0
    assert settled.panes() == panes


@slow
def test_uninstall_leaves_what_was_there_before(person: Person) -> None:
    person.bin.mkdir(parents=True)
    script(person.bin / "ocprov", "echo mine")
    (person.home / ".config").mkdir()
    before = tree(person.home)
    done = person.ok(PIP_USER="1", PIP_TARGET="/nonexistent")
    assert f"{person.bin}/ocprov is not ours and stays" in done.stderr
    assert done.stdout == f"attach with: '{person.venv}/bin/ocprov' attach monitoring\n"
    assert len(person.panes()) == len(WINDOWS)
    until((person.home / ".local/share/ocprov/exports").is_dir)  # made by ocmonitor in a window
    end(person)
    until(lambda: not launchers(person))
    said = person.ok("--uninstall").stdout.splitlines()
    assert tree(person.home) == before
    assert f"removed {person.venv}" in said
    assert person.ok("--uninstall").stdout.startswith("nothing to remove")


@slow
def test_uninstall_keeps_what_was_edited_and_the_live_sessions(person: Person) -> None:
    person.ok()
    config = person.home / ".config/ocmonitor/config.toml"
    config.write_text(config.read_text() + "# mine\n")
    panes = person.panes()
    said = person.ok("--uninstall").stdout
    assert f"kept {config}: it was edited" in said
    assert f"live sessions need their launchers ({SESSION})" in said
    assert config.read_text().endswith("# mine\n")
    assert person.panes() == panes
    assert launchers(person)
    assert not person.venv.exists()
    assert not list(person.bin.parent.glob("bin/*"))


@pytest.mark.parametrize("record", ["", "{", "[]", "[1]", "5", '{"a": 1}'])
def test_uninstall_keeps_what_a_corrupt_record_does_not_tell_of(person: Person, record: str) -> None:
    config = person.home / ".config/ocmonitor/config.toml"
    deployed = person.home / ".local/state/ocprov/deployed.json"
    manifest = person.home / ".local/share/ocprov/bootstrap.manifest"
    for path, text in ((config, "[ui]\n"), (deployed, record), (manifest, f"config {config}\n")):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    done = person.ok("--uninstall")
    assert f"kept {config}: it was edited" in done.stdout
    assert done.stderr == ""
    assert config.read_text() == "[ui]\n"


@slow
def test_what_a_killed_run_left_half_made_is_completed(person: Person) -> None:
    os.mkfifo(
        person.sockets / "constraints"
    )  # which pip waits for, so that the run is not over before the kill
    # A session of its own, so that the signal reaches pip too and nothing else.
    with subprocess.Popen(
        [str(BOOTSTRAP)],
        env=person.env | {"PIP_CONSTRAINT": str(person.sockets / "constraints")},
        cwd=person.home,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as killed:
        until((person.venv / "bin/python").exists)
        os.killpg(killed.pid, signal.SIGKILL)
    assert f"rebuilding {person.venv}" in person.ok().stderr
    assert len(person.panes()) == len(WINDOWS)


@slow
def test_without_a_network_the_first_run_says_so(person: Person) -> None:
    done = person.bootstrap(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(person.sockets), PIP_EXTRA_INDEX_URL="")
    assert done.returncode == 1
    said = two_lines(done.stderr)
    assert said["error"].startswith("pip could not install ocprov: ")
    assert f"{person.home}/.local/share/ocprov/bootstrap.log" in said["hint"]


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "mksh", "busybox sh"])
def test_an_environment_that_is_not_ours_is_left_alone(person: Person, shell: str) -> None:
    person.venv.mkdir(parents=True)
    (person.venv / "mine").touch()
    done = person.run(*shell.split(), BOOTSTRAP)
    assert done.returncode == 1
    assert "is in the way and not ours" in two_lines(done.stderr)["error"]
    assert [path.name for path in person.venv.iterdir()] == ["mine"]


def unprivileged(place: Path, without: Sequence[str], manager: str) -> Person:
    """A person who is not root, on a system with `manager` and without some programs."""
    person = new_person(place, without)
    if os.geteuid() == 0:
        script(person.programs / "id", "echo 65534")
        os.chown(person.home, 65534, -1)
    if manager:
        script(person.programs / manager, f"touch '{place}/called'")
    return person


@pytest.mark.parametrize(
    ("manager", "without", "error", "hint"),
    [
        ("apt-get", ["tmux"], "missing: tmux 3.2 or newer", "run: sudo apt-get install -y tmux"),
        (
            "apt-get",
            ["python3"],
            "missing: Python 3.11 or newer with venv",
            "run: sudo apt-get install -y python3 python3-venv",
        ),
        (
            "dnf",
            ["watch", "less"],
            "missing: watch (of procps), less",
            "run: sudo dnf install -y procps-ng less",
        ),
        (
            "pacman",
            ["tmux", "watch"],
            "missing: tmux 3.2 or newer, watch (of procps)",
            "run: sudo pacman -S --needed --noconfirm tmux procps-ng",
        ),
        ("apk", ["tmux"], "missing: tmux 3.2 or newer", "run: sudo apk add tmux"),
        (
            "",
            ["tmux"],
            "missing: tmux 3.2 or newer",
            "install it with the package manager of this system, then run this again",
        ),
    ],
    ids=["apt", "apt-python", "dnf", "pacman", "apk", "no-manager"],
)
def test_what_is_missing_is_named_with_the_command_that_gets_it(
    tmp_path: Path, manager: str, without: list[str], error: str, hint: str
) -> None:
    person = unprivileged(tmp_path, without, manager)
    done = person.bootstrap()
    assert done.returncode == 1
    assert two_lines(done.stderr) == {"error": error, "hint": hint}
    assert not (tmp_path / "called").exists()
    assert tree(person.home) == {}


@pytest.mark.parametrize(
    ("version", "new_enough"),
    [
        ("tmux 1.8", False),
        ("tmux 2.9a", False),
        ("tmux 3.1c", False),
        ("tmux 3.2", True),
        ("tmux 3.10", True),
        ("tmux next-3.6", True),
        ("tmux openbsd-7.5", True),
        ("tmux master", True),
    ],
)
def test_the_version_of_tmux_is_read(tmp_path: Path, version: str, *, new_enough: bool) -> None:
    # less is missing too, so that the run ends at the list of what is missing.
    person = unprivileged(tmp_path, ["tmux", "less"], "")
    script(person.programs / "tmux", f"echo '{version}'")
    error = two_lines(person.bootstrap().stderr)["error"]
    assert error == ("missing: less" if new_enough else "missing: tmux 3.2 or newer, less")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_root_gets_what_is_missing_and_then_looks_again(tmp_path: Path) -> None:
    person = new_person(tmp_path, ["less", "tmux"])
    script(
        person.programs / "apt-get",
        f"echo \"$*\" >>'{tmp_path}/calls'; ln -sf /bin/cat '{person.programs}/less'",
    )
    done = person.bootstrap()
    assert (tmp_path / "calls").read_text() == "update\ninstall -y tmux less\n"
    assert two_lines(done.stderr)["error"] == "still missing: tmux 3.2 or newer"


@pytest.mark.parametrize(
    ("words", "more", "code", "error"),
    [
        (["--wrong"], {}, 2, "there is no option --wrong"),
        (["--uninstall", "monitoring"], {}, 2, "--uninstall takes no layouts"),
        ([], {"HOME": "relative"}, 1, "HOME is not set to an absolute directory"),
        ([], {"HOME": ""}, 1, "HOME is not set to an absolute directory"),
        ([], {"HOME": "/nonexistent/home"}, 1, "/nonexistent/home is not a directory of yours"),
        ([], {"HOME": "/a\nb"}, 1, "HOME has a line break in it"),
    ],
    ids=["option", "uninstall-layout", "home-relative", "home-empty", "home-missing", "home-line-break"],
)
def test_bad_input_is_refused(
    person: Person, words: list[str], more: dict[str, str], code: int, error: str
) -> None:
    done = person.bootstrap(*words, **more)
    assert (done.returncode, two_lines(done.stderr)["error"]) == (code, error)
    assert tree(person.home) == {}


def test_away_from_a_checkout_it_says_where_it_belongs(person: Person) -> None:
    copy = shutil.copy(BOOTSTRAP, person.home / "bootstrap.sh")
    assert "is not a checkout of ocprov" in two_lines(person.run(copy).stderr)["error"]


def test_it_is_plain_shell() -> None:
    done = subprocess.run(["shellcheck", BOOTSTRAP], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def launchers(person: Person) -> list[str]:
    """Launchers of this person that run."""
    run = f"sh {person.home}/.local/state/ocprov/run/"
    return [line for line in person.run("ps", "-A", "-ww", "-o", "args=").stdout.splitlines() if run in line]
