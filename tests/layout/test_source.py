"""Which layouts there are, and which one a name means."""

import os
from pathlib import Path

import pytest

from ocprov.errors import LayoutError
from ocprov.layout.load import load
from ocprov.layout.source import find, sources
from tests.layout.conftest import Write

GOOD = "session_name: opencode-development-x\nwindows:\n  - window_name: one\n"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "~/x",
        "a/b",
        "x\0y",
        ".",
        "..",
        ".hidden",
        "",
        " ",
        "-x",
        "a.b",
        "é",
        "x" * 200,
    ],
    ids=ascii,
)
def test_rows_40_to_42_what_is_no_name(name: str, write: Write) -> None:
    write(GOOD, ".hidden.yaml.j2")
    with pytest.raises(LayoutError, match="is no name for a layout") as caught:
        find(name)
    assert "\0" not in caught.value.message


def test_row_42_con_is_a_name_like_any_other() -> None:
    with pytest.raises(LayoutError, match='no layout is called "CON"'):
        find("CON")


def test_row_44_names_differ_by_case(write: Write) -> None:
    write(GOOD, "mine.yaml")
    with pytest.raises(LayoutError, match='no layout is called "Mine"') as caught:
        find("Mine")
    assert caught.value.hint == 'did you mean "mine"? (ocprov ls shows all)'


def test_a_near_name_is_offered(shipped_layouts: Path) -> None:
    (shipped_layouts / "observability").mkdir()
    (shipped_layouts / "observability/any.yaml.j2").write_text(f"alias: monitoring\n---\n{GOOD}")
    with pytest.raises(LayoutError) as caught:
        find("monitorng")
    assert caught.value.message == 'no layout is called "monitorng"'
    assert caught.value.hint == 'did you mean "monitoring"? (ocprov ls shows all)'


def test_the_users_layout_wins_and_says_so(shipped_layouts: Path, write: Write) -> None:
    (shipped_layouts / "mine.yaml.j2").write_text(f"description: shipped\n---\n{GOOD}")
    (shipped_layouts / "other.yaml.j2").write_text(GOOD)
    path = write(f"alias: mine\ndescription: the user's\n---\n{GOOD}", "sub/named.yml.j2")
    assert find("mine").path == path
    assert [(found.alias, found.user, found.shadows, found.shadowed) for found in sources()] == [
        ("mine", True, True, False),
        ("mine", False, False, True),
        ("other", False, False, False),
    ]


def test_partials_and_other_files_are_no_layouts(write: Write) -> None:
    for name in (
        "_part.yaml.j2",
        ".hidden.yaml.j2",
        "notes.txt",
        "_sub/a.yaml.j2",
        ".git/b.yaml",
        "good.yml",
    ):
        write(GOOD, name)
    assert [found.alias for found in sources() if found.user] == ["good"]


def test_a_broken_layout_does_not_hide_the_others(write: Write) -> None:
    write("aliaz: x\n---\n", "broken.yaml.j2")
    write(GOOD, "not a name.yaml.j2")
    write(GOOD, "good.yaml.j2")
    assert find("good").alias == "good"
    with pytest.raises(
        LayoutError, match=r'^~/\.config/ocprov/layouts/broken\.yaml\.j2:1: unknown key "aliaz"'
    ):
        find("broken")
    assert sum(found.problem is not None for found in sources()) == 2


LINKS = {
    "own": (0o644, 0o755, ""),
    "file-world-writable": (0o666, 0o755, "which every user can write"),
    "directory-world-writable": (0o644, 0o777, "which every user can write"),
    "dangling": (None, 0o755, "its link leads nowhere"),
    "loop": (None, 0o755, "its link leads nowhere"),
}


@pytest.mark.parametrize("kind", LINKS)
def test_row_43_a_link_that_leads_out_of_the_directory(kind: str, layouts: Path, tmp_path: Path) -> None:
    file_mode, directory_mode, said = LINKS[kind]
    target = tmp_path / "dotfiles/mine.yaml.j2"
    target.parent.mkdir()
    if file_mode is not None:
        target.write_text(GOOD)
        target.chmod(file_mode)
    if kind == "loop":
        target = layouts / "mine.yaml.j2"
    tmp_path.joinpath("dotfiles").chmod(directory_mode)
    (layouts / "mine.yaml.j2").symlink_to(target)
    if not said:
        assert find("mine").alias == "mine"
        return
    with pytest.raises(LayoutError, match=said):
        find("mine")


@pytest.mark.parametrize("target", ["/etc/passwd", "other"])
def test_row_43_a_link_to_what_another_user_owns(
    target: str, layouts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if target == "other":
        target = str(tmp_path / "other.yaml")
        Path(target).write_text(GOOD)
    # Whoever runs the tests may be root: then it is this process that is somebody else.
    owner = Path(target).stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    (layouts / "mine.yaml.j2").symlink_to(target)
    with pytest.raises(LayoutError, match="which belongs to another user"):
        find("mine")


def test_a_linked_folder_of_layouts_is_followed_and_a_loop_ends(layouts: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir(mode=0o755)
    (tmp_path / "dotfiles/mine.yaml").write_text(GOOD)
    (layouts / "linked").symlink_to(tmp_path / "dotfiles")
    (tmp_path / "dotfiles/again").symlink_to(layouts)
    assert find("mine").path == layouts / "linked/mine.yaml"


def test_a_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere/.ocprov.yaml.j2"
    path.write_text(GOOD)
    found = load(Path(".ocprov.yaml.j2"), directory=tmp_path)
    assert (found.source.path, found.source.user) == (path, False)
    path.write_text("nothing: 1\n")
    with pytest.raises(LayoutError, match=r"^\.ocprov\.yaml\.j2:1: "):
        load(path, directory=tmp_path)


def test_a_layout_that_cannot_be_read(write: Write) -> None:
    path = write(GOOD)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(LayoutError, match="is not a file"):
        find("mine")
