"""Words that a deploy.py has: what a shell would run reaches a host as it is, what no host would take is refused here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyinfra.api.state import State
from pyinfra.context import ctx_state

from ocprov.fleet import operation
from tests.conftest import Machine, until
from tests.fleet.conftest import hosts
from tests.fleet.laptop import Laptop, provide, words

HOSTILE = 'it\'s "a" $(touch ran) `touch ran` ; touch ran & \\ % !! #{pane_id} #(touch ran)'


@pytest.fixture
def desk(machine: Machine) -> Iterator[Laptop]:
    """A host with this very ocprov, and a deploy.py with a layout for it."""
    for fleet in hosts(machine, "one"):
        provide(fleet["one"])
        made = Laptop(machine, fleet)
        made.layout()
        yield made


def test_words_that_a_shell_would_run_reach_a_host_as_they_are_and_others_are_refused_here(
    desk: Laptop,
) -> None:
    refused = desk.run("-y", source="nowhere")
    assert refused.returncode == 1
    assert "hint: put layouts/" in refused.stderr
    assert not (desk.fleet["one"].home / ".config").exists()

    place = desk.fleet["one"].home / "a 'b' $(touch ran); c"
    place.mkdir()
    done = desk.run("-y", variables={"word": HOSTILE}, directory=str(place))
    assert words(done, ["one"]) == ["Success"], done.stderr
    home = desk.fleet["one"].home
    until(lambda: (home / "word").exists() and (home / "word").read_text() == HOSTILE)
    assert not [*desk.fleet.root.parent.rglob("ran"), *desk.machine.home.rglob("ran")]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("", None),
        ("config", "/here/config"),
        ("./config", "/deploy/config"),
        (Path("config"), "/here/config"),
        ("/x/config", "/x/config"),
        ("~/config", "HOME/config"),
    ],
)
def test_a_path_is_where_pyinfra_looks_for_files(
    machine: Machine, given: str | Path, place: str | None
) -> None:
    state = State()
    state.cwd, state.current_exec_filename = "/here", "/deploy/deploy.py"
    with ctx_state.use(state):
        found = operation._here(given)
    assert found == (Path(place.replace("HOME", str(machine.home))) if place else None)
