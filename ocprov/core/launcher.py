"""The launcher: the small sh file that a pane runs, and the argument lists that tmux starts panes with.

Everything here reaches tmux as separate arguments, so no default-shell parses it and tmux expands none of it.
The sh is POSIX only: it has to run in dash, bash, busybox, mksh and zsh, on Linux, macOS and the BSDs.
"""

from collections.abc import Iterator
from itertools import takewhile
from shlex import quote

from ocprov.core import attention
from ocprov.core.desired import Pane, digest
from ocprov.core.names import printable
from ocprov.core.quoting import shown

_DECLARED = "# declared: "

# In every process that panes are started with: tmux tells later whether a pane still has it.
STARTED = "started_by=ocprov"
_LOCALE = frozenset({"LC_ALL", "LC_CTYPE", "LANG"})

# Shells that read `trap : QUIT`. Without it Ctrl-\ ends them while their program lives on and eats the keys.
_TRAPPING = frozenset({"sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "zsh"})

_UTF8 = """\
  case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
    *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
    *) export LC_ALL=C.UTF-8 ;; # dashboards draw boxes
  esac
"""

# Two traps of terminals in `tidy`: leaving the alternate screen where nobody is in it moves the cursor back to where
# the last pager began, over newer text, so it is entered first; and resetting the scroll region homes the cursor.
_REST = r"""
# ---- from here on every launcher is the same ----

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
  ocprov_quiet='\0033[2m' ocprov_failed='\0033[2;31m' ocprov_plain='\0033[0m'
else
  ocprov_quiet='' ocprov_failed='' ocprov_plain=''
fi

ocprov_session=${0%/*}
ocprov_session=${ocprov_session##*/}

say() { # one line for the person who looks
  printf '%b[%s]%b\n' "${2-$ocprov_quiet}" "$1" "$ocprov_plain"
}

compose() { # what the status line shows of all windows, after the commands given
  tmux "$@" COMPOSE
}

tell() { # what status reads: STATE SINCE CODE PID; tmux has a clock, which saves a process
  [ -z "${TMUX:+${TMUX_PANE-}}" ] || compose set-option -p -t "$TMUX_PANE" @ocprov_pane "$ocprov_pane" \; \
    set-option -p -t "$TMUX_PANE" @ocprov_digest "$ocprov_digest" \; \
    set-option -p -t "$TMUX_PANE" @ocprov_of "$ocprov_session" \; \
    set-option -p -t "$TMUX_PANE" @ocprov_now %s \; \
    set-option -p -F -t "$TMUX_PANE" @ocprov_state "$1 #{T:@ocprov_now} $ocprov_code $$" \; || compose
} 2>/dev/null

left() { # a shell follows, or its window was closed; unless another launcher has its pane, and told so
  [ -z "${TMUX:+${TMUX_PANE-}}" ] || compose if-shell -F -t "$TMUX_PANE" "#{m:* $$,#{@ocprov_state}}" \
    "set-option -p -F -t $TMUX_PANE @ocprov_state \"shell #{T:@ocprov_now} $ocprov_code $$\"" \; || compose
} 2>/dev/null

mistaken() { # typed into another window's shell, as tmux-resurrect may do, or into a second window: why not here
  [ -n "${TMUX:+${TMUX_PANE-}}" ] || return 1
  ocprov_why=$(
    tmux list-panes -a -F '#{pane_id} #{?@ocprov_pane,#{@ocprov_pane},-} #{?@ocprov_state,#{@ocprov_state},- - - -} #{session_name}:#{window_name}' |
      while read -r id key told _ _ pid place; do
        case $id:$place in
          "$TMUX_PANE:$ocprov_session:$ocprov_window") echo at home ;;
          "$TMUX_PANE":*) ;;
          *":$ocprov_session:$ocprov_window") echo elsewhere ;;
        esac
        case $id:$key:$place in
          "$TMUX_PANE":*) ;;
          *":$ocprov_pane:$ocprov_session":*) [ "$told" = shell ] || ! kill -0 "$pid" || echo running ;;
        esac
      done
  )
  case $ocprov_why in
    *running*) ocprov_why='runs in another pane' ;;
    *home*) return 1 ;;
    *elsewhere*) ocprov_why='has a window of its own' ;;
    *) return 1 ;;
  esac
} 2>/dev/null

tidy() { # away with what a killed full-screen program, and keys typed at it, leave behind
  [ -t 0 ] || return 0
  stty -icanon min 0 time 0 && cat >/dev/null
  stty sane erase '^?'
  stty iutf8
  printf '\033[?1049h\033[?1049l\0337\033[r\0338\033[?1l\033>\033[?7h\033[?25h'
  printf '\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1006l\033[?2004l\033[4l\033(B\017\033[0m\r'
} 2>/dev/null

ended() { # how it ended, and when
  ocprov_word='ended' ocprov_why='' ocprov_look=$ocprov_failed
  case $ocprov_code in
    0) ocprov_look=$ocprov_quiet ;;
    126) ocprov_why=' (a program may not be executed)' ;;
    127) ocprov_why=' (a program was not found: is it installed, and in PATH?)' ;;
    129 | 1[345]?) ocprov_why=" (SIG$(kill -l "$ocprov_code"))" ;;
  esac 2>/dev/null
  [ -z "$ocprov_stop" ] || ocprov_word='stopped' ocprov_look=$ocprov_quiet
  printf '\n'
  say "$ocprov_pane $ocprov_word with $ocprov_code at $(date +%H:%M:%S)$ocprov_why" "$ocprov_look"
}

ask() { # true: run it again; false: a shell is wanted
  while :; do
    say 'Enter runs it again, Ctrl-D gives a shell'
    ocprov_stop=''
    if IFS= read -r ocprov_answer; then
      [ -n "$ocprov_answer" ] || return 0 # a word typed here was meant for a shell
    elif [ -z "$ocprov_stop" ]; then
      return 1
    fi
  done
}

again() { # this process reads its file anew, so that a rewritten one takes effect
  trap - HUP
  [ ! -r "$0" ] || { export OCPROV_BACKOFF="$ocprov_wait" && exec /bin/sh "$0"; }
  say 'the file of this launcher is gone, the command is run as it was'
  ocprov_stop=''
}

if [ -z "${OCPROV_STARTED-}${OCPROV_BACKOFF-}" ] && mistaken; then
  say "$ocprov_pane $ocprov_why, so it is not run here"
  exit 1
fi

ocprov_wait=${OCPROV_BACKOFF:-1} # seconds; only `again` hands it on
unset OCPROV_STARTED OCPROV_BACKOFF

while :; do
  ocprov_code=-
  tell running
  [ "$ocprov_restart" != always ] || ocprov_started=$(date +%s)
  if [ -z "$ocprov_stop" ]; then run; else (exit 130); fi # Ctrl-C may come before the command does
  ocprov_code=$?
  tidy
  ended
  [ "$ocprov_restart" != never ] || break
  if [ "$ocprov_restart" = always ] && [ -z "$ocprov_stop" ]; then
    [ "$(($(date +%s) - ocprov_started))" -lt 60 ] || ocprov_wait=1
    tell waiting
    say "runs again in $ocprov_wait s, Ctrl-C asks first"
    sleep "$ocprov_wait"
    ocprov_wait=$((ocprov_wait * 2))
    [ "$ocprov_wait" -le 60 ] || ocprov_wait=60
  fi
  if [ "$ocprov_restart" != always ] || [ -n "$ocprov_stop" ]; then
    ocprov_wait=1
    trap 'left; exit 129' HUP
    if [ -n "$ocprov_stop" ]; then tell stopped; else tell exited; fi
    ask || break
  fi
  again
done
left # not tell: when another launcher takes the pane, the end of the terminal may be read before SIGHUP comes
"""
REST = _REST.replace("COMPOSE", " \\; \\\n    ".join(map(shown, attention.COMPOSE)))

# What every launcher is made of: a file of another version is written anew.
_VERSION = digest(REST)

# Where a pane goes when its own work is over: what tmux itself would start in a new window.
_TAIL = (
    'c=$(tmux show-options -Aqv default-command 2>/dev/null); [ -z "$c" ] || exec "${SHELL:-/bin/sh}" -c "$c"; '
    'exec "${SHELL:-/bin/sh}" -l'
)


def text(pane: Pane, *, path: str) -> str:
    """The launcher file of a pane that is `launched`; `path` is the PATH that its commands are looked up in.

    It may hold secrets of `pane.environment`: write it 0600, and by rename, since sh reads it while it runs.
    """
    return "\n".join(
        (
            "#!/bin/sh",
            f"# The launcher of the pane {printable(pane.key)}, written by ocprov.",
            f"{_DECLARED}{pane.digest} by {_VERSION}",
            "#",
            "# It runs what the layout declares for the pane and stays its parent: Ctrl-C ends the command, Enter runs",
            "# it again, Ctrl-D gives a shell. tmux-resurrect saves and restores it as `/bin/sh` and this file.",
            "# ocprov rewrites this file when the layout changes: change the layout, not this file.",
            "",
            "ocprov_stop=''",
            "trap 'ocprov_stop=1' INT QUIT",
            f"ocprov_pane={quote(pane.key)} ocprov_window={quote(pane.window)}",
            f"ocprov_digest={pane.digest} ocprov_restart={pane.restart}",
            f"export PATH={quote(path)}",
            "",
            *_run(pane),
            REST,
        )
    )


def _run(pane: Pane) -> Iterator[str]:
    """The function that runs the commands, in a process of their own: nothing declared reaches the launcher."""
    yield "# shellcheck disable=SC2016 # what the layout declares is taken literally"
    yield "run() ("
    if pane.notice:
        yield f"  say {quote(printable(pane.notice))}"
    yield f"  cd {quote(pane.directory)} || exit"
    if _LOCALE.isdisjoint(dict(pane.environment)):
        yield _UTF8.rstrip("\n")
    yield from (f"  export {name}={quote(value)}" for name, value in pane.environment)
    shell = "/bin/sh" if pane.shell == "sh" else pane.shell
    trap = ("trap : QUIT",) if shell.rsplit("/", 1)[-1] in _TRAPPING else ()
    script = "\n".join((*trap, *pane.commands))
    yield f"  exec {quote(shell)} -c {quote(script)}"
    yield ")"


def declared(text: str) -> str:
    """The digest that a launcher file was written with; an empty string when it has none, or is of an older ocprov."""
    head = takewhile(lambda line: line.startswith("#"), text.splitlines())
    line = next((line.removeprefix(_DECLARED) for line in head if line.startswith(_DECLARED)), "")
    declaration, _, version = line.partition(" by ")
    return declaration if version == _VERSION else ""


def process(launcher: str, directory: str) -> tuple[str, ...]:
    """The process of a pane with a launcher: its one child is `/bin/sh LAUNCHER`, then a login shell follows."""
    # The trap keeps this shell alive through the Ctrl-C that ends the command; ignoring it would be inherited.
    run = f'{STARTED}; trap : INT QUIT; cd "$1" 2>/dev/null; OCPROV_STARTED=1 /bin/sh "$0"; {_TAIL}'
    return ("/bin/sh", "-c", run, launcher, directory)


def plain(directory: str, key: str, notice: str = "") -> tuple[str, ...]:
    """The process of a plain shell in a directory, which marks its pane; `notice` is a line to be read there first."""
    mark = (
        '[ -z "${TMUX:+${TMUX_PANE-}}" ] || tmux set-option -p -t "$TMUX_PANE" @ocprov_pane "$1" \\; '
        'set-option -p -t "$TMUX_PANE" @ocprov_state "plain 0 - $$" 2>/dev/null'
    )
    return (
        "/bin/sh",
        "-c",
        f'{STARTED}; cd "$0"; {mark}; [ -z "$2" ] || printf "[%s]\n" "$2"; {_TAIL}',
        directory,
        key,
        printable(notice),
    )


def program(command: str, directory: str) -> tuple[str, ...]:
    """The process of a pane that is `command` itself, run as tmux runs one, and over when that is."""
    return ("/bin/sh", "-c", f'{STARTED}; cd "$0"; exec "${{SHELL:-/bin/sh}}" -c "$1"', directory, command)
