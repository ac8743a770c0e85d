"""Launchers in a real tmux, under real shells."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocprov.core import launcher, observed
from ocprov.core.desired import Pane
from tests.conftest import DEADLINE

Tmux = Callable[..., str]
PROMPT = "[Enter runs it again, Ctrl-D gives a shell]"
LOGIN_SHELLS = ("bash", "zsh", "fish", "dash", "mksh", "tcsh")
SH = ("dash", "bash", "busybox", "mksh", "zsh")
NASTY = {
    "quote": "it's",
    "double quote": 'a "b',
    "substitution": "$(touch pwn) `touch pwn`",
    "format": "#(touch pwn) #{pane_id} %H",
    "separator": "a; touch pwn;",
    "space": " two  words ",
    "unicode": "é Á 日",
    "newline": "one\ntwo",
    "rest": "-n *?[a] ~ \\ \\n !! {x} & | < > =ls",
}


def installed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{program} is not installed")
    return str(path)


def until(true: Callable[[], object], told: Callable[[], object] = str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"did not come about within {DEADLINE:.0f} s:\n{told()}")
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Live:
    """The one pane of a running tmux, and the launcher file that it runs."""

    tmux: Tmux
    file: Path

    def show(self, form: str) -> str:
        return self.tmux("display-message", "-p", "-t", "%0", form).removesuffix("\n")

    def screen(self, *flags: str) -> str:
        return self.tmux("capture-pane", "-p", "-J", "-t", "%0", *flags)

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "%0", *keys)

    def shows(self, words: str, *, after: str) -> bool:
        """Whether the screen has the words; types `after` first, which a signal before it may have swallowed."""
        self.keys(after)
        return words in self.screen()

    def tells(self, word: str, code: int | None = None) -> None:
        """Waits for a state; one with a prompt is told before the prompt is on the screen."""

        def told() -> bool:
            state = observed.state(self.show("#{@ocprov_state}"))
            return state is not None and (state.told, state.code) == (word, code)

        until(told, lambda: f"{word} {code}: {self.show('#{@ocprov_state}')}\n{self.screen()}")
        if word in ("stopped", "exited"):
            until(lambda: self.screen().rstrip().endswith(PROMPT), self.screen)

    def processes(self) -> list[str]:
        """The arguments of the children of the pane's process."""
        rows = subprocess.run(
            ["ps", "-A", "-ww", "-o", "ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        parent = self.show("#{pane_pid}")
        split = (row.split(maxsplit=1) for row in rows.splitlines())
        return [args for ppid, args in split if ppid == parent]


def declared(directory: Path, *commands: str, **more: object) -> Pane:
    return Pane("demo", str(directory), commands, **more)  # type: ignore[arg-type] # the tables are not typed


def escaped(argv: tuple[str, ...]) -> list[str]:
    """As arguments of a tmux client, which takes a `;` at an argument's end for its own."""
    return [re.sub(r";$", r"\\;", argument) for argument in argv]


def open_pane(tmux: Tmux, argv: tuple[str, ...], shell: str = "/bin/sh", **environment: str) -> None:
    """Starts the server with a default-shell and one pane."""
    given = [argument for pair in environment.items() for argument in ("-e", "=".join(pair))]
    tmux(
        *("start-server", ";", "set-option", "-g", "default-shell", shell, ";"),
        *("new-session", "-d", "-x", "80", "-y", "24", *given, *escaped(argv)),
    )


def live(tmux: Tmux, tmp_path: Path, pane: Pane, shell: str = "/bin/sh", **environment: str) -> Live:
    file = tmp_path / "launcher"
    file.write_text(launcher.text(pane, path=os.environ["PATH"]), encoding="utf-8")
    open_pane(tmux, launcher.process(str(file), pane.directory), shell, **environment)
    return Live(tmux, file)


def rewrite(seat: Live, pane: Pane) -> None:
    fresh = seat.file.with_suffix(".new")
    fresh.write_text(launcher.text(pane, path=os.environ["PATH"]), encoding="utf-8")
    fresh.replace(seat.file)


def in_shell(seat: Live, shell: str, directory: Path) -> None:
    """Waits for the login shell and has it show, by what it does, where it is."""
    until(lambda: seat.show("#{pane_current_command}") == Path(shell).name, seat.screen)
    seat.keys("touch here", "Enter")
    until((directory / "here").exists, seat.screen)


@pytest.mark.parametrize("name", LOGIN_SHELLS)
def test_a_pane_keeps_its_launcher_until_a_shell_is_asked_for(tmux: Tmux, tmp_path: Path, name: str) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "echo up; sleep 1000"), installed(name))
    for key in ("Enter", "C-d"):
        seat.tells("running")
        until(lambda: seat.screen().rstrip().endswith("up"), seat.screen)
        assert seat.processes() == [f"/bin/sh {seat.file}"]
        seat.keys("C-c")
        seat.tells("stopped", 130)
        assert seat.processes() == [f"/bin/sh {seat.file}"]
        assert re.search(r"\[demo stopped with 130 at \d\d:\d\d:\d\d \(SIGINT\)\]", seat.screen())
        seat.keys(key)
    seat.tells("shell", 130)
    in_shell(seat, name, tmp_path)
    assert seat.show("#{pane_current_path}") == str(tmp_path)


@pytest.mark.parametrize("name", SH)
def test_every_sh_runs_the_launcher(tmux: Tmux, tmp_path: Path, name: str) -> None:
    sh = tmp_path / "sh"
    sh.symlink_to(installed(name))
    file = tmp_path / "launcher"
    pane = declared(tmp_path, "echo up; sleep 1000", restart="always")
    file.write_text(
        launcher.text(pane, path=os.environ["PATH"]).replace("/bin/sh", str(sh)), encoding="utf-8"
    )
    argv = launcher.process(str(file), pane.directory)
    open_pane(tmux, tuple(part.replace("/bin/sh", str(sh)) for part in argv), installed("bash"))
    seat = Live(tmux, file)
    for key in ("Enter", "C-d"):
        seat.tells("running")
        until(lambda: seat.screen().rstrip().endswith("up"), seat.screen)
        assert seat.processes() == [f"{sh} {file}"]
        seat.keys("C-c")
        seat.tells("stopped", 130)
        seat.keys("C-c", "x", "Enter", key)
    seat.tells("shell", 130)
    in_shell(seat, "bash", tmp_path)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("true", 0, ""),
        ("exit 3", 3, ""),
        ("no-such-program", 127, " (a program was not found: is it installed, and in PATH?)"),
        ("/dev/null", 126, " (a program may not be executed)"),
        ("kill -TERM $$", 143, " (SIGTERM)"),
        ("exit 255", 255, ""),
    ],
)
def test_the_end_is_told_with_code_and_time(
    tmux: Tmux, tmp_path: Path, command: str, code: int, words: str
) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, command))
    seat.tells("exited", code)
    assert re.search(rf"\[demo ended with {code} at \d\d:\d\d:\d\d{re.escape(words)}\]", seat.screen())


def test_a_missing_directory_is_an_end_that_says_so(tmux: Tmux, tmp_path: Path) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path / "gone", "true", notice="look: there is no gone"))
    seat.tells("exited", 2)
    assert "[look: there is no gone]" in seat.screen()
    assert str(tmp_path / "gone") in seat.screen()


@pytest.mark.parametrize(
    ("given", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["colour", "NO_COLOR"]
)
def test_messages_are_dim_unless_colour_is_unwanted(
    tmux: Tmux, tmp_path: Path, given: dict[str, str], coloured: bool
) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "true"), **given)
    seat.tells("exited", 0)
    assert ("\x1b[2m[demo ended" in seat.screen("-e")) is coloured


@pytest.fixture
def pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The pauses of launchers so far, in seconds; each is over once there is a file `over` with its number in its name."""
    sleep = tmp_path / "bin/sleep"
    sleep.parent.mkdir()
    sleep.write_text(
        f'#!/bin/sh\ncd "{tmp_path}"\necho "$1" >>pauses\nuntil [ -e over$1 ]; do {shutil.which("sleep")} 0.05; done\n'
    )
    sleep.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sleep.parent}:{os.environ['PATH']}")
    kept = tmp_path / "pauses"
    return lambda: kept.read_text().split() if kept.exists() else []


def test_always_runs_again_later_each_time_until_ctrl_c(
    tmux: Tmux, tmp_path: Path, pauses: Callable[[], list[str]]
) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "echo x >>runs; exit 1", restart="always"))
    until(lambda: pauses() == ["1"], seat.screen)
    seat.tells("waiting", 1)
    (tmp_path / "over1").touch()
    until(lambda: pauses() == ["1", "2"], seat.screen)
    seat.tells("waiting", 1)
    for seconds in (1, 2):
        until(lambda end=f"[runs again in {seconds} s, Ctrl-C asks first]": end in seat.screen(), seat.screen)  # type: ignore[misc] # mypy cannot infer a lambda with a default
    assert seat.processes() == [f"/bin/sh {seat.file}"]
    (tmp_path / "over1").unlink()
    seat.keys("C-c")
    seat.tells("stopped", 1)
    assert (tmp_path / "runs").read_text() == "x\nx\n"
    rewrite(seat, declared(tmp_path, "env >seen; exit 5", restart="always"))
    seat.keys("Enter")
    seat.tells("waiting", 5)
    until(lambda: seat.screen().rstrip().endswith("[runs again in 1 s, Ctrl-C asks first]"), seat.screen)
    assert not re.search(r"^ocprov", (tmp_path / "seen").read_text(), re.MULTILINE | re.IGNORECASE)
    rewrite(seat, declared(tmp_path, "exit 6"))
    (tmp_path / "over1").touch()
    seat.tells("exited", 6)


def test_never_ends_in_a_shell(tmux: Tmux, tmp_path: Path) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "exit 3", restart="never"), installed("bash"))
    seat.tells("shell", 3)
    in_shell(seat, "bash", tmp_path)
    assert "demo ended with 3" in seat.screen()


def test_a_killed_pager_leaves_a_usable_screen(tmux: Tmux, tmp_path: Path) -> None:
    pager = f"echo $$ >pid; exec less -R {__file__}"
    seat = live(tmux, tmp_path, declared(tmp_path, pager), installed("bash"), LESS="")
    until(lambda: seat.show("#{alternate_on}#{keypad_flag}") == "11", seat.screen)
    seat.keys("a", "b")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    seat.tells("exited", 137)
    assert seat.show("#{alternate_on}#{keypad_flag}#{cursor_flag}") == "001"
    seat.keys("C-d")
    in_shell(seat, "bash", tmp_path)
    until(lambda: "touch here" in seat.screen(), seat.screen)


def test_what_follows_a_pager_is_not_written_over(tmux: Tmux, tmp_path: Path) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, r"printf '\033[?1049h\033[?1049l'", "seq 100 109"))
    seat.tells("exited", 0)
    assert seat.screen().startswith("\n".join(map(str, range(100, 110))))


@pytest.mark.parametrize("shell", ["sh", "bash", "fish", "zsh"])
def test_ctrl_backslash_leaves_no_program_behind(tmux: Tmux, tmp_path: Path, shell: str) -> None:
    installed(shell)
    seat = live(tmux, tmp_path, declared(tmp_path, f"less {__file__}", "exit 4", shell=shell), LESS="")
    until(lambda: seat.show("#{alternate_on}") == "1", seat.screen)
    seat.keys("C-\\")
    until(lambda: seat.shows("(END)", after="G"), seat.screen)
    seat.keys("q")
    seat.tells("stopped", 4)


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_a_directory_of_any_name_is_gone_to(tmux: Tmux, tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    directory.mkdir()
    seat = live(tmux, tmp_path, declared(directory, "touch command"), installed("bash"))
    seat.tells("exited", 0)
    tmux(
        "respawn-pane",
        "-k",
        "-t",
        "%0",
        *escaped(launcher.program("touch program; exec sleep 1000", str(directory))),
    )
    until((directory / "program").exists, seat.screen)
    tmux("respawn-pane", "-k", "-t", "%0", *escaped(launcher.plain(str(directory), "key", f"see {name}")))
    in_shell(seat, "bash", directory)
    assert {path.name for path in directory.iterdir()} == {"command", "program", "here"}
    assert not list(tmp_path.rglob("pwn"))


@pytest.mark.parametrize("value", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_values_come_through_literally(tmux: Tmux, tmp_path: Path, value: str, shell: str) -> None:
    quoted = "'" + value.replace("'", r"'\''") + "'"
    command = f'printf "%s" "$code" {quoted} >out'
    seat = live(tmux, tmp_path, declared(tmp_path, command, environment=(("code", value),), shell=shell))
    seat.tells("exited", 0)
    assert (tmp_path / "out").read_text() == value * 2
    assert not list(tmp_path.rglob("pwn"))


@pytest.mark.parametrize(
    ("shell", "commands"),
    [
        ("sh", ("a=1", "echo $a >out\necho 2 >>out", "(exit 4)")),
        ("bash", ("a=(0 1)", "echo ${a[1]} >out\necho 2 >>out", "(exit 4)")),
        ("zsh", ("a=(1 2)", "print -l $a >out", "(exit 4)")),
        ("fish", ("set a 1 2", "for i in $a\n echo $i >>out\nend", "sh -c 'exit 4'")),
        ("tcsh", ("set a = 1", "echo $a >out\necho 2 >>out", "exit 4")),
        ("python3", ("import sys", "print(1, 2, sep='\\n', file=open('out', 'w'))", "sys.exit(4)")),
    ],
)
def test_commands_run_in_order_in_one_shell(
    tmux: Tmux, tmp_path: Path, shell: str, commands: tuple[str, ...]
) -> None:
    installed(shell)
    seat = live(tmux, tmp_path, declared(tmp_path, *commands, shell=shell))
    seat.tells("exited", 4)
    assert (tmp_path / "out").read_text() == "1\n2\n"


def test_enter_runs_what_the_file_says_now(tmux: Tmux, tmp_path: Path) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "exit 1", environment=(("OLD", "1"),)))
    seat.tells("exited", 1)
    fresh = declared(tmp_path, 'exit "2$OLD"')
    rewrite(seat, fresh)
    seat.keys("Enter")
    seat.tells("exited", 2)
    assert seat.processes() == [f"/bin/sh {seat.file}"]
    assert seat.show("#{@ocprov_pane} #{@ocprov_digest}") == f"demo {fresh.digest}"


def test_a_launcher_outlives_its_file(tmux: Tmux, tmp_path: Path) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "echo x >>runs; exit 3"))
    seat.tells("exited", 3)
    seat.file.unlink()
    seat.keys("Enter")
    until(lambda: (tmp_path / "runs").read_text() == "x\nx\n", seat.screen)
    seat.tells("exited", 3)
    assert "the file of this launcher is gone" in seat.screen()


@pytest.mark.parametrize("name", LOGIN_SHELLS)
def test_a_launcher_typed_into_a_shell_tags_its_pane(tmux: Tmux, tmp_path: Path, name: str) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "echo up; sleep 1000", restart="never"), installed(name))
    seat.tells("running")
    tmux("respawn-pane", "-k", "-t", "%0", *launcher.plain(str(tmp_path), "key"))
    in_shell(seat, name, tmp_path)
    for option in ("pane", "digest", "state"):
        tmux("set-option", "-p", "-u", "-t", "%0", f"@ocprov_{option}")
    seat.keys(f"/bin/sh {seat.file}", "Enter")
    seat.tells("running")
    until(lambda: seat.screen().rstrip().endswith("up"), seat.screen)
    assert f"/bin/sh {seat.file}" in seat.processes()
    assert seat.show("#{@ocprov_pane}") == "demo"
    seat.keys("C-c")
    seat.tells("shell", 130)
    until(lambda: seat.show("#{pane_current_command}") == name, seat.screen)


@dataclass(frozen=True, slots=True)
class Typed:
    """A session `s` with a shell in each of its windows, into which launchers of the session are typed."""

    tmux: Tmux
    directory: Path

    def type(self, key: str, target: str) -> None:
        pane = Pane(key, str(self.directory), ("echo $$ >>ran; sleep 1000",), window=key)
        (self.directory / "s").mkdir(exist_ok=True)
        (self.directory / "s" / key).write_text(launcher.text(pane, path=os.environ["PATH"]))
        self.tmux("send-keys", "-t", target, f"/bin/sh {self.directory}/s/{key}", "Enter")

    def key(self, target: str) -> str:
        return self.tmux("display-message", "-p", "-t", target, "#{@ocprov_pane}").strip()

    def screen(self, target: str) -> str:
        return self.tmux("capture-pane", "-p", "-J", "-t", target)


@pytest.fixture
def typed(tmux: Tmux, tmp_path: Path) -> Typed:
    tmux("new-session", "-d", "-s", "s", "-n", "a", "-x", "120", "/bin/sh")
    tmux("new-window", "-d", "-t", "=s:", "-n", "b", "/bin/sh")
    tmux("new-session", "-d", "-s", "t", "-n", "other", "-x", "120", "/bin/sh")
    return Typed(tmux, tmp_path)


@pytest.mark.parametrize("target", ["=s:=b", "=t:"], ids=["another window", "another session"])
def test_a_launcher_typed_into_the_wrong_shell_is_not_run_there(typed: Typed, target: str) -> None:
    typed.type("a", target)
    until(lambda: "a has a window of its own, so it is not run here" in typed.screen(target))
    assert typed.key(target) == ""
    assert not (typed.directory / "ran").exists()
    typed.type("a", "=s:=a")
    until(lambda: typed.key("=s:=a") == "a")


def test_a_launcher_typed_a_second_time_is_not_run_twice(typed: Typed) -> None:
    typed.type("a", "=s:=a")
    ran = typed.directory / "ran"
    until(lambda: ran.exists() and ran.read_text().endswith("\n"))
    typed.tmux("rename-window", "-t", "=s:=b", "a")
    typed.type("a", "=s:1")
    until(lambda: "a runs in another pane, so it is not run here" in typed.screen("=s:1"))
    assert len(ran.read_text().split()) == 1


def test_a_launcher_typed_where_no_window_is_its_own_runs(typed: Typed) -> None:
    typed.type("elsewhere", "=t:")
    until(lambda: typed.key("=t:") == "elsewhere")


@pytest.mark.parametrize("variable", ["TMUX", "TMUX_PANE"])
def test_outside_of_a_pane_nothing_is_tagged(tmux: Tmux, tmp_path: Path, variable: str) -> None:
    file = tmp_path / "launcher"
    file.write_text(launcher.text(declared(tmp_path, "exit 3", restart="never"), path=os.environ["PATH"]))
    open_pane(tmux, launcher.program(f"env -u {variable} /bin/sh {file}; exec sleep 1000", str(tmp_path)))
    seat = Live(tmux, file)
    until(lambda: "demo ended with 3" in seat.screen(), seat.screen)
    until(lambda: seat.show("#{pane_current_command}") == "sleep", seat.screen)
    assert seat.show("#{@ocprov_pane}#{@ocprov_state}") == ""


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LANG": "", "LC_CTYPE": "POSIX"}, "C.UTF-8"),
        ({"LANG": "C", "LC_ALL": "C.utf8"}, "C.utf8"),
        ({"LANG": "de_DE.UTF-8"}, ""),
    ],
    ids=["C", "POSIX", "utf8", "UTF-8"],
)
def test_commands_run_in_a_utf_8_locale(tmux: Tmux, tmp_path: Path, given: dict[str, str], seen: str) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "echo $LC_ALL >out"), **given)
    seat.tells("exited", 0)
    assert (tmp_path / "out").read_text() == f"{seen}\n"


@pytest.mark.parametrize("scope", ["-g", "-s"], ids=["global", "session"])
def test_default_command_takes_over_where_there_is_one(tmux: Tmux, tmp_path: Path, scope: str) -> None:
    seat = live(tmux, tmp_path, declared(tmp_path, "exit 3"), installed("bash"))
    seat.tells("exited", 3)
    tmux("set-option", *([scope] if scope == "-g" else []), "default-command", "pwd; exec sleep 1000")
    seat.keys("C-d")
    until(lambda: seat.show("#{pane_current_command}") == "sleep", seat.screen)
    until(lambda: seat.screen().rstrip().endswith(str(tmp_path)), seat.screen)
