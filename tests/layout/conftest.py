"""A home of its own for each test, and layouts written into it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ocprov.layout.load import Loaded, load
from ocprov.layout.source import find

Write = Callable[..., Path]
Load = Callable[..., Loaded]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HOME, with nothing in it; the working directory is another one."""
    directory = tmp_path / "home"
    directory.mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(directory / ".config"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    return directory


@pytest.fixture
def layouts(home: Path) -> Path:
    """The user's layouts directory."""
    directory = home / ".config/ocprov/layouts"
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def shipped_layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that stands for the shipped layouts."""
    package = tmp_path / "package"
    (package / "_data/layouts").mkdir(parents=True)
    monkeypatch.setattr("ocprov.resources._PACKAGE", package)
    return package / "_data/layouts"


@pytest.fixture
def write(layouts: Path) -> Write:
    """Write one of the user's layouts."""

    def writer(text: str, name: str = "mine.yaml.j2") -> Path:
        path = layouts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return writer


@pytest.fixture
def load_mine(write: Write, tmp_path: Path) -> Load:
    """Write a layout called `mine`, and load it."""

    def loader(text: str, *settings: str, directory: Path | None = None) -> Loaded:
        write(text)
        return load(find("mine"), settings=settings, directory=directory or tmp_path)

    return loader
