"""The session itself: the commands that make it, and its options and environment, as tmuxp sends them."""

from collections.abc import Callable, Iterator
from typing import Any

from ocprov.builder import answer
from ocprov.builder.steps import SESSION, Config, Event, Progress, Run, Step
from ocprov.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """What a build depends on besides the file.

    `directory` makes what tmux is given of what is declared; `size` is columns and rows, or None for tmux's default;
    `hooks` are the plugins' methods that do something.
    """

    directory: Callable[[str], str]
    size: tuple[int, int] | None = None
    hooks: frozenset[str] = frozenset()


def new_session(config: Config, terms: Terms) -> Run:
    """The command that makes the session, with one window of its own that is killed later."""
    words = ["new-session", "-d", "-P", "-F", answer.SESSION_FORMAT, "-s", config["session_name"]]
    if config.get("start_directory"):
        words += ["-c", terms.directory(config["start_directory"])]
    if terms.size is not None:
        words += ["-x", str(terms.size[0]), "-y", str(terms.size[1])]
    return Run(tuple(words))


def created(config: Config, name: str) -> Iterator[Step]:
    """What is told when the session is there."""
    windows = config["windows"]
    panes = sum(len(window.get("panes", [])) for window in windows)
    yield Progress(f"Session created: {name}")
    counts = {"window_total": len(windows), "session_pane_total": panes}
    yield Event({"event": "session_created", "name": name, **counts})


def values(config: Config) -> Iterator[Step]:
    """Options and environment, which come before the windows so that they hold for them."""
    for option, value in config.get("options", {}).items():
        yield Run(("set-option", "-t", SESSION, option, option_value(value)))
    for option, value in config.get("global_options", {}).items():
        yield Run(("set-option", "-t", SESSION, "-g", option, option_value(value)))
    for name, value in config.get("environment", {}).items():
        yield Run(("set-environment", "-t", SESSION, name, str(value)))


def facts() -> Iterator[Step]:
    """What has to be read before indexes and waiting can be worked out."""
    yield Run(("display-message", "-p", "-t", SESSION, answer.FACTS_FORMAT))
    yield Run(("list-windows", "-t", SESSION, "-F", answer.INDEX_FORMAT))


def pane_base_index() -> Iterator[Step]:
    """What the numbers in progress texts start from."""
    yield Run(("display-message", "-p", "-t", SESSION, answer.PANE_BASE_LINE))


def option_value(value: Any) -> str:
    """An option's value as libtmux gives it to tmux."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
