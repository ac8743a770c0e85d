"""The development session: the one server of its directory, what uses it beside, and the end of both."""

import json
import os
import signal
import subprocess

import pytest

from ocprov.opencode import password, process
from tests.conftest import Machine, until
from tests.opencode.development import (
    START,
    asked,
    attached,
    gone,
    open_to_everybody,
    ready,
    screen,
    shown,
    up,
    works,
)
from tests.opencode.real import Opencode

pytestmark = pytest.mark.slow


def states(opencode: Opencode, session: str) -> set[tuple[str, str]]:
    """The windows of a session, each with what its first pane does."""
    windows = opencode.data("status", session)["sessions"][0]["windows"]
    return {(window["name"], window["panes"][0]["state"]) for window in windows}


def test_two_sessions_live_side_by_side_each_with_the_server_of_its_directory(opencode: Opencode) -> None:
    machine, shop, blog = opencode.machine, opencode.directory("shop"), opencode.directory("blog")
    first, second = up(opencode, shop), up(opencode, blog)
    known, other = ready(opencode, shop), ready(opencode, blog)
    assert (known.port, known.name) != (other.port, other.name)

    # What is live is as declared, by whatever way one comes to the directory.
    link = machine.home / "link"
    link.symlink_to(shop)
    again = opencode.ocprov("up", "-d", "development", "--dir", str(link))
    assert again.stdout.strip() == f"{first}: nothing changed"
    plan = opencode.ocprov("plan", "development", "--dir", str(shop), "--exit-code")
    assert plan.returncode == 0, plan.stdout
    until(
        lambda: (
            states(opencode, first) >= {("server", "running"), ("attach", "running"), ("events", "running")}
        )
    )
    assert ready(opencode, shop) == known

    # Each session shows its own server.
    attached(machine, first)
    conversation = works(opencode, known, "hold the shop")
    until(lambda: shown(machine, first, "the long one"), START)
    assert "the long one" not in screen(machine, second, "events")

    # The password is in its file alone, while all of it runs.
    secret = password.read(known.places)
    assert secret not in open_to_everybody(machine, first)
    machine.tmux("set-environment", "-g", "GIVEN_AWAY", secret)
    assert secret in open_to_everybody(machine, first)  # it does look
    machine.tmux("set-environment", "-gu", "GIVEN_AWAY")
    assert known.places.password.stat().st_mode & 0o777 == 0o600

    # Nothing is ended while a conversation works: not by --yes, and a person is asked.
    refused = opencode.ocprov("down", "--yes", first)
    assert refused.returncode == 4
    assert refused.stderr.splitlines()[-2:] == [
        f"error: server {known.name} is busy: {conversation} (the long one)",
        "hint: wait until it is not, or end it all the same: add --force",
    ]
    answered = asked(machine, f"down --yes {first}", "n")
    assert f"{conversation} (the long one)" in answered
    assert "nothing was ended" in answered
    assert (process.runs(known.server), machine.windows(first)) == (True, machine.windows(second))

    # The other one is idle, and ends with its server; this one is left alone.
    ended = opencode.data("down", "--yes", second)
    assert [one["name"] for one in ended["sessions"]] == [second]
    assert ended["servers"] == [{"name": other.name, "directory": str(blog), "pid": other.server.pid}]
    assert gone(other)
    assert process.runs(known.server)
    ended = opencode.data("down", "--yes", "--force", first)
    assert [one["pid"] for one in ended["servers"]] == [known.server.pid]
    assert gone(known)
    assert (opencode.record(shop).state, opencode.record(blog).state) == ("stopped", "stopped")


def test_the_server_window_follows_what_is_done_with_its_server(opencode: Opencode) -> None:
    machine, shop = opencode.machine, opencode.directory()
    session = up(opencode, shop)
    known = ready(opencode, shop)

    # Stopped by a person it stays so, whatever `up` says, until its window is run again.
    assert opencode.ocprov("server", "stop", "--dir", str(shop)).returncode == 0
    until(lambda: "Enter runs it again" in screen(machine, session, "server"))
    assert "server ended with 0" in screen(machine, session, "server")
    up(opencode, shop)
    assert gone(known)
    assert opencode.ocprov("restart", session, "server").returncode == 0
    again = ready(opencode, shop)
    assert again.port == known.port
    attached(machine, session)

    # Run again while it runs, it is ended properly, and comes back on its port.
    assert opencode.ocprov("restart", session, "server").returncode == 0
    until(lambda: gone(again), START)
    third = ready(opencode, shop)
    assert third.port == known.port

    # One that does not answer: nobody can tell what would be lost.
    for one in (third.supervisor, third.server):  # its supervisor looks away: it would start it again
        os.kill(one.pid, signal.SIGSTOP)
    refused = opencode.ocprov("down", "--yes", session)
    for one in (third.server, third.supervisor):
        os.kill(one.pid, signal.SIGCONT)
    assert refused.returncode == 4
    assert "does not tell whether" in refused.stderr
    assert machine.windows(session)

    # One whose supervisor was killed belongs to nobody, and ends too.
    os.kill(third.supervisor.pid, signal.SIGKILL)
    until(lambda: not process.runs(third.supervisor))
    assert process.runs(third.server)
    ended = opencode.data("down", "--yes", session)
    assert [one["pid"] for one in ended["servers"]] == [third.server.pid]
    assert gone(third)


def test_a_server_that_was_started_before_is_used_and_ends_with_the_session(opencode: Opencode) -> None:
    machine, shop = opencode.machine, opencode.directory()
    known = opencode.ensure()
    session = up(opencode, shop)
    attached(machine, session)
    assert ready(opencode, shop) == known
    until(lambda: f"process {known.supervisor.pid} supervises it" in screen(machine, session, "server"))
    ended = opencode.data("down", "--yes", session)
    assert [one["pid"] for one in ended["servers"]] == [known.server.pid]
    assert gone(known)


def test_an_opencode_started_by_hand_is_named_in_the_server_window(opencode: Opencode) -> None:
    machine, shop = opencode.machine, opencode.directory()
    with subprocess.Popen(
        ["opencode", "serve", "--port", "0"], cwd=shop, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as by_hand:
        try:
            session = up(opencode, shop)
            until(lambda: "Enter runs it again" in screen(machine, session, "server"), START)
            told = screen(machine, session, "server")
        finally:
            by_hand.kill()
    assert f"process {by_hand.pid}" in told
    assert "hint:" in told


def test_a_session_that_has_no_server_is_ended_without_one(machine: Machine) -> None:
    machine.layout("dev", "session_name: opencode-development-x\nwindows: [{window_name: a}]\n")
    assert machine.ocprov("up", "-d", "dev").returncode == 0
    done = machine.ocprov("down", "--yes", "dev", "--json")
    assert json.loads(done.stdout)["data"]["servers"] == []
