"""The launcher file and the panes' argument lists, as text."""

import os
import re
import shutil
import subprocess

import pytest

from ocprov.core import attention, launcher, observed
from ocprov.core.desired import Pane

PANE = Pane(
    "daily.2", "/srv/it's here", ("first 'one'", "second\nthird"), environment=(("GREETING", "a 'b' $c"),)
)
SHELLS = ("sh", "bash", "fish", "tcsh", "/opt/bin/zsh", "python3")
LINES = {
    "the login shell comes back through Ctrl-C": "trap : INT QUIT; ",
    "its one child is the launcher": '/bin/sh "$0"; ',
    "default-command of the session holds": "show-options -Aqv default-command",
}


def written(**changes: object) -> str:
    values = {"key": PANE.key, "directory": PANE.directory, "commands": PANE.commands} | changes
    return launcher.text(Pane(**values), path="/usr/bin:/a b")  # type: ignore[arg-type] # the table is not typed


def test_the_file_tells_the_digest_it_was_declared_with() -> None:
    assert launcher.declared(launcher.text(PANE, path="/bin")) == PANE.digest


@pytest.mark.parametrize(
    "text",
    ["", "#!/bin/sh\n", "#!/bin/sh\n\n# declared: 0123456789ab\n", "echo hi\n# declared: 0123456789ab\n"],
    ids=["empty", "other script", "below the head", "behind code"],
)
def test_a_file_that_is_no_launcher_declares_nothing(text: str) -> None:
    assert launcher.declared(text) == ""


def test_a_command_cannot_pass_for_the_declared_line() -> None:
    assert launcher.declared(written(commands=("x\n# declared: bad",), key="a\n# declared: bad")) != "bad"


def test_the_path_of_the_caller_does_not_change_the_digest() -> None:
    assert launcher.declared(launcher.text(PANE, path="/x")) == launcher.declared(
        launcher.text(PANE, path="/y")
    )


def test_the_head_tells_a_person_what_the_file_is() -> None:
    head = written().split("\n\n", maxsplit=1)[0]
    assert head.startswith("#!/bin/sh\n")
    assert all(line.startswith("#") for line in head.splitlines())
    assert "daily.2" in head
    assert "ocprov rewrites this file" in head


def test_declared_values_stay_inside_the_commands_own_process() -> None:
    text = launcher.text(PANE, path="/bin")
    inside = text[text.index("run() (") : text.index("\n)\n")]
    assert "export GREETING=" in inside
    assert text.count("GREETING") == 1


@pytest.mark.parametrize("name", ["LANG", "LC_ALL", "LC_CTYPE"])
def test_a_declared_locale_is_left_alone(name: str) -> None:
    assert "LC_ALL=C.UTF-8" in written()
    assert "LC_ALL=C.UTF-8" not in written(environment=((name, "C"),))


@pytest.mark.parametrize(
    ("shell", "start"),
    [
        ("sh", "exec /bin/sh -c 'trap : QUIT\n"),
        ("bash", "exec bash -c 'trap : QUIT\n"),
        ("fish", "exec fish -c 'trap : QUIT\n"),
        ("/opt/bin/zsh", "exec /opt/bin/zsh -c 'trap : QUIT\n"),
        ("tcsh", "exec tcsh -c 'first"),
        ("python3", "exec python3 -c 'first"),
    ],
)
def test_the_declared_shell_gets_all_commands_at_once(shell: str, start: str) -> None:
    assert start in written(shell=shell)


def test_a_notice_is_said_on_one_line() -> None:
    assert "say 'no such place\\x1b[2J\\n'" in written(notice="no such place\x1b[2J\n")


def test_tags_and_states_are_those_that_are_observed() -> None:
    text = written()
    composed = set(re.findall(r"@ocprov_\w+", " ".join(attention.compose())))
    assert set(re.findall(r"@ocprov_\w+", text)) - {"@ocprov_now"} - (
        composed - {observed.STATE_TAG, observed.PANE_TAG}
    ) == {
        observed.PANE_TAG,
        observed.DIGEST_TAG,
        observed.STATE_TAG,
        observed.OF_TAG,
    }
    told = set(re.findall(r"\btell (\w+)", text)) | set(
        re.findall(r"@ocprov_state \\?\"(\w+)", text + launcher.plain("/", "a")[2])
    )
    assert told == set(observed.TOLD)


@pytest.mark.parametrize(
    "word",
    [r"\blocal\b", "read -t", r"\$'", "setsid", "/proc", r"sleep 0?\.", r"\[\[", r"\bfunction\b", "<<<"],
)
def test_nothing_beyond_posix_is_used(word: str) -> None:
    assert not re.search(word, written(directory="/", commands=("true",)))


@pytest.mark.parametrize("shell", SHELLS)
def test_shellcheck_has_nothing_to_say(shell: str) -> None:
    if shutil.which("shellcheck") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("shellcheck is not installed")
    text = written(shell=shell, environment=PANE.environment, notice="it's")
    done = subprocess.run(
        ["shellcheck", "-s", "sh", "-"], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("part", LINES.values(), ids=LINES)
def test_the_process_of_a_launched_pane_is_fixed_sh_with_two_arguments(part: str) -> None:
    argv = launcher.process("/run/it's", "/srv/#(x)")
    assert argv[:2] == ("/bin/sh", "-c")
    assert part in argv[2]
    assert argv[3:] == ("/run/it's", "/srv/#(x)")


def test_plain_and_program_hand_over_their_values_as_arguments() -> None:
    assert launcher.plain("/srv/$x", "key", "gone\x07")[3:] == ("/srv/$x", "key", "gone\\x07")
    assert launcher.plain("/srv", "key")[3:] == ("/srv", "key", "")
    assert launcher.program("top -d 1", "/srv/$x")[3:] == ("/srv/$x", "top -d 1")
