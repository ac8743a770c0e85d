"""`sessions()` in a deploy.py brings hosts to what is asked, and says truthfully what that took."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Machine, fresh, until
from tests.fleet import house
from tests.fleet.asking import tree
from tests.fleet.conftest import hosts
from tests.fleet.laptop import HOSTS, LAYOUT, SESSION, WINDOW, Laptop, ended, of, provide, windows, words
from tests.fleet.sshd import Fleet


@pytest.mark.slow
def test_hosts_with_nothing_have_all_sessions_up_one_of_them_after_it_died_in_the_middle(
    three: Fleet, machine: Machine
) -> None:
    desk = Laptop(machine, three)
    desk.layout()
    wheels = str(house.fill(machine.root / "wheels", []))
    house.quick_ocmonitor(machine.root / "wheels")
    asked: dict[str, Any] = {
        "layouts": ["desk", "monitoring"],
        "extras": ["monitor"],
        "config": True,
        "wheels": wheels,
    }

    plan = desk.run("--dry", **asked)
    assert plan.returncode == 0, plan.stderr
    assert all(any("ocprov: to be installed" in line for line in of(plan, host)) for host in HOSTS)
    assert not [path for host in three.hosts.values() for path in host.home.iterdir()]

    running = desk.start("-y", **asked, timeout=200)
    until(lambda: three["two"].runs("installer.py"))
    three["two"].crash()
    first = ended(running)
    assert first.returncode != 0
    assert words(first, ["one", "three"]) == ["Success", "Success"], first.stderr
    assert any(line.startswith("error: the connection") for line in of(first, "two")), first.stderr

    three["two"].start(three.root)
    second = desk.run("-y", **asked, timeout=200)
    assert second.returncode == 0, second.stderr
    assert words(second, HOSTS) == ["No changes", "Success", "No changes"], second.stderr
    for host in three.hosts.values():
        names = host.tmux(
            "list-windows", "-t", "=opencode-observability-monitoring", "-F", "#{window_name}"
        ).splitlines()
        assert names[:2] == ["ocmonitor-live-feed", "ocmonitor-daily-costs"]
        assert (host.home / ".config/ocmonitor/config.toml").is_file()
        assert three.ssh(host.name, ".local/bin/ocprov --version").stdout.startswith("ocprov")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """Three hosts with this very ocprov as a fleet's, and all sessions up."""
    with pytest.MonkeyPatch.context() as patch:
        for machine in fresh(tmp_path_factory.mktemp("up"), patch):
            for fleet in hosts(machine, *HOSTS):
                desk = Laptop(machine, fleet)
                desk.layout()
                for host in fleet.hosts.values():
                    provide(host)
                done = desk.run("-y")
                assert words(done, HOSTS) == ["Success"] * 3, done.stderr
                yield desk


def test_a_second_run_changes_nothing(up: Laptop) -> None:
    before = [tree(host.home / ".config") for host in up.fleet.hosts.values()]
    done = up.run("-y")
    assert (done.returncode, words(done, HOSTS)) == (0, ["No changes"] * 3), done.stderr
    asked_first = up.run("--limit", "one", stdin="\n")
    assert words(asked_first, ["one"]) == ["No changes"], asked_first.stderr
    assert [tree(host.home / ".config") for host in up.fleet.hosts.values()] == before


def test_dry_after_an_edit_shows_exactly_the_windows_concerned_and_touches_nothing(up: Laptop) -> None:
    before = [tree(host.home) for host in up.fleet.hosts.values()]
    up.layout(LAYOUT.replace("sleep 4000]", "sleep 4001]", 1) + WINDOW)
    done = up.run("--dry")
    assert done.returncode == 0, done.stderr
    for host in HOSTS:
        said = of(done, host)
        about = [line.split()[1] for line in said if line[:2] in ("+ ", "~ ", "! ", "- ", "? ")]
        assert about == [SESSION, "clock", "more", "clock"], said
        assert any(line.startswith("layouts/desk.yaml.j2: to be replaced") for line in said), said
    assert [tree(host.home) for host in up.fleet.hosts.values()] == before

    assert words(up.run("-y"), HOSTS) == ["Success"] * 3
    assert [windows(up.fleet[host]) for host in HOSTS] == [["clock", "word", "more"]] * 3


def test_what_an_earlier_operation_did_is_seen_though_the_look_before_it_found_all_in_sync(
    up: Laptop,
) -> None:
    earlier = (
        'from pyinfra.operations import server\nserver.shell(["rm .config/ocprov/layouts/desk.yaml.j2"])'
    )
    done = up.run("--limit", "one", stdin="\n", before=earlier)
    assert words(done, ["one"]) == ["Success"], done.stderr
    assert (up.fleet["one"].home / ".config/ocprov/layouts/desk.yaml.j2").exists()


def test_a_second_source_which_would_take_away_the_files_of_the_first_is_refused(up: Laptop) -> None:
    shutil.copytree(up.source, up.machine.home / "other")
    earlier = 'sessions(["desk"], source="./config", config=False, extras=[])'
    done = up.run("-y", "--limit", "one", before=earlier, source="other")
    assert words(done, ["one"]) == ["Error"]
    assert any("other would take away the files that came from" in line for line in of(done, "one"))


def test_an_older_ocprov_of_the_fleet_is_replaced_as_the_plan_says(up: Laptop) -> None:
    place = up.fleet["two"].home / ".local/share/ocprov/fleet"
    newest = (place / "current").readlink()
    (place / newest).rename(place / ("0" * 12))
    (place / "current").unlink()
    (place / "current").symlink_to("0" * 12)
    done = up.run("--dry", "--limit", "one", "--limit", "two")
    assert "ocprov: to be replaced by the one here" in of(done, "two"), done.stderr
    assert not any("replaced" in line for line in of(done, "one"))


def test_facts_say_what_is_there(up: Laptop) -> None:
    shutil.rmtree(up.fleet["three"].home / ".local")
    facts = (
        "from pyinfra import host\nfrom ocprov.fleet.facts import Sessions, Version\n"
        "found = host.get_fact(Sessions)\n"
        "print(host.name, host.get_fact(Version), found and [one['name'] for one in found['sessions']])"
    )
    done = up.run("--dry", "--limit", "one", "--limit", "three", before=facts)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert sorted(said) == ["one", "three"], done.stderr
    assert SESSION in said["one"]
    assert said["three"] == "None None"
