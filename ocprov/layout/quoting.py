"""A value as YAML that reads back as the same value, wherever in a layout it stands."""

import math
import shlex
from collections.abc import Mapping


def shell(value: object) -> str:
    """One word for a POSIX shell."""
    return shlex.quote(str(value))


def scalar(value: object) -> str:
    """`value` in YAML's flow style, text always in double quotes; TypeError for what YAML does not have."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if math.isfinite(value):
            text = repr(value)
            return text if "." in text else text.replace("e", ".0e")
        case str():
            return f'"{"".join(_character(char) for char in value)}"'
        case list() | tuple() | range():
            return f"[{', '.join(scalar(item) for item in value)}]"
        case Mapping():
            return f"{{{', '.join(f'{scalar(str(key))}: {scalar(item)}' for key, item in value.items())}}}"
        case _:
            str(value)  # an undefined variable says here that it is one
            raise TypeError(f"a value of type {type(value).__name__} cannot be written as YAML")


def _character(char: str) -> str:
    code = ord(char)
    if char in '"\\':
        return f"\\{char}"
    if 0xD800 <= code < 0xE000:
        raise ValueError("a name that is not UTF-8 cannot be written as YAML")
    if char.isprintable() and code != 0xFEFF:
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
