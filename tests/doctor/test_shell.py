"""How the shell, its PATH and its locale are judged."""

import os
from dataclasses import dataclass

import pytest

from ocprov.core.value import replace
from ocprov.doctor import locales, paths, shells
from ocprov.doctor.check import Check
from ocprov.doctor.locales import Locale
from ocprov.doctor.paths import Found, Paths
from ocprov.doctor.seen import program as asked
from ocprov.doctor.seen import shell as seen
from ocprov.doctor.shells import Shells
from tests.conftest import Machine
from tests.doctor.samples import FIXES, found, program, troubles


@dataclass(frozen=True)
class Expected:
    what: str
    state: str
    found: str
    fix: str


@pytest.mark.parametrize(
    ("told", "good"),
    [
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "de_DE.utf8@euro"}, True),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, True),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "en_US.ISO-8859-1"}, False),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, True),
        ({}, False),
    ],
    ids=str,
)
def test_the_locale_that_counts_has_to_be_utf8(told: dict[str, str], good: bool) -> None:
    assert [check.state for check in locales.judge(Locale(told, None), FIXES)] == ["ok" if good else "warn"]
    here, server = locales.judge(Locale(told, told), FIXES)
    assert (here.state, server.state) == (("ok", "ok") if good else ("warn", "warn"))
    if not good:
        assert here.fix == "export LC_ALL=C.UTF-8"
        assert server.fix.startswith("tmux -L 'my one' set-environment -g LC_ALL C.UTF-8;")


OWN = Found("/venv/bin/ocprov", "0.2.0", this=True)
PATHS = Paths(("/usr/bin", "/venv/bin"), (OWN,), "/venv/bin/ocprov", "0.2.0", server=True)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(PATHS, [], id="good"),
        pytest.param(replace(PATHS, server=False), [], id="no server"),
        pytest.param(
            replace(PATHS, entries=("/bin", "", ".", "bin\x1b[31m")),
            [Expected("PATH", "warn", "an empty entry, ., bin\\x1b[31m", "absolute")],
            id="entries that depend on where one is",
        ),
        pytest.param(
            replace(PATHS, ocprovs=()),
            [Expected("ocprov", "warn", "not on PATH", 'export PATH="$PATH:/venv/bin"')],
            id="not on PATH",
        ),
        pytest.param(
            replace(PATHS, ocprovs=(Found("/old/ocprov", "0.1.0", this=False), OWN)),
            [
                Expected("ocprov", "warn", "a shell finds /old/ocprov (0.1.0)", "put /venv/bin/ocprov first"),
                Expected("other ocprov", "warn", "/venv/bin/ocprov (0.2.0)", "remove it"),
            ],
            id="another one first",
        ),
        pytest.param(
            replace(PATHS, ocprovs=(OWN, Found("/old/ocprov", "", this=False))),
            [Expected("other ocprov", "warn", "which does not tell its version", "remove it")],
            id="another one behind",
        ),
        pytest.param(replace(PATHS, ocprovs=(OWN, replace(OWN, this=False))), [], id="twice the same version"),
        pytest.param(
            replace(PATHS, lacking=("ocprov", "watch")),
            [Expected("PATH in tmux", "warn", "ocprov, watch", "tmux -L 'my one' set-environment -g PATH \"$PATH\"")],
            id="the server's PATH lacks some",
        ),
    ],
)  # fmt: skip
def test_paths(seen: Paths, expected: list[Expected]) -> None:
    _same(troubles(paths.judge(seen, FIXES)), expected)


SHELLS = Shells("/bin/bash", "/bin/bash", frozenset(["/bin/bash"]), "bash", completed=True)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(SHELLS, [], id="good"),
        pytest.param(replace(SHELLS, own="dash", completed=None), [], id="one without completion"),
        pytest.param(
            replace(SHELLS, completed=False),
            [Expected("completion", "warn", "not installed for bash", "ocprov completion --install")],
            id="no completion",
        ),
        pytest.param(
            replace(SHELLS, own="", completed=None),
            [Expected("completion", "warn", "not known which shell", "ocprov completion")],
            id="unknown",
        ),
        pytest.param(
            replace(SHELLS, login="/gone/fish"),
            [Expected("shell", "fail", "/gone/fish is not there", "chsh -s /bin/sh")],
            id="gone",
        ),
        pytest.param(
            replace(SHELLS, pane="/gone/fish"),
            [Expected("shell in tmux", "fail", "/gone/fish cannot be run", "set -g default-shell /bin/bash")],
            id="gone in tmux",
        ),
        pytest.param(
            replace(SHELLS, login="", pane=""), [Expected("shell", "warn", "SHELL is not set", "export")], id="unset"
        ),
    ],
)  # fmt: skip
def test_shells(seen: Shells, expected: list[Expected]) -> None:
    _same(troubles(shells.judge(seen, FIXES)), expected)


def _same(found: list[Check], expected: list[Expected]) -> None:
    assert [(check.what, check.state) for check in found] == [(one.what, one.state) for one in expected]
    for check, one in zip(found, expected, strict=True):
        assert one.found in check.found
        assert one.fix in check.fix


@pytest.mark.usefixtures("quick")
def test_two_ocprovs_on_path(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, monkeypatch, "ocprov", "echo ocprov 0.0.1")
    check = found()["ocprov"]
    assert (check.state, "0.0.1" in check.found) == ("warn", True)
    program(machine, monkeypatch, "ocprov", "exec sleep 1000")
    monkeypatch.setattr(asked, "SECONDS", 0.5)
    assert "does not tell its version" in found()["ocprov"].found


@pytest.mark.usefixtures("quick")
def test_a_path_with_odd_entries(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f":.:relative:/nonexistent:{os.environ['PATH']}:")
    check = found()["PATH"]
    assert (check.state, check.found) == ("warn", "it depends on where you are: an empty entry, ., relative")


@pytest.mark.usefixtures("quick")
def test_completion_counts_for_the_shell_in_use(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/fish")
    monkeypatch.setattr("ocprov.doctor.seen.shell._in_use", lambda: "")
    assert found()["completion"].state == "warn"
    script = machine.home / ".config/fish/completions/ocprov.fish"
    script.parent.mkdir(parents=True)
    script.write_text("")
    assert found()["completion"].found == "installed for fish"


def test_in_a_popup_where_sh_calls_the_login_shell_counts() -> None:
    assert seen._of_person("sh", "zsh") == "zsh"
    assert seen._of_person("fish", "zsh") == "fish"
    assert seen._of_person("", "zsh") == "zsh"
    assert seen._of_person("sh", "") == "sh"
