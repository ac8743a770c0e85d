"""What a value in a workspace may be: the rules that keys are checked by."""

from collections.abc import Callable, Mapping

from ocprov.core.names import printable

Path = tuple[str | int, ...]
Rule = Callable[[Path, object], None]

BLANK = (None, "", "blank", "pane")  # what tmuxp takes for a pane without a command

_COMMAND_KEYS = (
    "shell_command",
    "shell_command_before",
    "panes",
    "notice",
    "on_start",
    "on_stop",
    "on_attach",
)


class WorkspaceError(Exception):
    """A workspace is wrong at `path`; the layout part knows which line of which file that is."""

    def __init__(self, path: Path, message: str, hint: str = "correct it there, then: ocprov check") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def no_control_characters(path: Path, value: object, key: str = "") -> None:
    """Newline and tab belong in commands and nowhere else; other control characters nowhere at all."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            no_control_characters((*path, name), str(name))
            inside = key if name == "cmd" and key in _COMMAND_KEYS else str(name)
            no_control_characters((*path, name), item, inside)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            no_control_characters((*path, number), item, "shell_command" if key == "panes" else key)
    elif isinstance(value, str):
        allowed = "\n\t" if key in _COMMAND_KEYS else ""
        wrong = [
            char for char in value if not char.isprintable() and char not in allowed and char != "\ufeff"
        ]
        if any(ord(char) < 32 or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000 for char in wrong):
            raise WorkspaceError(path, f"a control character in {printable(value)[:60]!r}", "take it out")


def mapping(path: Path, value: object, otherwise: str) -> Mapping[str, object]:
    """`value`, which has to be a mapping."""
    if not isinstance(value, Mapping):
        raise WorkspaceError(path, otherwise)
    return value


def text(path: Path, value: object) -> None:
    """Text, and not empty."""
    if not isinstance(value, str) or not value:
        raise WorkspaceError(path, f"{path[-1]} must be text, not {shown(value)}", "put it in quotes")


def lines(path: Path, value: object) -> None:
    """Lines for a shell: one text, or a list of them."""
    for number, item in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(item, str) or not item.strip():
            place = (*path, number) if isinstance(value, list) else path
            raise WorkspaceError(place, f"{path[-1]} must be lines for a shell, not {shown(item)}")


def shown(value: object) -> str:
    """A value as an error names it."""
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case bool():
            return f"a yes/no value ({str(value).lower()})"
        case _:
            return f'"{printable(value)}"' if isinstance(value, str) else str(value)


def flag(path: Path, value: object) -> None:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise WorkspaceError(path, f"{path[-1]} must be true or false, not {shown(value)}")


def seconds(path: Path, value: object) -> None:
    """A pause that a person can wait for."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 60:
        raise WorkspaceError(path, f"{path[-1]} must be seconds from 0 to 60, not {shown(value)}")


def index(path: Path, value: object) -> None:
    """A window's index."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 9999:
        raise WorkspaceError(path, f"{path[-1]} must be a number from 0 to 9999, not {shown(value)}")


def scalars(path: Path, value: object) -> None:
    """Names, each with one value."""
    for name, item in mapping(path, value, f"{path[-1]} must be a mapping of names to values").items():
        if not isinstance(item, str | int | float):
            raise WorkspaceError((*path, name), f"{name} must have one value, not {shown(item)}")


def environment(path: Path, value: object) -> None:
    """Environment variables, each with text or a number."""
    scalars(path, value)
    for name, item in mapping(path, value, "").items():
        if not name.isidentifier() or not name.isascii():
            raise WorkspaceError((*path, name), f'"{printable(name)}" is no name for an environment variable')
        if isinstance(item, bool):
            raise WorkspaceError((*path, name), f"{name} is a yes/no value", 'put it in quotes: "yes"')


def one_of(*choices: str) -> Rule:
    """A rule that allows just these words."""

    def rule(path: Path, value: object) -> None:
        if value not in choices:
            hint = f"use one of: {', '.join(choices)}"
            raise WorkspaceError(path, f"{path[-1]} cannot be {shown(value)}", hint)

    return rule
