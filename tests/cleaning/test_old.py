"""Logs, drafts, backups, plans, leftovers and the demo's data go when they are old, and not before."""

import os
import subprocess
import time
from pathlib import Path

from ocprov import cache
from ocprov.tmux.client import server
from ocprov.tmux.files import Files, files
from tests.cleaning.there import LAYOUT, OLD, OTHER, aged, everything_removed, processes, removed
from tests.conftest import Machine, until


def test_logs_go_when_they_are_old_and_their_session_is_nowhere(machine: Machine, gone: Files) -> None:
    old = [aged(gone.log), aged(gone.log.with_name(f"{gone.log.name}.1"))]
    other = aged(files(server(), OTHER).log)
    crash = aged(machine.state / "log/crash-20200101T000000.log")
    fresh = machine.state / "log/crash-20200101T000001.log"
    fresh.write_text("x")
    assert set(removed(machine, OCPROV_CLEAN_DAYS="41")) == {str(gone.run)}
    assert set(removed(machine)) == {str(crash), *map(str, old)}
    assert other.exists()
    assert fresh.exists()
    assert set(removed(machine, OCPROV_CLEAN_DAYS="0")) == {str(fresh)}


def test_a_time_that_is_yet_to_come_is_not_old(machine: Machine) -> None:
    crash = aged(machine.state / "log/crash-20990101T000000.log")
    os.utime(crash, (time.time() + 9e6,) * 2)
    assert removed(machine) == {}


def test_backups_beyond_those_that_are_kept_go_the_oldest_first(machine: Machine) -> None:
    config = machine.home / ".config/ocmonitor/config.toml"
    stamps = ("20250101T000000Z", "20250101T000000Z-1", "20250101T000000Z-10", "20250102T000000Z")
    copies = [aged(config.with_name(f"config.toml.ocprov-{stamp}.bak")) for stamp in stamps]
    others = [
        aged(config.with_name(name)) for name in ("config.toml.bak", "other.toml.ocprov-20250101T000000Z.bak")
    ]
    assert list(removed(machine, OCPROV_DEPLOY_BACKUPS="4")) == []
    assert list(removed(machine, OCPROV_DEPLOY_BACKUPS="2")) == [str(copies[1]), str(copies[0])]
    assert all(path.exists() for path in (*copies[2:], *others))


def test_backups_of_a_tmux_conf_behind_a_link_are_found_where_it_leads(machine: Machine) -> None:
    real = aged(machine.home / "dotfiles/tmux.conf")
    (machine.home / ".tmux.conf").symlink_to(real)
    copies = [aged(real.with_name(f"tmux.conf.ocprov-2025010{day}T000000Z.bak")) for day in (1, 2)]
    assert list(removed(machine, OCPROV_DEPLOY_BACKUPS="1")) == [str(copies[0])]


def test_leftovers_go_when_the_process_that_wrote_them_is_gone(machine: Machine) -> None:
    (machine.home / ".config/ocprov").mkdir(parents=True)
    with subprocess.Popen(["true"]) as ended:
        pass
    mine = machine.home / f".config/ocprov/.ocprov-new-{os.getpid()}-0123abcd"
    left = [machine.home / folder / f".ocprov-new-{ended.pid}-0123abcd" for folder in (".config/ocprov", ".")]
    for path in (mine, *left):
        path.write_text("x")
    assert set(removed(machine)) == set(map(str, left))
    assert mine.exists()


def test_drafts_of_edits_that_went_wrong_go_when_they_are_old(machine: Machine) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    old, mine = (machine.state / f"edit/{pid}-0123abcd/mine.yaml.j2" for pid in (ended.pid, os.getpid()))
    for path in (old, mine):
        os.utime(aged(path).parent, (OLD, OLD))
    assert removed(machine, OCPROV_CLEAN_DAYS="50") == {}
    assert removed(machine) == {str(old.parent): "draft"}
    assert mine.exists()


def test_plans_go_when_what_they_rest_on_changed(machine: Machine, up: Files) -> None:
    plans = {path.name for path in Path(cache.folder()).iterdir()}
    assert len(plans) == 2
    machine.layout("two", LAYOUT.format(session=OTHER).replace("1000", "999"))
    damaged = aged(Path(cache.folder()) / ("0" * 32))
    foreign = aged(Path(cache.folder()) / "notes")
    gone = everything_removed(machine)
    assert set(gone.values()) == {"plan"}
    assert len(gone) == 2
    assert not damaged.exists()
    assert foreign.exists()


def test_a_plan_is_not_judged_by_the_variables_of_whoever_cleans(machine: Machine, up: Files) -> None:
    assert everything_removed(machine, EDITOR="other", LANG="C.UTF-8") == {}


def test_the_demos_data_goes_when_no_demo_is_live(machine: Machine, demo: Path) -> None:
    assert removed(machine) == {}
    machine.end_tmux()
    until(lambda: not processes(str(machine.home)))
    assert set(removed(machine).values()) == {"launchers", "demo data"}
    assert list(demo.parent.iterdir()) == []


def test_data_that_was_written_just_now_is_for_a_demo_that_comes_up(machine: Machine, demo: Path) -> None:
    machine.end_tmux()
    until(lambda: not processes(str(machine.home)))
    os.utime(demo / ".ocprov-sample")
    assert set(removed(machine).values()) == {"launchers"}
    assert demo.exists()


def test_a_directory_that_is_no_sample_stays(machine: Machine) -> None:
    mine = aged(machine.home / ".local/share/ocprov/demo/thesis.tex")
    assert removed(machine) == {}
    assert mine.exists()
