"""What ours builds is what tmuxp's classic builder builds."""

from pathlib import Path

import pytest

from tests.builder import both
from tests.conftest import Machine

# Of tmuxp, which leaves the pipes of a before_script to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
_MARK = "# tmux.conf: "


@pytest.fixture
def home(machine: Machine) -> Path:
    """A HOME with the directories that the corpus names."""
    for name in ("d/e", "d/f", "d/with space 'quoted' é", "d/a;b", "d/$(x)", "d/%H", "f", "e"):
        (machine.home / name).mkdir(parents=True, exist_ok=True)
    return machine.home


@pytest.mark.parametrize("source", CORPUS, ids=lambda path: path.stem)
def test_both_builders_build_the_same(source: Path, home: Path) -> None:
    text = source.read_text()
    path = home / "d" / source.name
    path.write_text(text)
    more = [line.removeprefix(_MARK) for line in text.splitlines() if line.startswith(_MARK)]
    classic, ocprov = both.build(path, home, both.prepare(home, "\n".join([*more, ""])))
    expected, found = both.settled(classic, ocprov)
    assert found == expected
    assert both.whole(found)


def test_the_comparison_looks_at_something(home: Path) -> None:
    path = home / "d" / "everything.yaml"
    path.write_text((Path(__file__).parent / "corpus" / "everything.yaml").read_text())
    _, ocprov = both.build(path, home, both.prepare(home))
    ocprov.tmux("swap-pane", "-s", ":4.0", "-t", ":4.1")
    found = ocprov.snapshot()
    assert [row.split()[0] for row in found["panes"]] == ["0.0", "4.0", "4.1"]
    assert found["environment"].count("T_A=a") == 1
    assert "history-limit 321" in found["session options"]
