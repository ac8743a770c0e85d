"""The development session after a reboot, with tmux-resurrect and tmux-continuum: its server is there again."""

import pytest

from ocprov.opencode import password, process
from tests.conftest import until
from tests.opencode.development import (
    START,
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
from tests.persistence.plugins import Plugins, both, conf, save

pytestmark = pytest.mark.slow


@both
def test_the_server_window_runs_again_and_finds_its_port_and_password(
    opencode: Opencode, plugins: Plugins
) -> None:
    machine, shop = opencode.machine, opencode.directory()
    conf(machine, plugins, "set -g @continuum-restore on", machine.ocprov("tmux-conf").stdout)
    session = up(opencode, shop)
    before = ready(opencode, shop)
    secret = password.read(before.places)
    attached(machine, session)
    saved = save(machine)
    machine.end_tmux()
    until(lambda: gone(before), START)

    machine.tmux("new-session", "-d", "-s", "first")
    after = until(lambda: ready(opencode, shop), START)
    assert (after.port, password.read(after.places)) == (before.port, secret)
    attached(machine, session)
    works(opencode, after, "hold on")
    until(lambda: shown(machine, session, "the long one"), START)
    assert secret not in saved + save(machine) + open_to_everybody(machine, session)

    # A conversation that works outlives tmux, and the window finds its server.
    machine.end_tmux()
    assert process.runs(after.server)
    # Else the window may be the first to supervise it, and has nobody to tell of.
    until(lambda: ready(opencode, shop).supervisor != after.supervisor, START)
    machine.tmux("new-session", "-d", "-s", "first")
    until(lambda: "supervises it" in screen(machine, session, "server"), START)
    attached(machine, session)
    opencode.provider.release()
    until(lambda: not opencode.ask(after, lambda client: client.status()), START)
    assert ready(opencode, shop).server == after.server
    assert opencode.ocprov("down", "--yes", session).returncode == 0
    until(lambda: gone(after))
