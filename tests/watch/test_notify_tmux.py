"""The notifier `tmux` shows a text as it is, to everybody who is attached."""

from datetime import date

import pytest

from ocprov.tmux.client import server
from ocprov.watch import notify_tmux
from ocprov.watch.limits import Standing
from ocprov.watch.message import Message
from tests.conftest import Machine, until


@pytest.fixture
def outside(machine: Machine) -> str:
    """A tmux whose two panes are clients of another one, `inner`."""
    machine.tmux("-L", "inner", "-f", "/dev/null", "new-session", "-d", "-s", "in")
    attach = "env -u TMUX tmux -L inner attach"
    machine.tmux("-L", "outer", "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "20", attach)
    machine.tmux("-L", "outer", "split-window", attach)
    until(lambda: len(machine.tmux("-L", "inner", "list-clients").splitlines()) == 2)
    return "outer"


TEXTS = {
    "per-cent": ("OpenCode today: $10.42, 104 % of the limit", "OpenCode today: $10.42, 104 % of the limit"),
    "the-time": ("100%H%M%% of", "100%H%M%% of"),
    "a-format": ("#S #{pid} #[fg=red] ##", "S {pid} [fg=red]"),
    "a-command": ("#(touch pwned)", "(touch pwned)"),
    "a-dash": ("-d 1 ; kill-server", "-d 1 ; kill-server"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS)
def test_everybody_reads_the_text_and_nothing_in_it_runs(
    machine: Machine, outside: str, text: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify_tmux, "_SHOWN_FOR", "600000")
    message = Message(Standing("daily", date(2026, 11, 21), 1.0, 1.0, 100), text)
    assert notify_tmux.send(server("inner"), message)
    for pane in (0, 1):
        until(lambda: shown in machine.tmux("-L", outside, "capture-pane", "-p", "-t", f":0.{pane}"))  # noqa: B023 # called at once
    assert not (machine.home / "pwned").exists()


def test_without_a_client_the_mark_is_enough(machine: Machine) -> None:
    machine.tmux("-L", "inner", "-f", "/dev/null", "new-session", "-d")
    message = Message(Standing("daily", date(2026, 11, 21), 1.0, 1.0, 100), "text")
    assert notify_tmux.send(server("inner"), message)


def test_without_a_server_nobody_was_told(machine: Machine) -> None:
    message = Message(Standing("daily", date(2026, 11, 21), 1.0, 1.0, 100), "text")
    assert not notify_tmux.send(server("inner"), message)
    assert machine.tmux("-L", "inner", "list-sessions") == ""
