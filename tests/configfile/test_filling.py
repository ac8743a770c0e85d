"""The paths of a configuration, written in full."""

import os
import tomllib
from pathlib import Path

import pytest

from ocprov.configfile import filling
from ocprov.configfile.ocmonitor import checked
from ocprov.errors import OcprovError

FULL = 'database_file = "/d"\nopencode_storage_dir = "/s"\nmessages_dir = "/m"\n'


def filled(text: str) -> str:
    data = text.encode()
    document = checked(data, str)
    return filling.filled(data, filling.missing(document, _expanded)).decode()


def _expanded(text: str) -> str:
    return os.path.expandvars(os.path.expanduser(text))  # noqa: PTH111 # as ocmonitor does


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param("", "{data}/ocprov/exports", id="left-out"),
        pytest.param("export_dir = ''", "{data}/ocprov/exports", id="empty"),
        pytest.param("export_dir = './exports'", "{data}/ocprov/exports", id="relative"),
        pytest.param("export_dir = 'out'", "{data}/ocprov/out", id="relative-elsewhere"),
        pytest.param("export_dir = '/out'", "/out", id="in-full"),
        pytest.param("export_dir = '~/out'", "~/out", id="of-home-which-ocmonitor-expands"),
        pytest.param("export_dir = '$OUT/x'", "/var/out/x", id="variable"),
        pytest.param("export_dir = '~/$OUT'", "{home}//var/out", id="variable-behind-home"),
        pytest.param("export_dir = '$UNSET/x'", "{data}/ocprov/$UNSET/x", id="unset-variable"),
    ],
)
def test_a_path_is_filled_in_where_ocmonitor_would_not_know_which(
    given: str, wanted: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUT", "/var/out")

    paths = tomllib.loads(filled(f"[paths]\n{FULL}{given}\n"))["paths"]

    expected = wanted.format(data=home / ".local/share", home=home)
    assert paths["export_dir"] == os.path.normpath(expected) if given != "" else expected
    assert paths["database_file"] == "/d"


def test_opencodes_data_is_where_xdg_data_home_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")

    assert tomllib.loads(filled("[paths]\nmessages_dir = 'mine'\n"))["paths"] == {
        "messages_dir": "/data/opencode/mine",
        "database_file": "/data/opencode/opencode.db",
        "opencode_storage_dir": "/data/opencode/storage",
        "export_dir": "/data/ocprov/exports",
    }


def test_a_relative_xdg_data_home_is_ignored(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "data")

    assert f'database_file = "{home}/.local/share/opencode/opencode.db"' in filled("[paths]\n")


def test_nothing_is_written_where_nothing_is_missing(home: Path) -> None:
    text = f"#  mine\r\n[paths]\r\n{FULL}export_dir = '~/x'   # here\r\n"

    assert filled(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# one\n[ui] # two\ntheme   =   'dark'\n# three\n", id="no-section"),
        pytest.param("# one\n[paths]\n# two\n\n[ui]\ntheme='dark' # three", id="empty-section"),
        pytest.param("paths.database_file = '/d' # one\n[ui] # two\n# three\n", id="dotted"),
        pytest.param("# one\npaths = {database_file = '/d'} # two\n# three\n[ui]\n", id="inline"),
        pytest.param("# one\r\n[paths]\r\n# two\r\n[ui]\r\n# three\r\n", id="crlf"),
    ],
)
def test_every_line_and_comment_stays_in_its_order(text: str, home: Path) -> None:
    after = filled(text)

    assert set(tomllib.loads(after)["paths"]) == set(filling.NAMES)
    assert [after.index(f"# {word}") for word in ("one", "two", "three")] == sorted(
        after.index(f"# {word}") for word in ("one", "two", "three")
    )
    left = [line for line in text.splitlines() if "paths" not in line]
    assert [line for line in after.splitlines() if line in left] == left
    assert filled(after) == after


def test_a_path_with_quotes_and_backslashes_is_still_that_path(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", '/da"ta\\x #y')

    assert tomllib.loads(filled(""))["paths"]["export_dir"] == '/da"ta\\x #y/ocprov/exports'


def test_the_home_of_nobody_is_refused(home: Path) -> None:
    with pytest.raises(OcprovError, match=r"paths\.export_dir: ~nobody-of-that-name/x is nobody's home"):
        filled("[paths]\nexport_dir = '~nobody-of-that-name/x'\n")
