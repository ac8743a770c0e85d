"""`python -m ocprov` is `ocprov`: the way in, before anything else is imported."""

import os
import signal


def main() -> None:
    """Run the command line, whatever state it was called in."""
    # While modules are imported a Ctrl-C would end in a traceback; the system's own way to end is silent.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for descriptor in (0, 1, 2):
        _open(descriptor)
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
