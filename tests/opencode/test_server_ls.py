"""`server ls`: what is told of servers, to people and to programs; and the names that Tab completes."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from ocprov.cli import show_server
from ocprov.opencode.life.found import Hand
from ocprov.opencode.look.seen import Seen
from ocprov.opencode.record import Options, Process, Record, Unreadable
from tests.completion.patient import PATIENT
from tests.conftest import DEADLINE, Machine
from tests.opencode.kept import keep

SHOP = Record(
    "/home/me/src/shop", "http://127.0.0.1:24059", 24059, "ready", server=Process(7, "1"), version="1.18.33"
)
READY = Seen(SHOP, "ready", memory=340_000_000, conversations=12, uptime=3720)


def test_a_table_for_people() -> None:
    gone = replace(READY, health="dead", memory=0, conversations=None, uptime=0.0, why="killed by SIGKILL")
    large = replace(READY, memory=2_100_000_000, conversations=500, more=True)
    odd = Seen(Unreadable("odd-123456", "it is damaged"), "unknown", "it is damaged")
    lines = show_server.lines(
        (READY, gone, large, odd), [(Hand(8, "opencode", "/else/x\x1b"), 0)], "/home/me"
    )
    plain = [" ".join(line.split()) for line in lines]
    assert [line.replace("\033[", "") for line in plain][1:6] == [
        "~/src/shop 24059 7 12 340 MB 1h 2m 32mready0m",
        "~/src/shop 24059 - - - - 31mdead0m",
        "~/src/shop 24059 7 500+ 2.1 GB 1h 2m 32mready0m",
        "odd-123456 - - - - - 33munknown0m",
        "/else/x\\x1b - 8 - - - 33mby hand0m",
    ]
    assert plain[6:] == ["~/src/shop: killed by SIGKILL", "odd-123456: it is damaged"]


def test_rows_for_programs_all_have_the_same_keys() -> None:
    odd = Seen(Unreadable("odd-123456", "it is damaged"), "unknown", "it is damaged")
    rows = show_server.data((READY, odd), [(Hand(8, "opencode serve", "/else"), 5)])
    assert len({tuple(row) for row in rows}) == 1
    assert rows[0] | {"pid": 0} == {
        "name": SHOP.name,
        "directory": "/home/me/src/shop",
        "port": 24059,
        "pid": 0,
        "url": "http://127.0.0.1:24059",
        "state": "ready",
        "health": "ready",
        "isolation": Options().isolation,
        "version": "1.18.33",
        "restarts": 0,
        "reason": None,
        "conversations": 12,
        "more": False,
        "memory": 340_000_000,
        "uptime": 3720,
        "by_hand": False,
    }
    assert (rows[1]["name"], rows[1]["reason"], rows[1]["directory"]) == ("odd-123456", "it is damaged", None)
    assert (rows[2]["pid"], rows[2]["by_hand"], rows[2]["memory"]) == (8, True, 5)


@pytest.mark.parametrize(
    ("home", "shown"), [("/home/me", "~"), ("/home/m", "/home/me"), ("", "/home/me"), ("/", "/home/me")]
)
def test_the_home_directory_is_shortened_and_no_other(home: str, shown: str) -> None:
    assert show_server.short("/home/me", home) == shown


def test_nothing_is_no_failure(machine: Machine) -> None:
    done = machine.ocprov("server", "ls", "--dir", str(machine.home))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "ocprov: no server was started there; ocprov server ensure starts one\n"
    done = machine.ocprov("server", "ls", "--json", "--exit-code", "--dir", ".")
    assert (done.returncode, json.loads(done.stdout)["data"]) == (0, {"servers": []})


def test_one_that_is_not_ready_makes_the_exit_code(machine: Machine) -> None:
    known = keep(machine)
    keep(machine)
    assert machine.ocprov("server", "ls").returncode == 0
    done = machine.ocprov("server", "ls", "--exit-code", "--json")
    (row,) = [row for row in json.loads(done.stdout)["data"]["servers"] if not row["by_hand"]]
    assert (done.returncode, row["name"], row["health"], row["pid"]) == (3, known.name, "dead", None)


def test_a_directory_that_is_gone_still_names_its_server(machine: Machine) -> None:
    known = keep(machine)
    (machine.home / "shop").rmdir()
    done = machine.ocprov("server", "ls", "--dir", "shop", "--json")
    assert json.loads(done.stdout)["data"]["servers"][0]["name"] == known.name


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("server", "logs"), "plain\tshop-{hash}\t{home}/shop\n"),
        (("server", "ls", "--dir"), "dir\t\t\n"),
        (("server", "attach", "--dir", "{home}/s"), "plain\t{home}/shop\tshop-{hash}\n"),
    ],
)
def test_tab_completes_servers(machine: Machine, words: tuple[str, ...], answer: str) -> None:
    known = keep(machine)
    home, last = str(machine.home), words[-1] if "{" in words[-1] else ""
    before = "\n".join(("", *(word for word in words if word != last)))
    asked = {
        "_OCPROV_COMPLETE": "fish_complete",
        "_OCPROV_WORDS": before,
        "_OCPROV_WORD": last.format(home=home),
    }
    done = subprocess.run(
        [sys.executable, "-c", PATIENT],
        env={**os.environ, **asked},
        cwd=machine.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.stdout == answer.format(home=home, hash=known.name.removeprefix("shop-"))
