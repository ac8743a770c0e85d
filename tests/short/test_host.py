"""`ocprov host` where nothing is to be done: the same report as by the long way, without what that imports."""

from collections.abc import Callable, Iterator

import pytest

from ocprov.core.value import replace
from ocprov.fleet.request import Request
from ocprov.short.arguments import parse
from tests.conftest import Machine, fresh
from tests.fleet.asking import Answer, ask, quick_ocmonitor
from tests.fleet.test_host_look import LAYOUT, NAME
from tests.short import ways

FILES = {
    "layouts/boxes.yaml.j2": LAYOUT.encode(),
    "layouts/two.yaml.j2": LAYOUT.replace("boxes", "two").encode(),
    "ocmonitor.config.toml": b"[ui]\ntheme = 'light'\n",
    "config.toml": b"[status]\ninterval = 3\n",
}
REQUEST = Request(("boxes", "two"), ("who=it's",), "~/work", FILES)
# A variable of an option makes the short way leave the call alone.
LONG = {"OCPROV_VERBOSE": "0"}


@pytest.fixture
def settled(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A host that is as asked, and each launcher has told its state."""
    return settle(machine, monkeypatch)


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The same, for all tests that change nothing on it."""
    with pytest.MonkeyPatch.context() as patch:
        for made in fresh(tmp_path_factory.mktemp("host"), patch):
            yield settle(made, patch)


def settle(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", quick_ocmonitor(machine))
    (machine.home / "work").mkdir()
    done = ask(machine, "apply", REQUEST)
    assert done.code == 0, done
    ways.told(machine)
    return machine


def short(machine: Machine, verb: str = "look", **more: str) -> bool:
    """Whether the short way was enough."""
    answer = ask(machine, verb, REQUEST, PYTHONPROFILEIMPORTTIME="1", **more)
    return answer.code == 0 and not _imports(answer, "ocprov.core.plan")


def _imports(answer: Answer, module: str) -> bool:
    return any(line.split("|")[-1].strip() == module for line in answer.err.splitlines())


@pytest.mark.parametrize("verb", ["look", "apply"])
def test_both_ways_answer_the_same(resting: Machine, verb: str) -> None:
    assert short(resting, verb)
    assert not short(resting, verb, **LONG)
    here, there = ask(resting, verb, REQUEST), ask(resting, verb, REQUEST, **LONG)
    assert here.report.in_sync
    assert here.report == there.report
    assert here.code == there.code == 0


def test_windows_of_a_person_s_own_are_told_the_same(settled: Machine) -> None:
    settled.tmux("new-window", "-d", "-t", f"={NAME}:", "-n", "mine", "sleep", "1000")
    assert short(settled)
    here = ask(settled, "look", REQUEST)
    assert here.item("boxes").lines == (
        f"{NAME}: nothing changed",
        "  ? mine  window 2 is not ocprov's, left alone",
    )
    assert here.report == ask(settled, "look", REQUEST, **LONG).report


def test_click_and_what_renders_are_not_imported(resting: Machine) -> None:
    answer = ask(resting, "look", REQUEST, PYTHONPROFILEIMPORTTIME="1")
    slow = ("click", "jinja2", "yaml", "tmuxp", "rich", "asyncio", "subprocess", "ocprov.layout.load")
    assert not [module for module in slow if _imports(answer, module)]


def test_it_asks_tmux_once_for_each_session_and_loginctl_once(settled: Machine) -> None:
    path, notes = ways.recorded(settled, 'exec "$real" "$@"')
    prepared = ask(settled, "apply", REQUEST, PATH=path)  # a layout is prepared for each PATH
    assert prepared.code == 0
    notes.unlink()
    assert short(settled, PATH=path)
    assert len(notes.read_text().splitlines()) == 2


def edited_here(machine: Machine) -> Request:
    (machine.home / ".config/ocprov/layouts/boxes.yaml.j2").write_text("mine")
    return REQUEST


def edited_there(_: Machine) -> Request:
    return replace(REQUEST, files={**FILES, "layouts/boxes.yaml.j2": LAYOUT.replace("2000", "3000").encode()})


def another_file(_: Machine) -> Request:
    return replace(REQUEST, files={**FILES, "layouts/three.yaml.j2": b"x"})


def one_file_less(_: Machine) -> Request:
    return replace(REQUEST, files={name: FILES[name] for name in FILES if "two" not in name})


def another_value(_: Machine) -> Request:
    return replace(REQUEST, settings=("who=you",))


def another_directory(machine: Machine) -> Request:
    (machine.home / "other").mkdir()
    return replace(REQUEST, directory="other")


def window_gone(machine: Machine) -> Request:
    machine.tmux("kill-window", "-t", f"={NAME}:=second")
    return REQUEST


def session_gone(machine: Machine) -> Request:
    machine.tmux("kill-session", "-t", f"={NAME}:")
    return REQUEST


def tmux_gone(machine: Machine) -> Request:
    machine.end_tmux()
    return REQUEST


def config_edited(machine: Machine) -> Request:
    (machine.home / ".config/ocmonitor/config.toml").write_text("mine")
    return REQUEST


def launcher_gone(machine: Machine) -> Request:
    next(path for path in machine.state.joinpath("run").rglob("second") if NAME in str(path)).unlink()
    return REQUEST


Change = Callable[[Machine], Request]
ASKED: tuple[Change, ...] = (edited_there, another_file, one_file_less, another_value, another_directory)
DONE: tuple[Change, ...] = (
    edited_here, window_gone, session_gone, tmux_gone, config_edited, launcher_gone,
)  # fmt: skip


@pytest.mark.parametrize("change", ASKED, ids=lambda change: change.__name__)
def test_what_is_asked_otherwise_is_left_to_the_long_way(resting: Machine, change: Change) -> None:
    differs(resting, change)


@pytest.mark.parametrize("change", DONE, ids=lambda change: change.__name__)
def test_what_differs_is_left_to_the_long_way(settled: Machine, change: Change) -> None:
    differs(settled, change)


def differs(machine: Machine, change: Change) -> None:
    asked = change(machine)
    answer = ask(machine, "look", asked)
    assert not answer.report.in_sync, "of all these none is as asked"
    assert answer.report == ask(machine, "look", asked, **LONG).report


LINES = (
    "host", "host servers", "host look x", "host --help", "host look --help", "-L x host look", "-v host look",
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_other_forms_are_left_to_click(line: str) -> None:
    assert parse(line.split()) is None


def test_a_broken_request_is_told_the_same(machine: Machine) -> None:
    here, there = ask(machine, "look", "{}"), ask(machine, "look", "{}", **LONG)
    assert here == there
    assert here.code == 1


def test_a_machine_that_was_never_touched_is_not_touched_by_a_look(machine: Machine) -> None:
    ask(machine, "look", Request())
    assert list(machine.home.rglob("*")) == []


def test_nothing_asked_is_in_sync(machine: Machine) -> None:
    answer = ask(machine, "look", Request(config=False))
    assert answer.report.items == ()
    assert answer.report.in_sync
