"""The lines that bind keys, in a real tmux: whose key is whose, however often and in which order they are read."""

import re
from dataclasses import replace

import pytest

from ocprov.core.names import printable
from ocprov.persistence import keys, lines
from ocprov.persistence.keys import Keys
from tests.conftest import Machine

ALL = Keys((("dashboard", "B"), ("pick", "W"), ("menu", "A"), ("last", "a")), "monitoring")
MINE = "display-message mine"


def bound(machine: Machine, key: str) -> str:
    """What a key does: a name of ours, `mine`, or nothing; the last part of anything else."""
    rows = machine.tmux("list-keys", "-T", "prefix").splitlines()
    does = [row.split(maxsplit=4)[4] for row in rows if row.split()[3] == key]
    if not does:
        return ""
    ours = re.match(r"if-shell -F \"?ocprov-([a-z]+)", does[0])
    return ours[1] if ours else does[0].split()[-1]


def all_bound(machine: Machine) -> dict[str, str]:
    return {key: bound(machine, key) for _, key in ALL.keys}


OURS = {"B": "dashboard", "W": "pick", "A": "menu", "a": "last"}


def start(machine: Machine, *conf: str) -> None:
    """A server whose tmux.conf is that; every line must be read without a word."""
    file = machine.root / "tmux.conf"
    file.write_text("\n".join((*conf, "set -g @last yes", "")))
    machine.tmux("-f", str(file), "new-session", "-d", "-x", "80", "-y", "24")
    assert machine.tmux("show-options", "-gqv", "@last") == "yes"
    assert machine.tmux("display-message", "-p", "#{pane_in_mode}") == "0"


def source(machine: Machine, text: str) -> None:
    file = machine.root / "lines"
    file.write_text(text)
    assert machine.tmux("source-file", str(file)) == ""


def text(known: Keys = ALL, command: str = "/opt/ocprov") -> str:
    return lines.text(known, (command,))


def test_free_keys_are_bound_and_tell_what_they_do(machine: Machine) -> None:
    start(machine, text())

    assert all_bound(machine) == OURS
    notes = machine.tmux("list-keys", "-N", "-T", "prefix")
    assert all(f"ocprov: {said}" in notes for said in keys.DOES.values())


@pytest.mark.parametrize("order", ["before", "after", "both"])
def test_a_key_that_a_person_bound_stays_his(machine: Machine, order: str) -> None:
    own = f"bind-key W {MINE}"
    conf = [text()]
    conf = [own, *conf] if order != "after" else conf
    conf = [*conf, own] if order != "before" else conf
    start(machine, *conf)

    for _ in range(2):
        assert all_bound(machine) == {**OURS, "W": "mine"}
        listed = machine.tmux("list-keys", "-T", "prefix").splitlines()
        assert keys.left_alone(ALL, listed) == (("pick", "W"),)
        source(machine, text())


def test_a_key_chosen_in_config_toml_wins_over_what_stands_before(machine: Machine) -> None:
    start(machine, f"bind-key W {MINE}", f"bind-key A {MINE}", text(replace(ALL, chosen=frozenset({"pick"}))))

    assert all_bound(machine) == {**OURS, "A": "mine"}


def test_read_again_it_is_the_same_and_follows_an_ocprov_that_moved(machine: Machine) -> None:
    start(machine, text())
    first = machine.tmux("list-keys", "-T", "prefix")
    source(machine, text())
    assert machine.tmux("list-keys", "-T", "prefix") == first

    source(machine, text(command="/new place/ocprov"))

    assert all_bound(machine) == OURS
    listed = machine.tmux("list-keys", "-T", "prefix")
    assert "/opt/ocprov" not in listed
    assert "/new place/ocprov" in listed


def test_a_key_that_is_another_one_now_is_given_back(machine: Machine) -> None:
    start(machine, text())

    source(machine, text(replace(ALL, keys=(("dashboard", "G"), ("menu", "A")))))

    assert all_bound(machine) == {"B": "", "W": "", "A": "menu", "a": ""}
    assert bound(machine, "G") == "dashboard"


@pytest.mark.parametrize("key", ["s", "<", "%", "(", "M-1", ",", "Space", "W"])
def test_a_key_that_was_taken_is_what_it_was_before_once_it_is_given_back(machine: Machine, key: str) -> None:
    own = r"""bind-key W if-shell -F '#{m:a"*,$HOME}' { run-shell 'echo "a\\$b" #S #(x) %H' } { display "; }" } \; next"""
    start(machine, own)
    before = machine.tmux("list-keys", "-T", "prefix")
    other = keys.Keys((("pick", key), ("dashboard", "F5")), "monitoring", frozenset({"pick", "dashboard"}))
    swapped = replace(other, keys=(("pick", "F5"), ("dashboard", key)))

    for known, does in (other, "pick"), (other, "pick"), (swapped, "dashboard"), (other, "pick"):
        source(machine, text(known))
        assert (bound(machine, key) or bound(machine, f"\\{key}")) == does
    source(machine, text(replace(ALL, keys=())))

    assert machine.tmux("list-keys", "-T", "prefix") == before
    assert "@ocprov_before" not in machine.tmux("show-options", "-g")


def test_without_any_key_nothing_is_bound(machine: Machine) -> None:
    start(machine, text())
    source(machine, text(replace(ALL, keys=())))

    assert set(all_bound(machine).values()) == {""}


def test_keys_that_cannot_be_looked_at_are_left_alone(machine: Machine) -> None:
    """As in a server that was started with a PATH on which there is no tmux."""
    start(machine, "set-environment -g PATH /nowhere", f"bind-key B {MINE}", text())

    assert all_bound(machine) == {"B": "mine", "W": "", "A": "", "a": ""}


def test_somebody_elses_key_that_calls_ocprov_is_not_ours(machine: Machine) -> None:
    start(machine, "bind-key B run-shell -b 'ocprov up -d ocprov-dashboard'", text())

    assert bound(machine, "B") not in OURS.values()


@pytest.mark.parametrize(
    "command",
    ["/a b/it's/ocprov", "/x/#(touch pwn)/ocprov", '/"$HOME"/ocprov', "/é{}/o;", "/#[x]#S##/o", "~"],
)
def test_the_path_of_ocprov_may_be_any(machine: Machine, command: str) -> None:
    start(machine, text(command=command))
    assert all_bound(machine) == OURS, printable(command)


def test_a_tmux_without_resurrect_is_none_the_worse(machine: Machine) -> None:
    start(machine)
    before = machine.tmux("show-options", "-g"), machine.tmux("show-options", "-gw")
    hooks = machine.tmux("show-hooks", "-g")

    source(machine, text())

    def ours(options: str) -> list[str]:
        return [line for line in options.splitlines() if not line.startswith(("@ocprov_", "@resurrect-"))]

    assert ours(machine.tmux("show-options", "-g")) == ours(before[0])
    assert machine.tmux("show-options", "-gw") == before[1]
    assert machine.tmux("show-hooks", "-g") == hooks


def test_the_line_for_the_status_line_is_one_that_runs_nothing(machine: Machine) -> None:
    segment = lines.SEGMENT
    assert f"#   {segment}\n" in text()
    start(machine)
    assert machine.tmux("display-message", "-p", segment) == ""
    machine.tmux("set-option", "-g", "@ocprov_attention", "!2 #(touch pwn)")
    assert machine.tmux("display-message", "-p", segment) == "#[reverse] !2 #(touch pwn) #[default]"
