"""Picking, as a person at a terminal: ocprov runs in a pane of another tmux, and keys are pressed there."""

import os
import re
import shutil
import signal
import sys

import pytest

from tests.conftest import Machine, until

LAYOUT = """\
description: about {0}
variables:
  speed: {{default: fast, help: how fast}}
---
session_name: opencode-observability-{0}
windows:
  - window_name: {0}-run
    panes: ["echo I am {0}; sleep 1000"]
  - window_name: shell
"""
NAME = "opencode-observability-{}"
OCPROV = f"{sys.executable} -m ocprov"


class Terminal:
    """A terminal of 80x24 in a tmux of its own, with a shell that knows no tmux."""

    def __init__(self, machine: Machine, width: int = 80, height: int = 24) -> None:
        self.machine = machine
        size = ("-x", str(width), "-y", str(height))
        machine.tmux(
            "-L", "terminal", "-f", "/dev/null", "new-session", "-d", *size, "env -u TMUX -u TMUX_PANE sh"
        )

    def keys(self, *keys: str) -> None:
        self.machine.tmux("-L", "terminal", "send-keys", *keys)

    def type(self, line: str) -> None:
        self.keys(line, "Enter")

    def screen(self, *more: str) -> str:
        return self.machine.tmux("-L", "terminal", "capture-pane", "-p", *more)

    def shows(self, *words: str) -> str:
        """The screen, once it shows all of these; in a picker `\\n> two` is a row, while `> two` may be what is typed."""
        found: list[str] = []

        def there() -> bool:
            found[:] = [self.screen()]
            return all(word in found[0] for word in words)

        try:
            until(there)
        except AssertionError as error:
            raise AssertionError(f"{words} on\n{found[0]}") from error
        return found[0]


@pytest.fixture
def terminal(machine: Machine) -> Terminal:
    """A terminal; the layouts `one` and `two` are there, and `one` is live."""
    # The shipped layouts look at programs of this machine; here a user's of the same alias hides them.
    for alias in ("one", "two", "monitoring", "analysis", "costs", "development"):
        machine.layout(alias, LAYOUT.format(alias))
    assert machine.ocprov("up", "-d", "one").returncode == 0
    printed(machine, NAME.format("one"), "I am one")
    return Terminal(machine)


def printed(machine: Machine, session: str, words: str, *server: str) -> None:
    """Wait until a session's first window shows these: fzf makes a preview once, of what is there then."""
    until(lambda: words in machine.tmux(*server, "capture-pane", "-p", "-t", f"={session}:^"))


def clients(machine: Machine) -> list[str]:
    return machine.tmux("list-clients", "-F", "#{session_name}").splitlines()


def need_fzf() -> None:
    if shutil.which("fzf") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("fzf is not installed")


def program(machine: Machine, name: str, text: str) -> str:
    """A program in front of all others; the PATH with it."""
    folder = machine.root / "front"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def only(machine: Machine) -> str:
    """A PATH with nothing but what a run needs, and what was put in front of all."""
    folder = machine.root / "front"
    folder.mkdir(exist_ok=True)
    for needed in ("tmux", "sh", "env", "stty"):
        (folder / needed).symlink_to(str(shutil.which(needed)))
    return str(folder)


@pytest.fixture(params=["builtin", "fzf"])
def picker(request: pytest.FixtureRequest, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two pickers, chosen by a setting; the machine is made first, with an environment of its own."""
    assert machine.home.is_dir()
    if request.param == "fzf":
        need_fzf()
    monkeypatch.setenv("OCPROV_PICK_PROGRAM", request.param)
    return str(request.param)


def test_a_live_session_is_shown_with_its_screen_and_attached_to(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    terminal.type(f"{OCPROV} pick")
    text = terminal.shows("> one", "2 running", "about two", "I am one", "0 one-run, 1 shell")
    assert text.index("> one") < text.index("not running")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("one")])


def test_a_layout_is_shown_with_its_variables_and_brought_up(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    terminal.type(f"{OCPROV} pick two")
    terminal.shows("\n> two", "--set speed=fast  how fast")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("two")])
    assert machine.windows(NAME.format("two")) == ["0 two-run", "1 shell"]


@pytest.mark.parametrize("key", ["Escape", "C-c", "C-g"])
def test_leaving_it_changes_nothing(picker: str, terminal: Terminal, machine: Machine, key: str) -> None:
    terminal.type(f"{OCPROV} pick two; echo co''de $?")
    terminal.shows("\n> two", "pick> two")
    terminal.keys(key)
    assert "rror" not in terminal.shows("code 130")
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == NAME.format("one")


def test_print_says_the_name_to_a_script(picker: str, terminal: Terminal, machine: Machine) -> None:
    terminal.type(f'echo "picked $({OCPROV} pick --print) and $({OCPROV} pick --print two)"')
    terminal.shows("> one")
    terminal.keys("Enter")
    terminal.shows("\n> two")
    terminal.keys("Enter")
    terminal.shows(f"picked {NAME.format('one')} and two")
    assert clients(machine) == []


def test_with_no_server_the_layouts_are_there(picker: str, terminal: Terminal, machine: Machine) -> None:
    machine.end_tmux()
    terminal.type(f"{OCPROV} pick")
    terminal.shows("monitoring", "about two", "not running")
    terminal.keys("one")
    terminal.shows("\n> one")  # fzf filters while one types on
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("one")])


def test_inside_tmux_it_switches_and_the_current_session_comes_last(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    assert machine.ocprov("up", "-d", "two").returncode == 0
    machine.tmux("new-window", "-t", f"={NAME.format('one')}:", "-n", "prompt", "sh")
    terminal.type(f"tmux attach -t ={NAME.format('one')}")
    until(lambda: clients(machine) == [NAME.format("one")])
    terminal.type(f"{OCPROV} pick")
    text = terminal.shows("> two", "here: about one")
    assert text.index("two") < text.index("here: about one")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("two")])


def test_in_a_popup_the_client_that_shows_it_is_switched(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    """Also while somebody else, at another client, was active later."""
    assert machine.ocprov("up", "-d", "two").returncode == 0
    machine.tmux("new-session", "-d", "-s", "mine", "sh")
    machine.tmux("new-session", "-d", "-s", "theirs", "sh")
    setting = f"OCPROV_PICK_PROGRAM={picker}"
    machine.tmux(
        "bind-key", "o", "display-popup", "-E", "-w", "90%", "-h", "90%", f"env {setting} {OCPROV} pick"
    )
    terminal.type("tmux attach -t =mine")
    machine.tmux(
        "-L", "terminal", "new-window", "-d", "-n", "other", "env -u TMUX -u TMUX_PANE tmux attach -t =theirs"
    )
    until(lambda: sorted(clients(machine)) == ["mine", "theirs"])
    terminal.keys("C-b", "o")
    terminal.shows("> one", "mine", "here")
    until(lambda: _types_at(machine, "theirs") > _active(machine, "mine"))
    terminal.keys("Enter")
    until(lambda: sorted(clients(machine)) == [NAME.format("one"), "theirs"])


def _types_at(machine: Machine, session: str) -> int:
    """Type at the client of a session, and tell when that was."""
    machine.tmux("-L", "terminal", "send-keys", "-t", ":other", "x")
    return _active(machine, session)


def _active(machine: Machine, session: str) -> int:
    return int(machine.tmux("list-clients", "-t", f"={session}", "-F", "#{client_activity}"))


def test_in_a_popup_an_error_can_be_read(terminal: Terminal, machine: Machine) -> None:
    machine.layout("two", LAYOUT.format("two").replace("panes", "pains"))
    machine.tmux("bind-key", "o", "display-popup", "-E", "-w", "90%", "-h", "90%", f"{OCPROV} pick two")
    terminal.type(f"OCPROV_PICK_PROGRAM=builtin tmux attach -t ={NAME.format('one')}")
    until(lambda: clients(machine) == [NAME.format("one")])
    machine.tmux("set-environment", "-g", "OCPROV_PICK_PROGRAM", "builtin")
    terminal.keys("C-b", "o")
    terminal.shows("> two")
    terminal.keys("Enter")
    terminal.shows("error: ", 'unknown key "pains"', "hint: ", "Any key closes this.")

    def closed() -> bool:
        terminal.keys("x")  # what comes before click listens is thrown away
        return "error" not in terminal.screen()

    until(closed)


def test_what_others_named_cannot_break_a_row_or_run(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    session = NAME.format("one")
    odd = "$(touch pwned) `touch pwned` '; touch pwned #"
    machine.tmux("new-session", "-d", "-s", odd, "sh")
    machine.tmux("rename-window", "-t", f"={session}:0", "a%sb\\c\033[31md {1} {q}")
    folder = machine.home / "new\nline\t$(touch pwned)"
    folder.mkdir()
    machine.tmux("new-session", "-d", "-s", "mine", "-c", str(folder), "printf '\\033]2;title\\007'; sh")
    terminal.type(f"{OCPROV} pick")
    terminal.shows("> one", "0 a%sb", "{1} {q}", "  $(touch pwned) `touch", "  mine  ")
    terminal.keys("pwned")
    terminal.shows("> $(touch", "'; touch pwned #, not ocprov's")
    terminal.keys("Enter")
    until(lambda: [name.lstrip("\\") for name in clients(machine)] == [odd])
    assert not list(machine.home.rglob("pwned"))


def test_what_fzf_would_replace_in_a_sockets_path_does_not_run(terminal: Terminal, machine: Machine) -> None:
    need_fzf()
    socket = machine.root / "tmux/{2}/s"
    socket.parent.mkdir(mode=0o700)
    machine.tmux(
        "-S", str(socket), "new-session", "-d", "-s", "x", "-n", ";touch ~/pwned", "echo I am x; cat"
    )
    printed(machine, "x", "I am x", "-S", str(socket))
    terminal.type(f"{OCPROV} -S '{socket}' pick")
    terminal.shows("pick>")
    terminal.keys("x")
    terminal.shows("> x", "I am x")
    assert not (machine.home / "pwned").exists()


def test_a_project_that_is_trusted_is_offered_in_its_directory(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    project = machine.home / "shop/.ocprov.yaml.j2"
    project.parent.mkdir()
    project.write_text(LAYOUT.format("shop"))
    terminal.type(f"cd shop; {OCPROV} pick; echo co''de $?")
    assert "about shop" not in terminal.shows("> one", "I am one")
    terminal.keys("Escape")
    terminal.shows("code 130")
    assert machine.ocprov("trust", "--yes", str(project)).returncode == 0
    terminal.type(f"clear; {OCPROV} pick project")
    terminal.shows("\n> project", "about shop")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("shop")])


def test_what_vanished_while_somebody_chose_is_told(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    machine.tmux("new-session", "-d", "-s", "mine", "sh")
    terminal.type(f"{OCPROV} pick mine; echo co''de $?")
    terminal.shows("\n> mine")
    machine.tmux("kill-session", "-t", "=mine")
    terminal.keys("Enter")
    terminal.shows("error: mine is gone by now", "hint: pick again: ocprov pick", "code 1")


def test_a_layout_that_is_wrong_is_shown_as_such(picker: str, terminal: Terminal, machine: Machine) -> None:
    machine.layout("two", "description: [\n---\nsession_name: x\n")
    terminal.type(f"{OCPROV} pick two; echo co''de $?")
    terminal.shows("\n> two", "broken", "two.yaml.j2:")
    terminal.keys("Enter")
    terminal.shows("error: ", "hint: ", "code 1")


def test_a_layout_of_a_project_is_offered_beside_its_session_of_another_project(
    picker: str, terminal: Terminal, machine: Machine
) -> None:
    text = LAYOUT.format("two").replace("observability-two", "development-{{ project }}")
    machine.layout("two", text)
    for name in ("here", "there"):
        (machine.home / name).mkdir()
    assert machine.ocprov("up", "-d", "--dir", "there", "two").returncode == 0
    terminal.type(f"cd here; {OCPROV} pick two")
    terminal.shows("two there-", "not running here")
    terminal.keys(" not")
    until(lambda: re.search(r"^> two +not running here", terminal.screen(), re.MULTILINE))
    terminal.keys("Enter")
    until(lambda: clients(machine))
    assert clients(machine)[0].startswith("opencode-development-here-")


REFUSED = {
    "no terminal": ("pick </dev/null", "there is no terminal to pick in"),
    "stdout to a file": ("pick >file", "there is no terminal to pick in"),
    "print without a terminal": ("pick --print </dev/null", "there is no terminal to pick in"),
    "a dumb terminal": ("pick", "this terminal (TERM) can show no picker"),
    "a server that cannot be": ("-L a/b pick", "is no socket name"),
    "a wrong setting": ("pick", "OCPROV_PICK_PROGRAM 'none'"),
    "no fzf": ("pick", "fzf is not on PATH"),
}
TOLD = {
    "a dumb terminal": "TERM=dumb",
    "a wrong setting": "OCPROV_PICK_PROGRAM=none",
    "no fzf": "OCPROV_PICK_PROGRAM=fzf PATH={only}",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_two_lines(terminal: Terminal, machine: Machine, case: str) -> None:
    line, why = REFUSED[case]
    told = TOLD.get(case, "").format(only=only(machine))
    terminal.type(f"clear; {told} {OCPROV} {line}; echo co''de $?")
    text = terminal.shows("error: ", why, "hint: ", "code 1")
    assert "pick>" not in text


def test_from_within_another_tmux_it_says_what_to_do(terminal: Terminal, machine: Machine) -> None:
    assert machine.ocprov("-L", "other", "up", "-d", "two").returncode == 0
    machine.tmux("new-window", "-t", f"={NAME.format('one')}:", "-n", "prompt", "sh")
    terminal.type(f"tmux attach -t ={NAME.format('one')}")
    until(lambda: clients(machine) == [NAME.format("one")])
    terminal.type(f"{OCPROV} -L other pick")
    terminal.shows("in another tmux server", "hint: detach first, then: ocprov -L other pick")


ENDS = {
    "killed": (
        'printf "\\033[?1049h\\033[?25l"; stty raw -echo </dev/tty; kill -9 $$',
        "fzf was ended by signal 9",
    ),
    "ended by its own failure": ("exit 77", "fzf ended with 77"),
    "of a version that knows nothing": (
        "echo unknown option >&2; exit 2",
        "fzf could not do what it was asked",
    ),
    "answers with nonsense": ("echo nonsense", "fzf answered with what it was not given"),
    "cannot be run": (None, "cannot run fzf"),
}


@pytest.mark.parametrize(("text", "why"), ENDS.values(), ids=ENDS)
def test_an_fzf_that_fails_is_told_and_changes_nothing(
    terminal: Terminal, machine: Machine, text: str | None, why: str
) -> None:
    path = program(machine, "fzf", text or "")
    if text is None:
        path = only(machine)
        (machine.root / "front/fzf").write_text("#!/nonexistent/sh\n")
    terminal.type(f"PATH={path}; export PATH; OCPROV_PICK_PROGRAM=fzf {OCPROV} pick; echo co''de $?")
    terminal.shows(f"error: {why}", "hint: try the other picker", "code 1")
    terminal.type("echo; echo the te''rminal is well")  # the prompt may be there after what is typed
    terminal.shows("echo the te''rminal is well", "\nthe terminal is well")
    assert machine.tmux("list-sessions", "-F", "#{session_name}") == NAME.format("one")


def test_an_fzf_killed_while_it_is_open_leaves_the_terminal_well(
    terminal: Terminal, machine: Machine
) -> None:
    need_fzf()
    path = program(machine, "fzf", f'echo $$ >{machine.root}/pid; exec {shutil.which("fzf")} "$@"')
    terminal.type(f"PATH={path}; export PATH; {OCPROV} pick; echo co''de $?")
    terminal.shows("> one", "I am one")
    os.kill(int((machine.root / "pid").read_text()), signal.SIGKILL)
    terminal.shows("error: fzf was ended by signal 9", "code 1")
    terminal.type("echo; echo the te''rminal is well")  # the prompt may be there after what is typed
    terminal.shows("echo the te''rminal is well", "\nthe terminal is well")


@pytest.mark.parametrize(
    ("name", "text"), [("fzf", "exit 2"), ("nothing", "")], ids=["an fzf too old", "no fzf"]
)
def test_without_a_good_fzf_our_own_picks(terminal: Terminal, machine: Machine, name: str, text: str) -> None:
    path = program(machine, name, text)
    path = only(machine) if name == "nothing" else path
    terminal.type(f"PATH={path}; export PATH; {OCPROV} pick")
    terminal.shows("> one", "type to filter")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("one")])


def test_a_persons_own_options_for_fzf_do_not_break_it(terminal: Terminal, machine: Machine) -> None:
    need_fzf()
    options = (
        "--multi --print0 --filter=x --select-1 --exit-0 --expect=enter --bind=enter:print-query --nth=9"
    )
    terminal.type(f"FZF_DEFAULT_OPTS='{options}' {OCPROV} pick one")
    terminal.shows("\n> one")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("one")])


def test_our_own_moves_filters_and_survives_a_resize(
    terminal: Terminal, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.type(f"OCPROV_PICK_PROGRAM=builtin {OCPROV} pick")
    terminal.shows("> one", "6/6")
    terminal.keys("C-n")
    terminal.shows("> analysis", "about analysis")
    terminal.keys("C-k", "Up")
    terminal.shows("> one", "I am one")
    machine.tmux("-L", "terminal", "resize-window", "-x", "140", "-y", "30")
    terminal.shows("│opencode-observability-one", "  0 one-run  running")
    machine.tmux("-L", "terminal", "resize-window", "-x", "50", "-y", "10")
    until(lambda: "I am one" not in terminal.screen() and "> one" in terminal.screen())
    terminal.keys("tw", "x")
    terminal.shows("nothing matches", "0/6")
    terminal.keys("Enter", "BSpace")
    terminal.shows("> two", "1/6")
    terminal.keys("Enter")
    until(lambda: clients(machine) == [NAME.format("two")])


def test_colours_unless_no_color(picker: str, terminal: Terminal, machine: Machine) -> None:
    panes = "panes: ['printf \"\\033[35mpurple\\033[0m\"; sleep 1000']"
    machine.layout("two", LAYOUT.format("two").replace('panes: ["echo I am two; sleep 1000"]', panes))
    assert machine.ocprov("up", "-d", "two").returncode == 0
    printed(machine, NAME.format("two"), "purple")
    terminal.type(f"{OCPROV} pick two; echo co''de $?")
    terminal.shows("purple")
    assert "\x1b[35mpurple" in terminal.screen("-e").replace("\x1b[49m", "")
    assert "\x1b[32m" in terminal.screen("-e")
    terminal.keys("C-c")
    terminal.shows("code 130")  # before, the terminal may still be the picker's
    terminal.type(f"clear; NO_COLOR=1 {OCPROV} pick two")
    terminal.shows("purple")
    assert "\x1b[32m" not in terminal.screen("-e")
