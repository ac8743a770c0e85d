"""The lines for tmux.conf: what tmux-resurrect types back, and what it calls after a restore. Nothing is read here."""

import re
import shlex
from collections.abc import Sequence

from ocprov.core.batch import shown
from ocprov.core.names import printable
from ocprov.errors import OcprovError

# How every file that ocprov wrote here begins, in all versions: by it an included file is known as ours.
HEADER = "# ocprov: "

PROCESSES = "@resurrect-processes"
HOOK = "@resurrect-hook-post-restore-all"
# A value that a sourced file sets anew each time, so that the hook follows an ocprov that moved.
RECONCILE = "@ocprov_reconcile"

# It goes through bash's `eval set $(…)`: no glob characters. A leading ~ is resurrect's "anywhere in the line".
ENTRY = '"~^/bin/sh .+/ocprov/run/"'

# Neither a child of restore.sh, which a hook of the user's may `wait` for, nor a holder of its output, which
# tmux waits for, nor a bash that still looks like a restore.sh at work. It comes first: a hook may end in `&`,
# `;` or a comment.
_CALL = f'(eval "exec $(tmux show-options -gqv {RECONCILE})" </dev/null >/dev/null 2>&1 &);'

_TYPED_AS_IT_IS = re.compile(r"[A-Za-z0-9._/@%+=:,-]+")

# Control characters; and the byte 0xff, which tmux takes for the end of the file.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\udcff]")

_TEXT = """\
{header}windows that come back when tmux-resurrect or tmux-continuum restores them.
# Written by `ocprov tmux-conf`. It goes after your own @resurrect-* lines and before tpm, or the run-shell
# lines of the plugins. Reading it twice changes nothing; your own values are kept.

# The launchers of ocprov's windows are typed back, besides what you list; not with ':all:' or 'false'.
set -gF {processes} '{entry}'

# After a restore, `ocprov reconcile` mends the sessions that ocprov made; a hook of yours runs as well.
set -g {reconcile} {command}
set -gF {hook} '{call}'
"""


def text(command: Sequence[str]) -> str:
    """The lines, for an ocprov that `command` runs (absolute); OcprovError when tmux could not read its path."""
    for word in command:
        _refuse_unreadable(word)
    return _TEXT.format(
        header=HEADER,
        processes=PROCESSES,
        entry=_unless(_has_entry(), PROCESSES, f"{_now(PROCESSES)} {ENTRY}"),
        reconcile=RECONCILE,
        command=line(f"{shlex.join(command)} reconcile"),
        hook=HOOK,
        call=_unless(_matches(f"*{RECONCILE}*", HOOK), HOOK, f"{_CALL} {_now(HOOK)}"),
    )


def line(*words: str) -> str:
    """A command in tmux's quoting; OcprovError for what cannot stand in one line of a tmux.conf."""
    for word in words:
        _refuse_unreadable(word)
    return shown(words)


def typed_as_it_is(path: str) -> bool:
    """Whether a shell, whichever it is, reads `path` unquoted as that very path: resurrect types it so."""
    return _TYPED_AS_IT_IS.fullmatch(path) is not None


def _refuse_unreadable(path: str) -> None:
    if _UNREADABLE.search(path):
        raise OcprovError(
            f"{printable(path)} has a character that a tmux.conf cannot hold",
            "give that directory another name",
        )


def _has_entry() -> str:
    # `:all:` and `false` are compared as whole strings by resurrect: with an entry more they mean nothing.
    special = f"#{{m/r:^(:all:|false)$,{_now(PROCESSES)}}}"
    return f"#{{||:{_matches('*/bin/sh .+/ocprov/run/*', PROCESSES)},{special}}}"


def _matches(pattern: str, option: str) -> str:
    return f"#{{m:{pattern},{_now(option)}}}"


def _now(option: str) -> str:
    """The option's value; tmux does not expand again what it inserts."""
    return f"#{{{option}}}"


def _unless(condition: str, option: str, changed: str) -> str:
    """A format: the option as it is when `condition` holds, else `changed`, which has no comma and no brace."""
    return f"#{{?{condition},{_now(option)},{changed}}}"
