"""`attach` does the same both ways: the same tmux commands, the same words and exit codes."""

import os
from collections.abc import Callable

import pytest

from tests.cleaning.there import processes
from tests.conftest import Machine
from tests.short import ways

Prepare = Callable[[Machine], None]

ONE = ways.NAME.format("one")
# In front of the real tmux: whoever would attach is noted and let go.
NOTING = 'case " $* " in *" attach-session "*) exit 7 ;; *) exec "$real" "$@" ;; esac'


def one(machine: Machine) -> None:
    ways.bring_up(machine, "one")
    machine.tmux("new-session", "-d", "-s", "mine")


def several(machine: Machine) -> None:
    ways.bring_up(machine, "one", "two")
    ways.bring_up(machine, "two", suffix="-more")


def renamed(machine: Machine) -> None:
    one(machine)
    machine.tmux("rename-session", "-t", f"={ONE}", "own name")


def untagged(machine: Machine) -> None:
    """As after a restore: the panes are marked again, the session is not."""
    several(machine)
    machine.tmux("set-option", "-u", "-t", f"={ONE}:", "@ocprov_session")


def came_back_renamed(machine: Machine) -> None:
    """A restored session that was called otherwise: only its panes tell."""
    one(machine)
    machine.tmux("set-option", "-p", "-t", "=mine:", "@ocprov_of", f"{ONE}-two")


def tagged_by_others(machine: Machine) -> None:
    one(machine)
    machine.tmux("set-option", "-t", "=mine:", "@ocprov_session", "one of mine")


def tagged_for_all(machine: Machine) -> None:
    one(machine)
    machine.tmux("set-option", "-g", "@ocprov_session", f"one 0123456789ab {ONE} x")


# What is there; each line, with the session that the short way attaches to, None where it leaves that.
SCENARIOS: dict[str, tuple[Prepare, dict[str, str | None]]] = {
    "nothing is live": (lambda machine: ways.provide(machine, "one"), {"attach one": None}),
    "one": (
        one,
        {
            "attach one": ONE,
            f"attach {ONE}": ONE,
            "-q --no-color attach one": ONE,
            "-L default attach one": ONE,
            "attach opencode-observability": None,
            "attach nonsense": None,
            "attach mine": None,
            "-L other attach one": None,
            "-L a/b attach one": None,
            "-S /nonexistent/x attach one": None,
        },
    ),
    "several": (
        several,
        {"attach two": None, f"attach {ways.NAME.format('two')}": ways.NAME.format("two"), "attach one": ONE},
    ),
    "renamed": (renamed, {"attach one": "own name", f"attach {ONE}": None}),
    "without its session's tag": (untagged, {"attach one": None, f"attach {ONE}": None, "attach two": None}),
    "came back under another name": (came_back_renamed, {"attach one": None}),
    "a tag that is not ocprov's": (tagged_by_others, {"attach one": None, f"attach {ONE}": None}),
    "every session is tagged": (tagged_for_all, {"attach one": None, f"attach {ONE}": ONE}),
    "the socket of a server that is gone": (ways.stale_socket, {"attach one": None}),
}


@pytest.mark.parametrize(("prepare", "lines"), SCENARIOS.values(), ids=SCENARIOS)
def test_both_ways_attach_to_the_same(
    machine: Machine, prepare: Prepare, lines: dict[str, str | None]
) -> None:
    prepare(machine)
    for line, session in lines.items():
        short, by_short = _noted(machine, ways.SHORT, line)
        if session is None:
            assert short == ways.NOTHING_DONE, line
        else:
            assert len(by_short) == 2, line
            assert by_short[-1] == f"-L default attach-session -t ={session}", line
            long, by_long = _noted(machine, ways.LONG, line)
            assert (short, by_short[-1]) == (long, by_long[-1]), line


def _noted(machine: Machine, way: str, line: str) -> tuple[ways.Answer, list[str]]:
    """What a run says, and the tmux clients that it was."""
    path, notes = ways.recorded(machine, NOTING)
    said = ways.run_at_terminal(way, line, PATH=path)
    return said, notes.read_text().splitlines() if notes.exists() else []


def test_what_the_short_way_leaves_goes_the_long_way(machine: Machine) -> None:
    several(machine)
    for line in ("attach two", "attach nonsense", "-L a/b attach one"):
        expected = ways.run_at_terminal(ways.LONG, line)
        assert expected.code == 1, line
        assert ways.run_at_terminal(ways.CHOICE, line) == expected, line


def test_a_server_by_its_socket(machine: Machine) -> None:
    one(machine)
    socket = f"{machine.root}/tmux/tmux-{os.getuid()}/default"
    path, notes = ways.recorded(machine, NOTING)
    assert ways.run_at_terminal(ways.SHORT, f"-S {socket} attach one", PATH=path).code == 7
    assert notes.read_text().splitlines()[-1] == f"-S {socket} attach-session -t ={ONE}"


SURROUNDINGS: dict[str, tuple[bool, str, dict[str, str]]] = {
    "no terminal": (False, "", {}),
    "streams closed": (False, "<&- >&- 2>&-", {}),
    "no tmux on PATH": (True, "", {"PATH": "/nonexistent"}),
    "TMUX_TMPDIR is no directory": (True, "", {"TMUX_TMPDIR": "/nonexistent"}),
    "inside a tmux that is gone": (True, "", {"TMUX": "/nonexistent/socket,1,0"}),
    "a name from the environment": (False, "", {"OCPROV_SOCKET_NAME": "other"}),
}


def test_both_ways_say_the_same_in_strange_surroundings(machine: Machine) -> None:
    one(machine)
    for name, (at_terminal, redirect, environment) in SURROUNDINGS.items():
        if at_terminal:
            expected = ways.run_at_terminal(ways.LONG, "attach one", **environment)
            assert ways.run_at_terminal(ways.CHOICE, "attach one", **environment) == expected, name
        else:
            expected = ways.run(ways.LONG, "attach one", redirect=redirect, **environment)
            assert ways.run(ways.CHOICE, "attach one", redirect=redirect, **environment) == expected, name
        assert expected.code == 1, name


def test_inside_tmux_both_ways_switch(machine: Machine) -> None:
    one(machine)
    inside = {"TMUX": f"{machine.root}/tmux/tmux-{os.getuid()}/default,1,0"}
    path, notes = ways.recorded(machine, 'case " $* " in *switch-client*) ;; *) exec "$real" "$@" ;; esac')
    for way in (ways.LONG, ways.SHORT):
        assert ways.run(way, "attach one", PATH=path, **inside) == ways.Answer(0, "", "")
    long, short = (line for line in notes.read_text().splitlines() if "switch-client" in line)
    assert long == short
    # Nobody is attached: the real tmux has no client to switch.
    expected = ways.run(ways.LONG, "attach one", **inside)
    assert expected.err.startswith("error: cannot switch: ")
    assert ways.run(ways.CHOICE, "attach one", **inside) == expected


def test_inside_tmux_a_session_on_another_server_is_left_alone(machine: Machine) -> None:
    one(machine)
    machine.ocprov("-L", "other", "up", "-d", "one")
    inside = {"TMUX": f"{machine.root}/tmux/tmux-{os.getuid()}/default,1,0"}
    expected = ways.run(ways.LONG, "-L other attach one", **inside)
    assert "is on another tmux server" in expected.err
    assert ways.run(ways.CHOICE, "-L other attach one", **inside) == expected


def test_an_environment_for_tmux_has_nothing_of_opencode_and_no_size(machine: Machine) -> None:
    one(machine)
    path, notes = ways.recorded(machine, f"env >>{machine.root}/seen; {NOTING}")
    assert (
        ways.run_at_terminal(ways.SHORT, "attach one", PATH=path, OPENCODE_KEY="secret", COLUMNS="80").code
        == 7
    )
    assert len(notes.read_text().splitlines()) == 2
    seen = (machine.root / "seen").read_text()
    assert "OPENCODE_KEY" not in seen
    assert "COLUMNS" not in seen


def test_a_tmux_that_does_not_answer_is_left_to_the_long_way(machine: Machine) -> None:
    ways.stale_socket(machine)
    path, notes = ways.recorded(machine, "for _ in 1 2 3 4 5 6; do sleep 5; done")
    assert ways.run_at_terminal(ways.SHORT_AS_IT_IS, "attach one", PATH=path).code == ways.LEFT
    assert not processes(f"{machine.root}/front/tmux")
    # It may be over before it noted anything.
    assert len(notes.read_text().splitlines() if notes.exists() else []) <= 1


def test_next_to_nothing_is_imported(machine: Machine) -> None:
    one(machine)
    path, _ = ways.recorded(machine, NOTING)
    found = ways.imported("attach one", at_terminal=True, PATH=path)
    own = {name for name in found if name.startswith("ocprov")}
    assert own <= {
        "ocprov",
        "ocprov.__main__",
        "ocprov.errors",
        "ocprov.short",
        "ocprov.short.arguments",
        "ocprov.short.attach",
        "ocprov.short.tmux",
        "ocprov.tmux",
        "ocprov.tmux.child",
        "ocprov.tmux.here",
    }
    assert "ocprov.short.attach" in own
    slow = {"re", "enum", "typing", "collections", "dataclasses", "pathlib", "hashlib", "json", "subprocess"}
    assert not found & slow
