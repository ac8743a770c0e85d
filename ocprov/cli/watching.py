"""What commands that look again and again have in common: how they paint, and how they end."""

import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from ocprov.cli import terminal
from ocprov.core.names import printable
from ocprov.errors import OcprovError


def failure(error: OcprovError) -> str:
    """An error in its two lines."""
    return terminal.failure(printable(error.message), printable(error.hint))


def paint(text: str) -> None:
    """The whole screen anew where there is one."""
    clear = "\033[H\033[2J\033[3J" if sys.stdout.isatty() else ""
    click.echo(clear + text)


def width() -> int:
    """The columns of the terminal."""
    return shutil.get_terminal_size().columns


@contextmanager
def ended_properly() -> Iterator[None]:
    """A closed window, or a kill, ends the programs too that were started meanwhile: they have a session of their own."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    ours = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in ours:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


def _leave(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)
