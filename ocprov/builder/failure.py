"""What tmux refuses, as exceptions that tmuxp's command line and callers of libtmux both know."""

from libtmux import exc as libtmux_exc
from libtmux.exc import LibTmuxException
from tmuxp.exc import TmuxpException


class BuildError(TmuxpException, LibTmuxException):  # type: ignore[misc] # tmuxp ships no types
    """tmux refused a command of the build; the text is tmux's."""


class UnknownOptionError(BuildError, libtmux_exc.UnknownOption):
    """tmux knows no such option."""


class InvalidOptionError(BuildError, libtmux_exc.InvalidOption):
    """The option's name is malformed."""


class AmbiguousOptionError(BuildError, libtmux_exc.AmbiguousOption):
    """The option's name is short for several."""


class OptionValueError(BuildError, libtmux_exc.OptionError):
    """The option does not take this value."""


class EnvironmentNameError(BuildError, ValueError):
    """A variable cannot have this name."""


class SessionNameError(BuildError, libtmux_exc.BadSessionName):
    """tmux would give the session another name."""


_KINDS: tuple[tuple[str, type[LibTmuxException]], ...] = (
    # Not a BuildError: for that, tmuxp's command line would offer to kill a session that this build did not make.
    ("duplicate session", libtmux_exc.TmuxSessionExists),
    ("unknown option", UnknownOptionError),
    ("invalid option", InvalidOptionError),
    ("ambiguous option", AmbiguousOptionError),
    ("variable name", EnvironmentNameError),
    ("value", OptionValueError),
    ("bad ", OptionValueError),
    ("not a suitable shell", OptionValueError),
)


def failure(said: str) -> LibTmuxException:
    """The exception for what tmux said."""
    for words, kind in _KINDS:
        if words in said:
            return kind(said)
    return BuildError(said)
