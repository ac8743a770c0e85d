"""Windows and their panes: the commands that tmuxp's classic builder sends, in its order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ocprov.builder import answer
from ocprov.builder.names import without_jobs
from ocprov.builder.session import Terms, option_value
from ocprov.builder.slots import FAR
from ocprov.builder.steps import OWN, Config, Event, Hook, Log, Place, Progress, Prompts, Run, Step
from ocprov.builder.typing import typed_in

_BLANK: tuple[Config, ...] = ({"shell_command": []},)


def built(config: Config, terms: Terms, *, first: bool, wait: bool) -> Iterator[Step]:
    """All windows.

    With `first` the one window that is there gives way to the first new one; with `wait` every shell has drawn its
    prompt before it is typed into.
    """
    windows: Sequence[Config] = config["windows"]
    if wait and not _mirrored(config):
        yield from _together(windows, terms, first=first)
    else:
        for number, window in enumerate(windows):
            yield from _started(number, window)
            yield from _created(number, window, terms, first=first and number == 0)
            yield from _panes(number, window, terms, told=True, typed=True, wait=wait)
            yield from _finished(number, window, terms)
    focused = [number for number, window in enumerate(windows) if window.get("focus")]
    if focused:
        # The current window already, unless a hook or a person changed it meanwhile.
        yield Run(("select-window", "-t", Place(focused[-1], current=True)))
    yield Progress("Workspace built")
    yield Event({"event": "workspace_built"})


def panes_of(window: Config) -> Sequence[Config]:
    """The window's panes: there is always one."""
    return window["panes"] or _BLANK


def _together(windows: Sequence[Config], terms: Terms, *, first: bool) -> Iterator[Step]:
    """Everything is made, then waited for at once, then typed into; with plugins, window by window."""
    step = 1 if terms.hooks else len(windows)
    for start in range(0, len(windows), step or 1):
        group = list(enumerate(windows))[start : start + step]
        for number, window in group:
            if terms.hooks:
                yield from _started(number, window)
            yield from _created(number, window, terms, first=first and number == 0)
            yield from _panes(number, window, terms, told=False, typed=False, wait=False)
        yield Prompts(tuple(place for number, window in group for place in _prompting(number, window)))
        for number, window in group:
            if not terms.hooks:
                yield from _started(number, window)
            for pane in range(len(panes_of(window))):
                yield from _told(window, pane)
                yield from typed_in(number, pane, window, panes_of(window)[pane])
            yield from _finished(number, window, terms)


def _mirrored(config: Config) -> bool:
    """Whether panes may be synchronized while they are typed into: then each is, before the next one is there."""
    options = [config.get("options"), config.get("global_options")]
    options += [window.get("options") for window in config["windows"]]
    return any(isinstance(names, Mapping) and "synchronize-panes" in names for names in options)


def _prompting(number: int, window: Config) -> Iterator[Place]:
    for pane, config in enumerate(panes_of(window)):
        if config.get("shell", window.get("window_shell")) is None:
            yield Place(number, pane)


def _started(number: int, window: Config) -> Iterator[Step]:
    name = window.get("window_name")
    yield Progress(f"Creating window: {name or number + 1}")
    event = {"event": "window_started", "name": name or str(number + 1), "pane_total": len(panes_of(window))}
    yield Event(event)


def _logged(window: Config) -> str:
    return str(window.get("window_name") or "")


def _created(number: int, window: Config, terms: Terms, *, first: bool) -> Iterator[Step]:
    if first:
        yield Run(("move-window", "-s", OWN, "-t", Place(index=str(FAR))))
    yield Run(("new-window", "-d", "-P", "-F", answer.window_format(number), *_new(number, window, terms)))
    yield Log("window created", _logged(window), Place(number))
    if first:
        yield Run(("kill-window", "-t", OWN))
    yield from _options(number, window.get("options"))
    if window.get("focus"):
        yield Run(("select-window", "-t", Place(number)))
    if "on_window_create" in terms.hooks:
        yield Hook("on_window_create", number)


def _new(number: int, window: Config, terms: Terms) -> tuple[str | Place, ...]:
    """What the first pane declares for itself takes the place of what the window does."""
    pane = panes_of(window)[0]
    name = window.get("window_name")
    directory = pane.get("start_directory", window.get("start_directory"))
    shell = pane["shell"] if pane.get("shell", "") != "" else window.get("window_shell")
    named = ("-n", without_jobs(name)) if isinstance(name, str) else ()
    environment = pane.get("environment", window.get("environment"))
    place = Place(number, index=_index(window))
    return (*named, *_process(terms, directory, environment), "-t", place, *_shell(shell))


def indexes(config: Config) -> list[str]:
    """The declared index of each window, or an empty string."""
    return [_index(window) for window in config["windows"]]


def _index(window: Config) -> str:
    declared = window.get("window_index")
    return "" if declared is None else str(declared)


def _panes(
    number: int, window: Config, terms: Terms, *, told: bool, typed: bool, wait: bool
) -> Iterator[Step]:
    prompting = set(_prompting(number, window)) if wait else set()
    for pane, config in enumerate(panes_of(window)):
        if told:
            yield from _told(window, pane)
        if pane:
            yield Run(
                ("split-window", "-t", Place(number, pane - 1), *_split(number, pane, window, config, terms))
            )
        yield Log("pane created", _logged(window), Place(number, pane))
        if Place(number, pane) in prompting:
            yield Prompts((Place(number, pane),))
        if "layout" in window:
            layout = (str(window["layout"]),) if window["layout"] else ()
            yield Run(("select-layout", "-t", Place(number), *layout))
        if typed:
            yield from typed_in(number, pane, window, config)


def _told(window: Config, pane: int) -> Iterator[Step]:
    yield Progress("Creating pane: ", pane)
    yield Event({"event": "pane_creating", "pane_num": pane + 1, "pane_total": len(panes_of(window))})


def _split(number: int, pane: int, window: Config, config: Config, terms: Terms) -> tuple[str, ...]:
    directory = config.get("start_directory", window.get("start_directory"))
    shell = config.get("shell", window.get("window_shell"))
    environment = config.get("environment", window.get("environment"))
    flags = ("-v", "-P", "-F", answer.pane_format(number, pane))
    return (*flags, *_process(terms, directory, environment), *_shell(shell))


def _process(terms: Terms, directory: str | None, environment: Mapping[str, Any] | None) -> tuple[str, ...]:
    place = ("-c", terms.directory(directory)) if directory else ()
    own = (word for name, value in (environment or {}).items() for word in ("-e", f"{name}={value}"))
    return (*place, *own)


def _shell(shell: str | None) -> tuple[str, ...]:
    return ("--", str(shell)) if shell else ()


def _options(number: int, options: object) -> Iterator[Step]:
    if isinstance(options, Mapping):
        for name, value in options.items():
            yield Run(("set-option", "-t", Place(number), "-w", name, option_value(value)))


def _finished(number: int, window: Config, terms: Terms) -> Iterator[Step]:
    yield from _options(number, window.get("options_after"))
    if "after_window_finished" in terms.hooks:
        yield Hook("after_window_finished", number)
    panes = panes_of(window)
    focused = [pane for pane, config in enumerate(panes) if config.get("focus")]
    if focused:
        yield Run(("select-pane", "-t", Place(number, focused[-1], back=len(panes) - 1 - focused[-1])))
    yield Event({"event": "window_done"})
