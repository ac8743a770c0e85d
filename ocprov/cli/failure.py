"""The last net of both ways in: failures that no command tells."""

import os

from ocprov.cli.terminal import echo


def told(error: Exception) -> int:
    """Tell a failure in two lines, unless nobody reads any more; the exit code."""
    if isinstance(error, BrokenPipeError):
        _silence(1, 2)
    elif isinstance(error, OSError):  # of a stream: everything else is told where it happens
        echo(f"error: {error.strerror}: {error.filename or 'stdout'}", err=True)
        echo("hint: is the disk full, or the file gone?", err=True)
        _silence(1)
    else:
        _tell_unforeseen(error)
    return 1


def _tell_unforeseen(error: Exception) -> None:
    """Two lines for a person, and a file with the rest."""
    from ocprov.cli.crash import remember

    where = remember(error)
    echo(f"error: ocprov failed in a way it should not: {type(error).__name__}: {error}", err=True)
    echo(f"hint: please report it, with {where}", err=True)


def _silence(*descriptors: int) -> None:
    """What is still buffered for these streams goes nowhere: else Python fails once more when it empties them."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
