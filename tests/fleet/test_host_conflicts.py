"""What is in the way on a host: named, and left as it is."""

import os

import pytest

from ocprov.fleet import files
from ocprov.fleet.request import Request
from tests.conftest import Machine
from tests.fleet.asking import ask, quick_ocmonitor, tree
from tests.fleet.test_host_apply import EDITED, config, without_talk
from tests.fleet.test_host_look import LAYOUT, NAME, PATH, asked

NOBODY = 65534


def test_what_was_put_there_is_replaced_and_what_was_edited_there_is_a_conflict(machine: Machine) -> None:
    ask(machine, "apply", asked())
    (config(machine) / PATH).write_text(LAYOUT + "  - window_name: mine\n")
    before = tree(machine.home)
    request = Request(("boxes",), files={PATH: EDITED.encode(), "layouts/more.yaml": b"x"}, config=False)
    refused = ask(machine, "apply", request)
    assert without_talk(refused) == (
        4,
        {PATH: "conflict", "layouts/more.yaml": "skipped", "boxes": "skipped"},
    )
    assert refused.item(PATH).lines[0].startswith(f"{PATH}: it is in the way, it was edited since")
    assert "force" in refused.item(PATH).hint
    assert {**tree(machine.home), ".local/state/ocprov/fleet.lock": b""} == {
        **before,
        ".local/state/ocprov/fleet.lock": b"",
    }
    forced = ask(
        machine, "apply", Request(("boxes",), files={PATH: EDITED.encode()}, config=False, force=True)
    )
    assert without_talk(forced) == (0, {PATH: "change", "boxes": "change"})
    assert (config(machine) / PATH).read_text() == EDITED


def test_every_conflict_is_named(machine: Machine) -> None:
    names = ("layouts/a.yaml", "layouts/b.yaml", "config.toml")
    (config(machine) / "layouts").mkdir(parents=True)
    for name in names:
        (config(machine) / name).write_text("# mine\n")
    answer = ask(machine, "apply", Request(files=dict.fromkeys(names, b"# yours\n"), config=False))
    assert without_talk(answer) == (4, dict.fromkeys(names, "conflict"))
    assert not machine.state.joinpath("fleet.json").exists()


@pytest.mark.parametrize("where", ["the file", "its folder", "the directory"])
def test_links_are_not_followed_out_of_their_place(machine: Machine, where: str) -> None:
    outside = machine.root / "outside"
    outside.mkdir()
    (outside / "boxes.yaml.j2").write_text("theirs")
    layouts = config(machine) / "layouts"
    layouts.parent.mkdir(parents=True)
    if where == "the directory":
        layouts.parent.rmdir()
        layouts.parent.symlink_to(outside)
    elif where == "its folder":
        layouts.symlink_to(outside)
    else:
        layouts.mkdir()
        (layouts / "boxes.yaml.j2").symlink_to(outside / "boxes.yaml.j2")
    answer = ask(machine, "apply", asked())
    assert answer.code == 4, answer.words
    assert "link" in answer.item(PATH).lines[0] or "leads out" in answer.item(PATH).lines[0]
    assert tree(outside) == {"boxes.yaml.j2": b"theirs"}


def test_force_puts_a_file_in_the_place_of_a_link_and_leaves_what_it_leads_to(machine: Machine) -> None:
    mine = machine.root / "mine"
    mine.write_text("mine")
    (config(machine) / "layouts").mkdir(parents=True)
    (config(machine) / PATH).symlink_to(mine)
    request = Request(files={PATH: LAYOUT.encode()}, config=False, force=True)
    assert ask(machine, "apply", request).code == 0
    assert not (config(machine) / PATH).is_symlink()
    assert mine.read_text() == "mine"
    assert ask(machine, "look", request).report.in_sync


@pytest.mark.parametrize("kind", ["a folder", "a FIFO"])
def test_what_is_no_file_stays_in_the_way_of_force_too(machine: Machine, kind: str) -> None:
    place = config(machine) / PATH
    place.parent.mkdir(parents=True)
    if kind == "a FIFO":
        os.mkfifo(place)
    else:
        place.mkdir()
    answer = ask(machine, "apply", Request(files={PATH: b"x"}, config=False, force=True))
    assert without_talk(answer) == (4, {PATH: "conflict"})
    assert "no plain file" in answer.item(PATH).lines[0]
    assert answer.item(PATH).hint.startswith("look at it there: ls -ld ")


@pytest.mark.parametrize("own", [0, 2], ids=["the directory", "a file in directories of one's own"])
def test_what_belongs_to_another_user_is_left(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, own: int
) -> None:
    (config(machine) / "layouts").mkdir(parents=True)
    (config(machine) / PATH).write_text("theirs")
    users = iter([os.geteuid()] * own)
    monkeypatch.setattr(os, "geteuid", lambda: next(users, NOBODY))
    (step,) = files.steps({PATH: b"ours"}, {}, force=True)
    assert (step.action, step.reason[-24:]) == ("conflict", " belongs to another user")


def test_a_directory_in_a_dotfiles_checkout_at_home_is_as_good_as_any(machine: Machine) -> None:
    checkout = machine.home / "dotfiles/ocprov"
    checkout.mkdir(parents=True)
    config(machine).parent.mkdir()
    config(machine).symlink_to(checkout)
    assert ask(machine, "apply", asked()).code == 0
    assert (checkout / PATH).read_text() == LAYOUT
    assert ask(machine, "look", asked()).report.in_sync


def test_a_conflict_of_ocmonitor_s_config_keeps_all_from_being_touched(machine: Machine) -> None:
    place = machine.home / ".config/ocmonitor/config.toml"
    place.parent.mkdir(parents=True)
    place.write_text("# mine\n")
    request, quick = Request(("boxes",), files={PATH: LAYOUT.encode()}), quick_ocmonitor(machine)
    refused = ask(machine, "apply", request, PATH=quick)
    assert without_talk(refused) == (
        4,
        {PATH: "skipped", "ocmonitor": "conflict", "boxes": "skipped"},
    )
    assert "force=True puts ours in its place" in refused.item("ocmonitor").hint
    assert not config(machine).exists()
    forced = Request(("boxes",), files={PATH: LAYOUT.encode()}, force=True)
    assert ask(machine, "apply", forced, PATH=quick).code == 0
    assert "# mine" in "".join(path.read_text() for path in place.parent.glob("*.bak"))


def test_a_session_that_is_not_ocprov_s_keeps_all_from_being_touched(machine: Machine) -> None:
    machine.tmux("-f", "/dev/null", "new-session", "-d", "-s", NAME, "-n", "mine")
    answer = ask(machine, "apply", asked())
    assert without_talk(answer) == (4, {PATH: "skipped", "boxes": "conflict"})
    assert not config(machine).exists()
    assert machine.windows(NAME) == ["0 mine"]


def test_by_sudo_nothing_is_put_into_the_home_of_who_called_it(machine: Machine) -> None:
    if os.geteuid() == 0:
        os.chown(machine.home, NOBODY, NOBODY)
    home = str(machine.home) if os.geteuid() == 0 else "/"  # which is root's
    for verb, request in (("apply", asked()), ("look", Request(config=False))):
        answer = ask(machine, verb, request, HOME=home, SUDO_UID=str(NOBODY))
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.endswith(
            "belongs to another user than sudo runs ocprov as\nhint: run it without sudo\n"
        )
    assert list(machine.home.iterdir()) == []
