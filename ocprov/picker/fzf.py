"""Picking with fzf: rows and previews go in on its stdin, and nothing that anybody named through a shell."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence

from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.picker import preview
from ocprov.picker.entry import Entry, Look, columns
from ocprov.tmux.client import Server
from ocprov.tmux.here import environment

# Of a person's FZF_DEFAULT_OPTS what only looks: others change what fzf reads, prints or does at Enter.
_SWITCHES = frozenset(
    ["--reverse", "--no-bold", "--cycle", "--no-unicode", "--black", "--no-mouse", "--keep-right"]
)
_VALUES = frozenset(["--color", "--layout", "--pointer", "--marker", "--info", "--padding", "--margin"])
_WIDE = 110
_SERVER = "OCPROV_PICK_SERVER"  # the name or path of the server, for the preview
# What fzf says by its exit code.
_NO_MATCH, _USAGE, _CANCELLED = 1, 2, 130
# Out of what a full screen program left: mouse, pasting, the other screen, a hidden cursor, colours.
_TIDY = "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?1049l\033[?25h\033[0m\r"


class UnusableError(OcprovError):
    """This fzf does not know what it was asked."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What a person is asked: to pick one of `entries`, those first that match `query`."""

    server: Server
    entries: tuple[Entry, ...]
    look: Look
    query: str = ""


def pick(asked: Pick) -> Entry | None:
    """The entry that a person picks, or None; UnusableError for an fzf that is too old, OcprovError when it fails."""
    import subprocess
    import termios

    rows = "\n".join(_rows(asked)).encode("utf-8", "surrogateescape")
    before = termios.tcgetattr(sys.stdin)
    try:
        with subprocess.Popen(
            arguments(asked), env=_environment(asked.server), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                out, _ = process.communicate(rows)
            except BaseException:  # we are to end: it goes first, and leaves the terminal as it was
                process.terminate()
                raise
    except OSError as error:
        raise OcprovError(f"cannot run fzf: {error.strerror}", _INSTEAD) from error
    if process.returncode not in (0, _NO_MATCH, _USAGE, _CANCELLED):
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        sys.stderr.write(_TIDY)
        sys.stderr.flush()
    return _picked(process.returncode, out.decode("utf-8", "replace"), asked.entries)


_INSTEAD = "try the other picker: OCPROV_PICK_PROGRAM=builtin ocprov pick"


def _picked(code: int, out: str, entries: Sequence[Entry]) -> Entry | None:
    if code in (_NO_MATCH, _CANCELLED):
        return None
    if code == _USAGE:
        raise UnusableError("fzf could not do what it was asked", _INSTEAD)
    if code:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        raise OcprovError(f"fzf {how}, nothing was picked", _INSTEAD)
    chosen = out.partition("\t")[0]
    found = next((entry for entry in entries if entry.id == chosen), None)
    if found is None:
        raise OcprovError("fzf answered with what it was not given", _INSTEAD)
    return found


def arguments(asked: Pick) -> list[str]:
    """The command line of fzf; options of before 0.20 alone, so that every fzf in use knows them."""
    return [
        "fzf",
        "--reverse",
        *looks(os.environ.get("FZF_DEFAULT_OPTS", "")),
        "--ansi" if not asked.look.plain else "--no-color",
        "--delimiter=\t",
        "--with-nth=3..",
        "--no-multi",
        "--tiebreak=begin,index",
        "--prompt=pick> ",
        f"--query={asked.query}",
        f"--preview={_preview(asked.server, plain=asked.look.plain)}",
        f"--preview-window={'right:55%' if _wide() else 'down:55%'}",
    ]


def _wide() -> bool:
    return os.get_terminal_size(sys.stdin.fileno()).columns >= _WIDE


def looks(options: str) -> Iterator[str]:
    """What of FZF_DEFAULT_OPTS only looks; nothing of what is not in the form of a shell's words."""
    try:
        words = iter(shlex.split(options))
    except ValueError:
        return
    for word in words:
        name, attached, _ = word.partition("=")
        if name in _VALUES:
            yield word if attached else f"{word}={next(words, '')}"
        elif word in _SWITCHES or name == "--border":  # whose value is never a word of its own
            yield word


def _preview(server: Server, *, plain: bool) -> str:
    """A line for sh, where fzf quotes what it puts in place of {1} and {2}: an id, and text with escapes."""
    # What fzf finds in braces in this line it replaces, quotes or not, so that no path or name is in it.
    tmux = f'tmux -u {server.flags[0]} "${_SERVER}" capture-pane {"-p" if plain else "-pe"} -t'
    # Line drawing between SO and SI, which fzf does not read, becomes plain letters at least.
    return f"printf '%b\\n' {{2}}; case {{1}} in '$'*) echo; {tmux} {{1}}: | tr -d '\\016\\017' ;; esac"


def _environment(server: Server) -> Mapping[str, str]:
    told = {name: value for name, value in environment().items() if not name.startswith("FZF_")}
    told[_SERVER] = server.flags[1]
    return {**told, "SHELL": "/bin/sh"}  # it runs the preview by the user's, be that fish or tcsh


def _rows(asked: Pick) -> Iterator[str]:
    """Id, preview, and what is shown, with tabs between; no row spans lines."""
    look, compact = asked.look, not _wide()
    for entry, (name, state, note) in zip(asked.entries, columns(asked.entries), strict=True):
        color = look.colors.get(entry.word, "")
        about = (
            preview.head(entry, look, compact=compact)
            .replace("\\", "\\\\")
            .replace("\n", "\\n")
            .replace("\033", "\\0033")
        )
        yield f"{entry.id}\t{about}\t{name}  {preview.paint(state, color, look)}  {note}"
