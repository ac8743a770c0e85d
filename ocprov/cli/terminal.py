"""Words in colour, and a line to a person, as Click writes them, for what runs without Click."""

import os
import sys

_CODES = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bright_black": 90}
_BOLD = 1
_RESET = "\033[0m"


def style(text: str, *, fg: str = "", bold: bool = False) -> str:
    """`text` in a colour, or bold."""
    codes = [_CODES[fg]] if fg else []
    codes += [_BOLD] if bold else []
    return "".join(f"\033[{code}m" for code in codes) + text + _RESET


def no_color(asked: bool) -> bool:
    """Whether colour is unwanted: by `--no-color`, or by the environment."""
    return asked or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def echo(text: str, *, err: bool = False, plain: bool = False) -> None:
    """A line on stdout or stderr; without escapes when `plain`, or where no terminal reads it."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # it was closed when Python started
        return
    if "\033" in text and (plain or not stream.isatty()):
        import re

        text = re.sub(r"\033\[[0-?]*[ -/]*[@-~]", "", text)
    stream.write(text + "\n")
    stream.flush()


def failure(message: str, hint: str) -> str:
    """`error:` and `hint:`, a line each; messages may span no line of their own."""
    lines = [f"{style('error:', fg='red')} {' '.join(message.splitlines())}"]
    if hint:
        lines.append(f"{style('hint:', fg='cyan')} {' '.join(hint.splitlines())}")
    return "\n".join(lines)
