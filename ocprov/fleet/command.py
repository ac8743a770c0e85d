"""What a host is sent for `ocprov …` to run on it, whatever its login shell is and wherever its ocprov is; pure.

A login over ssh without a terminal has few directories in its PATH, and what its shell reads at its start may print
something: so there is a line before whatever ocprov itself prints.
"""

from collections.abc import Sequence

from ocprov.fleet import quoting

# Alone on a line of stdout; what follows is ocprov's.
MARK = "--- ocprov"
# The exit code where there is no ocprov, as shells have it.
MISSING = 127

# What a shell prints at its start, such as a terminal's title, may be no whole line.
START = f'echo; echo "{MARK}"; echo >&2; '
# Where the installer puts what it installs, as `$f`.
PLACE = 'f="${XDG_DATA_HOME:-}"; case "$f" in /*) ;; *) f="$HOME/.local/share" ;; esac; f="$f/ocprov/fleet"; '
# Of what an upgrade replaces, the environment itself: a link would lead a run that goes on into the next one.
CURRENT = 'k="$(cd -P "$f/current" 2>/dev/null && pwd -P)"; '
# First the one that `ocprov.fleet` installed, as `finding` looks for it; else the host's own.
_RUN = (
    PLACE
    + 'PATH="$HOME/.local/bin:${PATH:-/usr/bin:/bin}:/usr/local/bin:/opt/homebrew/bin:$f/current/bin"; export PATH; '
    + CURRENT
    + 'if [ -x "$k/bin/python" ] && [ -e "$k/complete" ]; then exec "$k/bin/python" -I -m ocprov "$@"; fi; '
    'if command -v ocprov >/dev/null 2>&1; then exec ocprov "$@"; fi; '
)
_SAY_SO = (
    'echo "error: this host has no ocprov" >&2; '
    'echo "hint: install it there: pipx install ocprov, or by pyinfra with ocprov.fleet" >&2; exit 1'
)
# A terminal that the host has no description of, such as one that is newer than the host.
_TERMINAL = (
    "if command -v infocmp >/dev/null 2>&1; then infocmp >/dev/null 2>&1 || { "
    'echo "ocprov: this host does not know the terminal $TERM; taken for xterm-256color" >&2; '
    "TERM=xterm-256color; export TERM; }; fi; "
)


def reading(words: Sequence[str]) -> str:
    """The line that runs `ocprov` with these words, whose answer begins behind `MARK`."""
    return quoting.line(("sh", "-c", f"{START}{_RUN}exit {MISSING}", "ocprov", *words))


def at_terminal(words: Sequence[str]) -> str:
    """The line that runs `ocprov` with these words for a person at a terminal."""
    return quoting.line(("sh", "-c", _TERMINAL + _RUN + _SAY_SO, "ocprov", *words))


def answered(stdout: str) -> str | None:
    """What ocprov itself printed; None where the host did not come so far."""
    _, mark, answer = f"\n{stdout}".partition(f"\n{MARK}\n")
    return answer if mark else None
