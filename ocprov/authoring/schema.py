"""A JSON Schema for rendered layouts, made of the table of keys that `check` goes by, for editors."""

from typing import Any

from ocprov.core import rules
from ocprov.core.workspace import EXTENSION, LEVELS

Schema = dict[str, Any]

# By `not`, as `$` is before a last line break to some programs and behind it to others.
_WORDS: Schema = {"not": {"type": "string", "pattern": r"[\u0000-\u001f\u007f-\u009f]"}}
_LINES: Schema = {"not": {"type": "string", "pattern": r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f]"}}

_TEXT: Schema = {"type": "string", "minLength": 1, **_WORDS}
_SCALAR: Schema = {"type": ["string", "number", "boolean"], **_WORDS}
_LINE: Schema = {"type": "string", "pattern": r"\S", **_LINES}
_COMMAND: Schema = {"type": ["string", "null"], **_LINES}
_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"

_BY_RULE: dict[object, Schema] = {
    rules.text: _TEXT,
    rules.flag: {"type": "boolean"},
    rules.seconds: {"type": "number", "minimum": 0, "maximum": 60},
    rules.index: {"type": "integer", "minimum": 0, "maximum": 9999},
    rules.scalars: {"type": "object", "propertyNames": _WORDS, "additionalProperties": _SCALAR},
    rules.lines: {"anyOf": [_LINE, {"type": "array", "items": _LINE}]},
    rules.environment: {
        "type": "object",
        "propertyNames": {"pattern": _NAME, **_WORDS},
        "additionalProperties": {"type": ["string", "number"], **_WORDS},
    },
}

_COMMANDS: Schema = {"$ref": "#/$defs/commands"}
_BY_KEY: dict[str, Schema] = {
    "session_name": {
        "type": "string",
        "pattern": r"^(opencode-(observability|development)-[A-Za-z0-9_-]+$|~|.*\$)",
        **_WORDS,
    },
    # What starts with ~ or has a $ is expanded first.
    "window_name": {"type": "string", "pattern": r"^([A-Za-z0-9][A-Za-z0-9_-]*$|~|.*\$)", **_WORDS},
    "layout": {
        "anyOf": [
            {"enum": ["even-horizontal", "even-vertical", "main-horizontal", "main-vertical", "tiled"]},
            {"enum": ["main-horizontal-mirrored", "main-vertical-mirrored"]},
            {"type": "string", "pattern": r"^[0-9a-f]{4},[0-9x,\[\]{}]+$"},
        ]
    },
    "restart": {"enum": ["prompt", "always", "never"]},
    "shell_command": _COMMANDS,
    "shell_command_before": {"$ref": "#/$defs/commands-before"},
    "cmd": {"type": "string", "minLength": 1, **_LINES},
    "notice": {"type": "string", "minLength": 1, **_LINES},
    "windows": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/window"}},
    "panes": {
        "type": "array",
        "minItems": 1,
        "items": {
            "anyOf": [
                _COMMAND,
                {"type": "array", "items": {"$ref": "#/$defs/commands/$defs/one"}},
                {"$ref": "#/$defs/pane"},
            ]
        },
    },
}

DESCRIPTIONS = {
    "session_name": "The session's name; it starts with opencode-observability- or opencode-development-.",
    "start_directory": "Where shells start; relative to the level above, or to this file when it starts with a dot.",
    "before_script": "A program, without a shell, that has to succeed before the session is made.",
    "shell_command_before": "Commands that come before those of each pane below.",
    "environment": "Environment variables; every pane can read them, so they are no place for secrets.",
    "options": "tmux options of the session, or of the window.",
    "global_options": "tmux options of the whole server.",
    "suppress_history": "Whether typed commands start with a blank, which keeps them out of most shells' history.",
    "windows": "The windows, in order.",
    "window_name": "The window's name: letters, digits, - and _.",
    "window_index": "The window's index; without it the next free one.",
    "layout": "How the panes are arranged: a name, or a layout string of tmux.",
    "options_after": "tmux options of the window, set when its panes are there.",
    "focus": "Whether it is the one to look at first.",
    "panes": "The panes: a command, a list of commands, a mapping, or nothing for a shell.",
    "window_shell": "What runs in the window's panes instead of a shell.",
    "shell_command": "One command or a list of them.",
    "shell": "What runs instead of a shell; under x-ocprov, the shell that runs the commands, default sh.",
    "enter": "Whether Enter is pressed after the command is typed; needs launcher: false.",
    "sleep_before": "Seconds to wait before; needs launcher: false.",
    "sleep_after": "Seconds to wait after; needs launcher: false.",
    "cmd": "The command.",
    "restart": "When the command ends: prompt asks, always runs it again, never gives a shell.",
    "launcher": "false types the commands into your shell, as tmuxp does.",
    "key": "Who the window is when its name changes.",
    "notice": "A line that the pane and ocprov up show.",
    "on_start": "Commands that are run when the session was made.",
    "on_stop": "Commands that are run before the session is ended.",
    "on_attach": "Commands that are run when somebody attaches.",
    EXTENSION: "What ocprov has besides tmuxp's format; tmuxp ignores it.",
}

_NEEDED = {"session": ["session_name", "windows"], "window": ["window_name"], "command": ["cmd"]}


def schema() -> Schema:
    """The schema; draft 2020-12."""
    levels = {_place(level): _level(level) for level in LEVELS}
    session = levels.pop("session")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A layout of ocprov, rendered",
        "description": "tmuxp's format with x-ocprov; what `ocprov render` prints.",
        **session,
        "$defs": {"commands": _commands(), "commands-before": _before(), **levels},
    }


def _commands() -> Schema:
    one = {"anyOf": [_COMMAND, {"$ref": "#/$defs/command"}]}
    listed = {"type": "array", "items": {"$ref": "#/$defs/commands/$defs/one"}}
    return {"$defs": {"one": one}, "anyOf": [_COMMAND, listed]}


def _before() -> Schema:
    """Commands, or, as tmuxp writes them when it has read them, below a key of their own."""
    nested = {
        "type": "object",
        "properties": {"shell_command": _COMMANDS},
        "required": ["shell_command"],
        "additionalProperties": False,
    }
    return {"anyOf": [_COMMANDS, nested]}


def _level(level: str) -> Schema:
    made: Schema = {
        "type": "object",
        "properties": {key: _property(level, key, rule) for key, rule in LEVELS[level].items()},
        "additionalProperties": False,
    }
    if level in _NEEDED:
        made["required"] = _NEEDED[level]
    return made


def _property(level: str, key: str, rule: object) -> Schema:
    """What a key takes; anything where its rule says nothing that a schema could."""
    if key == EXTENSION:
        value: Schema = {"$ref": f"#/$defs/{_place(f'{EXTENSION} of a {level}')}"}
    else:
        value = _BY_KEY.get(key) or _BY_RULE.get(rule) or {}
    return {"description": DESCRIPTIONS[key], **value} if key in DESCRIPTIONS else value


def _place(level: str) -> str:
    return level.replace(" ", "-")
