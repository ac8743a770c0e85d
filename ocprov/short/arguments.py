"""The common forms of `up`, `attach`, `status` and `host`, understood as Click understands them, without Click.

Every import and regular expression here is time before each `ocprov up`; whatever else was typed is left to Click.
"""

import os

_FLAGS = ("quiet", "no_color", "detach", "as_json", "exit_code", "waits")
_OWN = {
    "-L": "socket_name",
    "--socket-name": "socket_name",
    "-S": "socket_path",
    "--socket-path": "socket_path",
    "-q": "quiet",
    "--quiet": "quiet",
    "--no-color": "no_color",
}
_OF = {
    "up": {"-d": "detach", "--detach": "detach", "--dir": "directory", "--set": "settings"},
    "attach": {},
    "status": {"--json": "as_json", "--exit-code": "exit_code", "--waits": "waits"},
    "host": {},
}


class Call:
    """What was typed: the options of `ocprov`, the command, its options and names."""

    __slots__ = (
        "as_json",
        "command",
        "detach",
        "directory",
        "exit_code",
        "names",
        "no_color",
        "quiet",
        "settings",
        "socket_name",
        "socket_path",
        "waits",
    )

    def __init__(self) -> None:
        self.socket_name = ""
        self.socket_path = ""
        self.quiet = False
        self.no_color = False
        self.command = ""
        self.names: tuple[str, ...] = ()
        self.directory = ""
        self.settings: tuple[str, ...] = ()
        self.detach = False
        self.as_json = False
        self.exit_code = False
        self.waits = False


def parse(argv: list[str]) -> Call | None:
    """The call that `argv` is, without the program's name; None for every form that only Click understands."""
    if any(map(_for_click, os.environ)) or not all(word and word.isprintable() for word in argv):
        return None
    call, words = Call(), list(argv)
    command = _next_name(call, words, _OWN)
    if command not in _OF:
        return None
    call.command = command
    while name := _next_name(call, words, _OF[command]):
        call.names += (name,)
    return call if name is not None and _right_number(call) else None


def _for_click(variable: str) -> bool:
    """Whether a variable of the environment may be an option's value, or the shell asking for completions."""
    return variable.startswith("OCPROV_") or (variable[:1] == "_" and variable.endswith("_COMPLETE"))


def _right_number(call: Call) -> bool:
    if call.command == "status":
        return True
    if call.command == "host":
        return call.names in (("look",), ("apply",)) and not (call.socket_name or call.socket_path)
    return len(call.names) == 1 or (call.command == "up" and bool(call.names))


def _next_name(call: Call, words: list[str], options: dict[str, str]) -> str | None:
    """The next word that is no option, the options before it noted in `call`; empty at the end, None for Click."""
    while words:
        word = words.pop(0)
        if word[0] != "-":
            return word
        if not _note(call, word, words, options):
            return None
    return ""


def _note(call: Call, word: str, words: list[str], options: dict[str, str]) -> bool:
    """Note an option in `call`, its value taken from `words` where it has none attached; False for Click."""
    if word[:2] == "--":
        option, attached, value = word.partition("=")
    else:
        option, attached, value = word[:2], word[2:], word[2:]
    field = options.get(option)
    if field is None or (field in _FLAGS and attached):
        return False
    if field in _FLAGS:
        setattr(call, field, True)
        return True
    value = value if attached or not words else words.pop(0)
    if not value or value[0] in "-=":
        return False  # Click takes some of these, and none of them is common
    setattr(call, field, (*call.settings, value) if field == "settings" else value)
    return True
