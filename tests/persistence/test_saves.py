"""Saves as tmux-resurrect writes them, and as crashes, full disks and its own habits leave them."""

import os
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.persistence import saves

PANE = "pane\twork\t0\t1\t:*\t0\thost\t:/home/me\t1\tbash\t:"
WINDOW = "window\twork\t0\t:main\t1\t:*\ta87d,100x30,0,0,0\toff"
STATE = "state\twork\t"
GOOD = f"{PANE}\n{WINDOW}\n{STATE}\n"


def kinds(text: str) -> list[str]:
    return [flaw.kind for flaw in saves.parse(text).flaws]


def test_a_save_gives_its_panes() -> None:
    launcher = "/bin/sh /home/me/.local/state/ocprov/run/default-0a1b2c/x/logs"
    text = GOOD.replace("bash\t:", f"sh\t:{launcher}").replace(":/home/me", ":/home/me/a\\ b")

    found = saves.parse(text)

    assert found.panes == (saves.Pane("work", 0, 0, "/home/me/a b", launcher),)
    assert found.flaws == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(GOOD.replace(":main", ":two words"), id="a window's name with a space"),
        pytest.param(GOOD.replace(":main", ":"), id="a window without a name"),
        pytest.param("grouped_session\tother\twork\t:\t:0\n" + GOOD, id="grouped sessions"),
        pytest.param(GOOD.replace(STATE, "state\t\t"), id="no client"),
        pytest.param(GOOD.replace("\t:\n", "\t:caf\udce9 x\n"), id="a byte that is not UTF-8"),
    ],
)
def test_a_good_save_has_no_flaw(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        pytest.param("", ["empty"], id="empty"),
        pytest.param("\n\n", ["empty"], id="only line breaks"),
        pytest.param(f"{WINDOW}\n{STATE}\n", ["no panes"], id="no pane"),
        pytest.param(f"{PANE}\n{STATE}\n", ["no windows"], id="no window"),
        pytest.param(f"{STATE}\n", ["no panes", "no windows"], id="only the state"),
        pytest.param(GOOD.replace("\t1\tbash\t:", "\t1\tba"), ["no panes", "odd"], id="a pane cut off"),
        pytest.param(
            GOOD.replace("\tbash\t:", "\tbash\t"), ["no panes", "odd"], id="a command without its colon"
        ),
        pytest.param(
            GOOD.replace("pane\twork\t0", "pane\twork\tx"), ["no panes", "odd"], id="an index that is none"
        ),
        pytest.param(
            f"{PANE}\n{WINDOW[:-9]}", ["cut short", "damaged"], id="cut off in the middle of a line"
        ),
        pytest.param(
            "\0" * 200, ["no panes", "no windows", "cut short", "stray"], id="zero bytes after a power cut"
        ),
    ],
)
def test_a_broken_save_says_why(text: str, flaws: list[str]) -> None:
    assert kinds(text) == flaws
    assert saves.parse(text).broken


def test_one_pane_that_cannot_be_read_breaks_no_whole_save() -> None:
    text = GOOD.replace(STATE, PANE.replace("/home/me", "/home/a\tb") + "\n" + STATE)
    assert kinds(text) == ["odd"]
    assert not saves.parse(text).broken


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        pytest.param(
            GOOD.replace("\thost\t:/home/me\t1\tbash\t:", "\t:/home/me\t1\tbash\t1676\t:"),
            saves.Flaw("shifted", 1, "pane\twork\t0\t1\t:*\t0\t:/home/me\t1\tbash\t1676\t:"),
            id="a pane without a title",
        ),
        pytest.param(
            f"{PANE}tail -f log\nccze -A\n{WINDOW}\n{STATE}\n",
            saves.Flaw("stray", 2, "ccze -A"),
            id="a pipeline",
        ),
        pytest.param(f"{PANE}\n{WINDOW}\n", saves.Flaw("cut short"), id="without its last line"),
    ],
)
def test_what_resurrect_writes_in_daily_life_is_a_flaw_and_not_broken(text: str, flaw: saves.Flaw) -> None:
    found = saves.parse(text)

    assert found.flaws == (flaw,)
    assert not found.broken
    assert found.panes[0].directory == "/home/me"


def test_sessions_that_share_windows_are_in_the_save_too() -> None:
    assert saves.parse("grouped_session\tother\twork\t:\t:0\n" + GOOD).sessions == {"work", "other"}


def write(directory: Path, stamp: str, text: str = GOOD) -> Path:
    path = directory / f"tmux_resurrect_{stamp}.txt"
    path.write_text(text)
    return path


def test_the_newest_good_save_is_found_by_the_time_in_its_name(tmp_path: Path) -> None:
    good = write(tmp_path, "20260102T000000")
    write(tmp_path, "20260101T000000")
    write(tmp_path, "20260103T000000", "")
    write(tmp_path, "20260104T000000", PANE)
    (tmp_path / "tmux_resurrect_20260105T000000.txt").mkdir()
    (tmp_path / "pane_contents.tar.gz").write_text(GOOD)
    os.utime(good, (1, 1))

    assert saves.newest_good(tmp_path) == good


def test_a_pipe_among_the_saves_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tmux_resurrect_20260105T000000.txt")

    assert saves.newest_good(tmp_path) is None


def test_no_directory_has_no_good_save(tmp_path: Path) -> None:
    assert saves.newest_good(tmp_path / "absent") is None


def test_what_is_no_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OcprovError, match="cannot read"):
        saves.newest_good(write(tmp_path, "1"))


def test_last_is_repointed_and_the_broken_save_stays(tmp_path: Path) -> None:
    good, broken = write(tmp_path, "20260101T000000"), write(tmp_path, "20260102T000000", "")
    (tmp_path / "last").symlink_to(broken.name)

    assert saves.point_last(tmp_path, good) is None

    assert (tmp_path / "last").readlink() == Path(good.name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", good.name, broken.name]


def test_a_last_that_is_a_file_is_kept_beside(tmp_path: Path) -> None:
    good = write(tmp_path, "20260101T000000")
    (tmp_path / "last").write_text("half a sa")

    kept = saves.point_last(tmp_path, good)

    assert kept is not None
    assert kept.name.startswith("last.broken-")
    assert kept.read_text() == "half a sa"
    assert (tmp_path / "last").read_text() == GOOD


def test_a_last_that_is_a_directory_is_an_error_and_stays(tmp_path: Path) -> None:
    good = write(tmp_path, "20260101T000000")
    (tmp_path / "last").mkdir()

    with pytest.raises(OcprovError, match="cannot write"):
        saves.point_last(tmp_path, good)

    assert (tmp_path / "last").is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"last", good.name}


def test_what_a_restore_gets_nothing_from_is_not_good(tmp_path: Path) -> None:
    assert saves.good(write(tmp_path, "1"))
    assert not saves.good(write(tmp_path, "2", PANE))
    assert not saves.good(tmp_path / "absent")
    assert not saves.good(tmp_path)
