"""The lines in a real tmux: what they make of the options, and what bash makes of those."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.persistence import conf
from tests.conftest import DEADLINE, Machine, until

PROCESSES = "@resurrect-processes"
HOOK = "@resurrect-hook-post-restore-all"
ENTRY = '"~^/bin/sh .+/ocprov/run/"'


@pytest.fixture
def server(machine: Machine) -> Machine:
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", "other")
    return machine


def source(machine: Machine, command: str = "ocprov") -> None:
    file = machine.root / "lines.conf"
    file.write_bytes(os.fsencode(conf.text([command])))
    assert machine.tmux("source-file", str(file)) == ""


def value(machine: Machine, option: str) -> str:
    return machine.tmux("show-options", "-gqv", option)


def in_a_conf(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    return f'"{escaped}"'


def marker(machine: Machine) -> str:
    return f"restore.sh of {machine.root}"


def eval_hook(machine: Machine) -> str:
    """What `execute_hook` of tmux-resurrect does, in its own words; what the hook prints."""
    script = 'hook=$(tmux show-option -gqv "$1"); args=""; eval "$hook $args"'
    tmux = machine.tmux("display-message", "-p", "#{socket_path},#{pid},0")
    done = subprocess.run(
        ["bash", "-c", script, marker(machine), HOOK],
        env={**os.environ, "TMUX": tmux},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def fake(path: Path) -> Path:
    """An ocprov that notes with what it was called, and makes noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('#!/bin/sh\necho noise; echo noise >&2; cat; echo "$*" >> "$HOME/called"\n')
    path.chmod(0o755)
    return path


def calls(machine: Machine) -> list[str]:
    file = machine.home / "called"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize(
    ("own", "then"),
    [
        pytest.param(None, f" {ENTRY}", id="unset"),
        pytest.param("", f" {ENTRY}", id="empty"),
        pytest.param("ssh psql", f"ssh psql {ENTRY}", id="list"),
        pytest.param('ssh "~a b->a *"', f'ssh "~a b->a *" {ENTRY}', id="inline strategies"),
        pytest.param(
            '"~{x},y}" #{pid} #(id) %H', f'"~{{x}},y}}" #{{pid}} #(id) %H {ENTRY}', id="tmux's marks"
        ),
        pytest.param("0", f"0 {ENTRY}", id="what tmux takes for false"),
        pytest.param(":all:", ":all:", id="everything"),
        pytest.param("false", "false", id="nothing"),
        pytest.param("x:all:", f"x:all: {ENTRY}", id="a word that ends so"),
        pytest.param(":all: ssh", f":all: ssh {ENTRY}", id="no word of resurrect's own"),
    ],
)
def test_launchers_are_added_to_what_resurrect_types_back(
    server: Machine, own: str | None, then: str
) -> None:
    if own is not None:
        server.tmux("set-option", "-g", PROCESSES, own)

    source(server)
    once = value(server, PROCESSES)
    source(server)

    assert once == then
    assert value(server, PROCESSES) == once


def test_a_list_set_anew_by_sourcing_the_conf_again_gets_the_entry_again(server: Machine) -> None:
    source(server)
    server.tmux("set-option", "-g", PROCESSES, "ssh")
    source(server)

    assert value(server, PROCESSES) == f"ssh {ENTRY}"


@pytest.mark.parametrize(
    ("argv", "typed"),
    [
        pytest.param("/bin/sh /home/u/.local/state/ocprov/run/x/y/z", True, id="a launcher"),
        pytest.param("vi /home/u/.local/state/ocprov/run/x/y/z", False, id="an editor on it"),
        pytest.param("/bin/sh /home/u/ocprov/run.sh", False, id="another script"),
        pytest.param("ssh host", True, id="what the user lists"),
        pytest.param("psql", False, id="what nobody lists"),
    ],
)
def test_what_resurrect_matches_with_the_entry(server: Machine, argv: str, typed: bool) -> None:
    server.tmux("set-option", "-g", PROCESSES, "ssh")
    source(server)
    # As scripts/process_restore_helpers.sh does it: eval of unquoted words, a leading ~ off, then bash's =~.
    script = """
        eval set $(echo "$2")
        for entry in "$@"; do
          case $entry in
            '~'*) entry=${entry#'~'}; [[ "$argv" =~ ($entry) ]] && exit 0 ;;
            *) [[ "$argv" =~ (^$entry ) || "$argv" =~ (^$entry$) ]] && exit 0 ;;
          esac
        done
        exit 1
    """
    done = subprocess.run(
        ["bash", "-c", script, "bash", "", value(server, PROCESSES)],
        env={**os.environ, "argv": argv},
        cwd=server.home,
        check=False,
    )

    assert (done.returncode == 0) is typed


HOOKS = [
    pytest.param("echo a", "a\n", id="plain"),
    pytest.param("echo a;", "a\n", id="ends in a semicolon"),
    pytest.param("echo a & wait", "a\n", id="waits for its children"),
    pytest.param("{ echo a; } &", "a\n", id="ends in the background"),
    pytest.param("echo a # b", "a\n", id="ends in a comment"),
    pytest.param("# nothing", "", id="a comment"),
    pytest.param("echo '##{pid} #{pid} #(id) #[x] #'", "##{pid} #{pid} #(id) #[x] #\n", id="formats"),
    pytest.param("echo '%H %% } , {'", "%H %% } , {\n", id="dates and ends of formats"),
    pytest.param("echo \"$((1 + 1)) '\\\\'\"; echo 'a\"$HOME\"'", "2 '\\'\na\"$HOME\"\n", id="quotes"),
    pytest.param("echo a\necho b # c\necho d", "a\nb\nd\n", id="lines"),
    pytest.param("echo é日", "é日\n", id="not ASCII"),
    pytest.param("exit 0", "", id="leaves"),
]


@pytest.mark.parametrize(("own", "printed"), HOOKS)
def test_a_hook_comes_through_byte_for_byte_and_both_run(server: Machine, own: str, printed: str) -> None:
    (server.root / "own.conf").write_text(f"set-option -g {HOOK} {in_a_conf(own)}\n")
    server.tmux("source-file", str(server.root / "own.conf"))
    assert value(server, HOOK) == own

    source(server, str(fake(server.home / "bin/ocprov")))
    once = value(server, HOOK)
    source(server, str(server.home / "bin/ocprov"))

    assert once.endswith(f" {own}")
    assert value(server, HOOK) == once
    assert eval_hook(server) == printed
    assert until(lambda: calls(server)) == ["reconcile"]


def test_a_hook_that_waits_for_its_children_does_not_wait_for_ocprov(server: Machine) -> None:
    fifo = server.home / "never"
    os.mkfifo(fifo)
    slow = server.home / "ocprov"
    slow.write_text(f'#!/bin/sh\n: > "$HOME/called"; read answer < {fifo}\n')
    slow.chmod(0o755)
    server.tmux("set-option", "-g", HOOK, "wait; echo done")
    source(server, str(slow))

    assert eval_hook(server) == "done\n"

    until(lambda: (server.home / "called").exists())
    processes = subprocess.run(
        ["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True
    ).stdout
    assert f"{slow} reconcile" in processes
    assert marker(server) not in processes
    fifo.write_text("go\n")


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "a b",
        "it's",
        'say "hi"',
        "#{pid}#(id)#",
        "$HOME",
        "%H%%",
        "a\\",
        "a;b&c",
        "{a},}",
        "~",
        "é",
        "*?[a]",
    ],
)
def test_the_path_of_ocprov_comes_through_tmux_and_bash(server: Machine, name: str) -> None:
    program = fake(server.home / name / "ocprov")
    source(server, str(program))

    assert eval_hook(server) == ""
    assert until(lambda: calls(server))[0] == "reconcile"


def test_a_path_that_is_no_text_comes_through_too(server: Machine) -> None:
    program = os.fsdecode(b"/caf\xe9/ocprov")
    file = server.root / "conf"
    file.write_bytes(os.fsencode(conf.text([program])))
    server.tmux("source-file", str(file))

    done = subprocess.run(
        ["tmux", "-u", "show-options", "-gv", conf.RECONCILE], capture_output=True, check=True
    )

    assert os.fsencode(shlex.quote(program)) in done.stdout


def test_a_hook_follows_an_ocprov_that_moved(server: Machine) -> None:
    source(server, str(fake(server.home / "old/ocprov")))
    (server.home / "old/ocprov").unlink()
    source(server, str(fake(server.home / "new/ocprov")))

    eval_hook(server)

    assert until(lambda: calls(server))[0] == "reconcile"


def test_a_server_started_with_the_lines_has_them_before_its_first_session(machine: Machine) -> None:
    file = machine.root / "conf"
    own = f"set -g {PROCESSES} 'ssh'\nset -g {HOOK} 'echo own &'\n"
    file.write_text(f"{own}{conf.text(['/bin/true'])}set -gF @seen '#{{{PROCESSES}}}'\n")

    machine.tmux("-f", str(file), "new-session", "-d")

    assert value(machine, "@seen") == f"ssh {ENTRY}"
    assert value(machine, HOOK).endswith(" echo own &")
    assert eval_hook(machine) == "own\n"


def test_the_lines_say_what_they_are_who_wrote_them_and_where_they_go() -> None:
    said = [line for line in conf.text(["/bin/ocprov"]).splitlines() if line.startswith("#")]

    assert said[0].startswith(conf.HEADER)
    assert "`ocprov tmux-conf`" in said[1]
    assert "after your own @resurrect-* lines and before tpm" in said[1]


@pytest.mark.parametrize(("path", "shown"), [("/a\nb", r"/a\\nb"), (os.fsdecode(b"/\xff"), r"/\\udcff")])
def test_a_path_that_tmux_cannot_read_is_refused(path: str, shown: str) -> None:
    with pytest.raises(OcprovError, match=f"^{shown} has a character that a tmux.conf cannot hold"):
        conf.text([path])


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/home/u/.local/state/ocprov", True),
        ("/a-b_c.d@e%f+g=h:i,j/0", True),
        ("/a b", False),
        ("/it's", False),
        ("/a$b", False),
        ("/é", False),
        ("/a*", False),
        ("/a\n", False),
        ("/~a", False),
    ],
)
def test_which_paths_a_shell_reads_as_they_are(path: str, safe: bool) -> None:
    assert conf.typed_as_it_is(path) is safe
