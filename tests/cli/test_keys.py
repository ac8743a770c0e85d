"""The keys of `tmux-conf`: pressed by a person at a terminal, whatever directories and sessions are called."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ocprov.persistence import lines
from ocprov.persistence.keys import Keys
from tests.conftest import DEADLINE, Machine, until

ALL = Keys((("dashboard", "B"), ("pick", "W"), ("menu", "A"), ("last", "a")), "monitoring")
SESSION = "opencode-observability-monitoring"
LAYOUT = "---\nsession_name: {}\nwindows:\n  - window_name: one\n    panes: ['{}']\n"
NASTY = {
    "substitution": "$(touch pwn)",
    "backquotes": "`touch pwn`",
    "format": "#(touch pwn)",
    "format of a variable": "#{session_name} #S",
    "quotes": 'it\'s "so"',
    "out of quotes": "'; touch pwn; '",
    "out of tmux's quotes": "' ; run-shell 'touch pwn",
    "separators": "a;touch pwn&&touch pwn|touch pwn",
    "blanks": " two  words ",
    "newline": "one\ntouch pwn\npwn",
    "options": "-rf",
    "percent": "%H%%",
    "braces": "} { # a",
    "not ASCII": "é日",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a terminal of 100x30, which is a pane of another tmux, in a session `mine`."""

    machine: Machine
    calls: Path

    def press(self, *keys: str) -> None:
        """Press keys; the prefix is before the first."""
        self.type("C-b", *keys)

    def type(self, *keys: str) -> None:
        self.machine.tmux("-L", "terminal", "send-keys", *keys)

    def screen(self) -> str:
        return self.machine.tmux("-L", "terminal", "capture-pane", "-p")

    def session(self) -> str:
        return self.machine.tmux("list-clients", "-F", "#{client_session}")

    def sees(self, words: str) -> None:
        end = time.monotonic() + DEADLINE
        while words not in self.screen():
            assert time.monotonic() < end, f"{words} is not on the screen:\n{self.screen()}\n{self.called()}"
            time.sleep(0.05)

    def is_in(self, session: str) -> None:
        """The popup that went there takes keys until it is gone; a screen of before it has not the name below."""

        def there() -> bool:
            screen = self.screen()
            return self.session() == session and f"[{session}"[:10] in screen and "┌" not in screen

        until(there)

    def called(self) -> list[str]:
        """With what ocprov was called, and in which directory."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def person(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The keys are those of an ocprov that notes its calls, on a path that needs quoting."""
    folder = machine.root / "it's #{pid} #S"
    folder.mkdir()
    calls = machine.root / "calls"
    ocprov = folder / "ocprov"
    ocprov.write_text(f'#!/bin/sh\necho "$*" >>{calls}\nexec {sys.executable} -m ocprov "$@"\n')
    ocprov.chmod(0o755)
    # The server's own environment is a poor one.
    monkeypatch.setenv("PATH", os.environ["PATH"].replace(f"{Path(sys.executable).parent}:", ""))
    (machine.home / ".tmux.conf").write_text(lines.text(ALL, (str(ocprov),)))
    machine.layout("monitoring", LAYOUT.format(SESSION, "sleep 1000"))
    machine.layout("development", LAYOUT.format("opencode-development-here", "pwd >$HOME/where; sleep 1000"))
    monkeypatch.setenv("TMUX_PANE", "%0")  # as where the server is started inside another tmux
    attach(machine, "mine")
    monkeypatch.delenv("TMUX_PANE")
    return Person(machine, calls)


def attach(machine: Machine, session: str) -> None:
    machine.tmux(
        *("-L", "terminal", "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30"),
        f"env -u TMUX tmux new-session -A -s {session}",
    )
    until(lambda: session in machine.tmux("list-clients", "-F", "#{client_session}").splitlines())


def test_the_dashboard_comes_up_and_after_that_the_key_needs_no_python(person: Person) -> None:
    person.press("B")
    person.is_in(SESSION)
    assert person.called() == ["up monitoring"]

    person.press("a")
    person.is_in("mine")
    person.press("B")
    person.is_in(SESSION)
    person.machine.tmux("rename-session", "-t", f"={SESSION}:", "other ##(touch pwn) '")
    person.press("a")
    person.is_in("mine")
    person.press("B")
    person.is_in("other #(touch pwn) '")

    assert person.called() == ["up monitoring"]
    # What a key prints would cover the pane that it was pressed in.
    assert set(person.machine.tmux("list-panes", "-a", "-F", "#{pane_in_mode}").splitlines()) == {"0"}


def test_of_two_sessions_of_the_layout_it_is_the_one_that_up_means(person: Person) -> None:
    person.press("B")
    person.is_in(SESSION)
    tag = person.machine.tmux("show-options", "-qv", "-t", f"={SESSION}:", "@ocprov_session")
    person.machine.tmux("new-session", "-d", "-s", "second")
    person.machine.tmux("set-option", "-t", "=second:", "@ocprov_session", tag.replace(SESSION, "second"))
    person.press("a")
    person.is_in("mine")

    person.press("B")

    person.is_in(SESSION)
    assert person.called() == ["up monitoring"] * 2


def test_what_goes_wrong_stays_on_the_screen_until_it_was_read(person: Person) -> None:
    person.machine.layout("monitoring", "---\nsession_name: [\n")

    person.press("B")

    person.sees("[Enter closes this]")
    assert "error:" in person.screen()
    assert "hint:" in person.screen()
    person.type("Enter")
    until(lambda: "error:" not in person.screen())
    assert person.session() == "mine"


@pytest.mark.parametrize("key", ["B", "W"])
def test_an_ocprov_that_is_gone_is_said(person: Person, key: str) -> None:
    (person.machine.root / "it's #{pid} #S/ocprov").unlink()

    person.press(key)

    person.sees("[Enter closes this]")
    assert "ocprov cannot be run: install it again" in person.screen()
    assert "or take its block out of tmux.conf" in person.screen()
    person.type("Enter")
    until(lambda: "Enter closes" not in person.screen())


def test_the_switch_is_made_where_the_key_was_pressed(person: Person) -> None:
    attach(person.machine, "second")
    person.type("C-b", "x")  # the prompt of kill-pane: only to be the latest of the two
    person.type("Escape")

    def where() -> list[str]:
        return sorted(person.machine.tmux("list-clients", "-F", "#{client_session}").splitlines())

    until(lambda: where() == ["mine", "second"])
    person.machine.tmux("-L", "terminal", "send-keys", "-t", "=0:", "C-b", "B")

    until(lambda: where() == [SESSION, "second"])


def test_without_a_session_before_the_key_says_so(person: Person) -> None:
    person.machine.tmux("set-option", "-g", "display-time", "0")  # it stays until the next key
    person.press("a")
    person.sees("an't find last session")


def test_pick_shows_the_sessions_and_goes_to_the_one_picked(person: Person) -> None:
    person.machine.ocprov("up", "-d", "monitoring")
    person.press("W")
    person.sees("monitoring")
    person.type("monitoring")
    person.type("Enter")
    person.is_in(SESSION)
    assert person.called() == ["pick"]


@pytest.mark.parametrize(
    ("key", "call", "words"),
    [
        ("s", "status --watch", SESSION),
        ("r", "reconcile", "[Enter closes this]"),
        ("o", "doctor", "version"),
        ("p", "pick", "monitoring"),
    ],
    ids=["status", "reconcile", "doctor", "pick"],
)
def test_the_menu_opens_each_in_a_popup(person: Person, key: str, call: str, words: str) -> None:
    person.machine.ocprov("up", "-d", "monitoring")
    person.press("A")
    person.sees("Development here (n)")

    person.type(key)

    until(lambda: person.called() == [call])
    person.sees(words)


@pytest.mark.parametrize("key", ["d", "n"])
def test_the_menu_goes_to_sessions(person: Person, key: str) -> None:
    person.press("A")
    person.sees("Development here (n)")

    person.type(key)

    person.is_in({"d": SESSION, "n": "opencode-development-here"}[key])


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_a_directory_is_only_ever_a_directory(person: Person, name: str) -> None:
    folder = person.machine.home / name
    folder.mkdir(parents=True)
    go_there = ("/bin/sh", "-c", 'cd "$0"; exec sleep 1000', str(folder))
    person.machine.tmux("respawn-pane", "-k", "-t", "=mine:", *go_there)
    until(
        lambda: (
            person.machine.tmux("display-message", "-p", "-t", "=mine:", "#{pane_current_command}") == "sleep"
        )
    )

    person.press("A")
    person.sees("Development here (n)")
    person.type("n")

    person.is_in("opencode-development-here")
    where = person.machine.home / "where"
    until(lambda: where.exists() and where.read_text() == f"{folder}\n")
    # To the end of each, or it would start a server where the test has just ended one.
    person.press("B")
    person.is_in(SESSION)
    person.press("a")
    person.is_in("opencode-development-here")
    person.press("W")
    person.sees("pick>")
    person.type("Escape")
    until(lambda: "pick>" not in person.screen())
    assert not [*person.machine.root.rglob("pwn")]
