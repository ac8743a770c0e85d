"""`python -m ocprov` is `ocprov`: the way in, before anything else is imported."""

import os
import sys

from ocprov.short import run as short


def main() -> None:
    """Run the command line, whatever state it was called in: the short way where that is enough."""
    for descriptor in (0, 1, 2):
        _open(descriptor)
    code = short(sys.argv[1:])
    if code is None:
        _go_the_long_way()
    sys.exit(code)


def _go_the_long_way() -> None:
    import signal

    # While modules are imported a Ctrl-C would end in a traceback; the system's own way to end is silent.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ocprov.cli.main import main as run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _open(descriptor: int) -> None:
    """A closed standard stream is opened on nothing: else the next file opened would take its number."""
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)


if __name__ == "__main__":
    main()
