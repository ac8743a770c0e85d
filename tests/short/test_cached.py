"""The plan cache: it is used while everything that rendering looked at holds, and else as if it were not there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov import cache
from tests.conftest import Machine, until
from tests.short import ways

NAME = "opencode-observability-asks"
LAYOUT = """\
alias: asks
variables: {who: me, place: {type: path, default: ~/place}}
requires: {sleep: get a system}
---
{% import "_names.j2" as names %}
session_name: opencode-observability-asks
environment: {WHO: {{ who | yaml }}, EDITOR: {{ env("EDITOR", "vi") | yaml }}, PLACE: {{ place | yaml }}}
windows:
  - window_name: {{ names.first }}
    panes: [sleep 1000]
{% if have("an-extra") %}
  - window_name: extra
{% endif %}
{% if isdir("~/more") %}
  - window_name: more
{% endif %}
"""


@pytest.fixture
def warm(machine: Machine) -> Machine:
    """A machine on which the layout is up, and cached."""
    machine.layout("asks", LAYOUT)
    (machine.layouts / "_names.j2").write_text("{% set first = 'one' %}")
    assert machine.ocprov("up", "-d", "asks").returncode == 0
    until(
        lambda: machine.tmux("list-panes", "-t", f"={NAME}:", "-F", "#{@ocprov_state}").startswith("running")
    )
    assert in_place(machine)
    return machine


def in_place(machine: Machine, line: str = "up -d asks", **environment: str) -> bool:
    """Whether the short way is enough for a line, and finds nothing to do."""
    return ways.run(ways.SHORT_UP, line, **environment).out == f"{NAME}: nothing changed\n"


def entries(machine: Machine) -> list[Path]:
    return list((machine.home / ".cache/ocprov/plans").iterdir())


# --- what makes no difference -------------------------------------------------------------------------------------


def test_neither_the_directory_nor_other_variables_nor_other_files_matter(warm: Machine) -> None:
    (warm.home / "notes").write_text("x")
    os.utime(warm.layouts / "asks.yaml.j2", (1, 1))
    assert in_place(warm, LINES="7", UNRELATED="x")
    os.chdir("/")
    assert in_place(warm)


def test_a_layout_that_asks_for_its_directory_is_cached_for_each(warm: Machine) -> None:
    warm.layout("asks", LAYOUT + "  - window_name: {{ project }}\n")
    places = [warm.home / name for name in ("a", "b")]
    for place in places:
        place.mkdir()
        os.chdir(place)
        assert warm.ocprov("up", "-d", "--prune", "asks").returncode == 0
    assert not in_place(warm, "up -d asks --set who=you")
    assert len(entries(warm)) == 3
    assert in_place(warm)


def test_what_a_call_was_told_is_cached_for_itself(warm: Machine) -> None:
    line = "up -d asks --dir / --set who=you"
    warm.end_tmux()
    assert ways.run(ways.SHORT_UP, line) == ways.NOTHING_DONE
    assert ways.run(ways.CHOICE, line).out == f"{NAME}: created with 1 window\n"
    assert in_place(warm, line)
    assert not in_place(warm)


# --- what makes one -----------------------------------------------------------------------------------------------

Change = Callable[[Machine], dict[str, str] | None]


def edited(machine: Machine) -> None:
    machine.layout("asks", LAYOUT.replace("who: me", "who: she"))


def include_edited(machine: Machine) -> None:
    (machine.layouts / "_names.j2").write_text("{% set first = 'other' %}")


def gone(machine: Machine) -> None:
    (machine.layouts / "asks.yaml.j2").unlink()


def another(machine: Machine) -> None:
    machine.layout("a-first", LAYOUT.replace("who: me", "who: they"))


def another_below(machine: Machine) -> None:
    machine.layout("a/first", LAYOUT.replace("who: me", "who: they"))


def editor(machine: Machine) -> dict[str, str]:
    return {"EDITOR": "emacs"}


def program_on_path(machine: Machine) -> dict[str, str]:
    folder = machine.root / "bin"
    folder.mkdir()
    (folder / "an-extra").write_text("#!/bin/sh\n")
    (folder / "an-extra").chmod(0o755)
    return {"PATH": f"{os.environ['PATH']}:{folder}"}


def program_missing(machine: Machine) -> dict[str, str]:
    folder = machine.root / "bin"
    folder.mkdir()
    for name in ("tmux", "sh"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return {"PATH": str(folder)}


def directory(machine: Machine) -> None:
    (machine.home / "more").mkdir()


def readable_by_all(machine: Machine) -> None:
    """The layout is a link now to what everybody can write."""
    elsewhere = machine.root / "asks.yaml.j2"
    elsewhere.write_text(LAYOUT)
    elsewhere.chmod(0o666)
    (machine.layouts / "asks.yaml.j2").unlink()
    (machine.layouts / "asks.yaml.j2").symlink_to(elsewhere)


CHANGES: dict[str, Change] = {
    "the layout": edited,
    "a file that it imports": include_edited,
    "the layout is gone": gone,
    "another layout of that name": another,
    "one in a new folder": another_below,
    "a variable of the environment": editor,
    "a program more": program_on_path,
    "a program that is required": program_missing,
    "a directory that it asks for": directory,
    "the layout is a link to an unsafe file": readable_by_all,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(warm: Machine, change: Change) -> None:
    environment = change(warm) or {}
    assert ways.run(ways.SHORT_UP, "up -d asks", **environment) == ways.NOTHING_DONE
    fresh = ways.run(ways.LONG, "plan asks --no-cache", **environment)
    assert ways.run(ways.LONG, "plan asks", **environment) == fresh


# --- what cannot be trusted ---------------------------------------------------------------------------------------

Harm = Callable[[Path], object]


def flip(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 1
    entry.write_bytes(data)


def older(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes().replace(b"ocprov plan 1 ", b"ocprov plan 0 "))


def linked(entry: Path) -> None:
    entry.rename(entry.parent.parent / "elsewhere")
    entry.symlink_to(entry.parent.parent / "elsewhere")


def directory_instead(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def of_another_call(entry: Path) -> None:
    key = cache.key("asks", ("who=you",), "", given=False)
    (entry.parent / cache.file_name(key)).write_bytes(entry.read_bytes())
    entry.unlink()


HARMS: dict[str, Harm] = {
    "a bit is wrong": flip,
    "cut off": lambda entry: entry.write_bytes(entry.read_bytes()[:-1]),
    "empty": lambda entry: entry.write_bytes(b""),
    "of another schema": older,
    "of somebody else": lambda entry: os.chown(entry, 65534, 65534) if not os.geteuid() else entry.unlink(),
    "writable for others": lambda entry: entry.chmod(0o622),
    "readable for others": lambda entry: entry.chmod(0o644),
    "a link": linked,
    "a directory": directory_instead,
    "a pipe": pipe,
    "not there": lambda entry: entry.unlink(),
    "huge": lambda entry: os.truncate(entry, 100_000_000),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_an_entry_that_cannot_be_trusted_is_ignored_and_written_anew(warm: Machine, harm: Harm) -> None:
    (entry,) = entries(warm)
    harm(entry)
    assert ways.run(ways.SHORT_UP, "up -d asks") == ways.NOTHING_DONE
    done = ways.run(ways.CHOICE, "up -d asks")
    assert (done.code, done.out) == (0, f"{NAME}: nothing changed\n")
    if harm is not HARMS["a directory"]:
        assert in_place(warm)
        assert entry.stat().st_mode & 0o777 == 0o600


def test_an_entry_of_another_call_is_not_taken_for_its_own(warm: Machine) -> None:
    (entry,) = entries(warm)
    of_another_call(entry)
    assert ways.run(ways.SHORT_UP, "up -d asks --set who=you") == ways.NOTHING_DONE


def test_a_cache_that_cannot_be_written_is_no_failure(machine: Machine) -> None:
    machine.layout("asks", LAYOUT)
    (machine.layouts / "_names.j2").write_text("{% set first = 'one' %}")
    (machine.home / ".cache").write_text("in the way")
    for said in ("created with 1 window", "nothing changed"):
        assert machine.ocprov("up", "-d", "asks").stdout == f"{NAME}: {said}\n"


def test_a_folder_that_leads_elsewhere_is_not_used(machine: Machine) -> None:
    elsewhere = machine.root / "elsewhere"
    elsewhere.mkdir()
    files = [elsewhere / f"{number:032x}" for number in range(200)]
    for file in files:
        file.write_text("theirs")
    folder = machine.home / ".cache/ocprov/plans"
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere)
    cache.write({"key": cache.key("a", (), "", given=False), "inputs": ()})
    assert sorted(elsewhere.iterdir()) == files


def test_only_files_of_ocprovs_own_are_removed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write({"key": cache.key("a", (), "", given=False), "inputs": ()})
    (machine.home / ".cache/ocprov/plans/notes").write_text("theirs")
    monkeypatch.setattr(cache, "MOST", 0)
    cache.write({"key": cache.key("b", (), "", given=False), "inputs": ()})
    assert [entry.name for entry in entries(machine)] == ["notes"]


def test_nobody_else_gets_in_whatever_the_umask(machine: Machine) -> None:
    before = os.umask(0)
    try:
        cache.write({"key": cache.key("a", (), "", given=False), "inputs": ()})
    finally:
        os.umask(before)
    for path in (
        machine.home / ".cache",
        machine.home / ".cache/ocprov",
        *(machine.home / ".cache").rglob("plans"),
    ):
        assert path.stat().st_mode & 0o777 == 0o700


def test_the_cache_is_bounded(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 3)
    for number in range(5):
        cache.write({"key": cache.key(str(number), (), "", given=False), "inputs": ()})
        os.utime(max(entries(machine), key=lambda path: path.stat().st_mtime_ns), ns=(number, number * 10**9))
    kept = [name for name in "01234" if cache.read(cache.key(name, (), "", given=False))]
    assert kept == ["2", "3", "4"]


def test_no_cache_neither_reads_nor_writes(machine: Machine) -> None:
    machine.layout("asks", LAYOUT)
    (machine.layouts / "_names.j2").write_text("{% set first = 'one' %}")
    assert machine.ocprov("up", "-d", "--no-cache", "asks").returncode == 0
    assert not (machine.home / ".cache").exists()


def test_a_refusal_a_plan_and_a_dry_run_leave_nothing(machine: Machine) -> None:
    machine.layout("asks", LAYOUT.replace("sleep:", "no-such-program:"))
    (machine.layouts / "_names.j2").write_text("{% set first = 'one' %}")
    for line in ("up -d asks", "plan asks", "up -n asks", "status asks"):
        machine.ocprov(*line.split())
    assert not (machine.home / ".cache").exists()


def test_a_secret_asked_for_is_not_kept_as_such(machine: Machine) -> None:
    machine.layout("asks", LAYOUT.replace('env("EDITOR", "vi") | yaml', '"set" if env("TOKEN") else "unset"'))
    (machine.layouts / "_names.j2").write_text("{% set first = 'one' %}")
    assert machine.ocprov("up", "-d", "asks", TOKEN="hunter2-and-more").returncode == 0  # noqa: S106 # a made-up one
    (entry,) = entries(machine)
    assert b"hunter2" not in entry.read_bytes()
    assert not in_place(machine, TOKEN="")
