"""What completes --host: the names in the user's ssh_config."""

import click
from click.shell_completion import CompletionItem

_LARGEST = 1024 * 1024


def hosts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of its `Host` lines that are no patterns; files that it includes are not looked at."""
    from pathlib import Path

    file = Path("~/.ssh/config").expanduser()
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            words = [line.replace("=", " ").split() for line in opened.read(_LARGEST).splitlines()]
    except (OSError, RuntimeError):
        return []
    named = [name for line in words if line[:1] and line[0].lower() == "host" for name in line[1:]]
    return [
        CompletionItem(name)
        for name in dict.fromkeys(named)
        if name.startswith(incomplete) and name.isprintable() and not set(name) & set("*?!")
    ]
