"""Which conf files of tmux's are read, and what cannot be read of them."""

from pathlib import Path

import pytest

from ocprov.doctor import conffiles
from ocprov.doctor.facts import Conf
from tests.conftest import Machine


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("source-file ~/more.conf", id="home"),
        pytest.param('source -q "$HOME/more.conf" # mine', id="a variable"),
        pytest.param("source-file '~/m[o]re.c*'", id="a pattern"),
        pytest.param("source-file /absent ~/more.conf", id="two files"),
    ],
)
def test_what_a_conf_sources_is_read_too(machine: Machine, line: str) -> None:
    more, conf = machine.home / "more.conf", machine.home / ".tmux.conf"
    more.write_text("source-file ~/.tmux.conf\n")
    conf.write_text(f"set -g status on\n{line}\n")

    assert conffiles.read([conf]) == (Conf(conf, conf.read_text()), Conf(more, more.read_text()))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("# source-file ~/more.conf", id="a comment"),
        pytest.param("source-file ~/absent.conf", id="not there"),
        pytest.param("source-file '#{d:current_file}/more.conf'", id="a format"),
        pytest.param("source-file 'open", id="an open quote"),
    ],
)
def test_what_is_not_sourced_is_not_read(machine: Machine, line: str) -> None:
    (machine.home / "more.conf").write_text("")
    conf = machine.home / ".tmux.conf"
    conf.write_text(line)

    assert conffiles.read([conf]) == (Conf(conf, line),)


def test_what_cannot_be_read_is_told(machine: Machine) -> None:
    loop, conf = machine.home / "loop.conf", machine.home / ".tmux.conf"
    loop.symlink_to(loop)
    conf.write_text("source-file ~/loop.conf")

    assert conffiles.read([conf])[1:] == (Conf(loop, None),)


def test_a_conf_that_is_no_file_is_empty() -> None:
    assert conffiles.read([Path("/dev/null"), Path("/absent")]) == (Conf(Path("/dev/null"), ""),)
