"""The lines for tmux.conf that bind keys: nothing that a name or a directory holds reaches a parser.

Programs are given to popups as separate arguments, which tmux hands on as they are, and directories as the popup's own
directory. (`#{q:…}` would not do: it lets a line feed through, which ends a shell's command.)
"""

import re
from collections.abc import Sequence

from ocprov.core.guard import OLD
from ocprov.core.observed import HOOKS_TAG, SESSION_TAG
from ocprov.core.quoting import shown
from ocprov.persistence.keys import DOES, Keys

# What may have its key here: what a person chose in config.toml, and what has a key that he has not bound.
FREE = "@ocprov_keys"

# With its name after it: the binding that a key chosen in config.toml had.
_BEFORE = "@ocprov_before_"

_TEXT = """\
%if "#{{?{old},,1}}"
# All keys are looked at once, those of an earlier reading of these lines given back.
set -gu {free}
{look}
{bindings}%endif
"""

# A key that was taken from its binding, tmux's own or a person's, gets that again: before all keys are looked at.
_GIVE_BACK = (
    'match($0, / -T prefix +[^ ]+ +if-shell -F "?ocprov-(NAMES)"? /) {',
    'split(substr($0, RSTART, RLENGTH), word); name = word[6]; gsub(/"|ocprov-/, "", name);',
    'print "unbind-key -T prefix " word[3]; print "run-shell -C \\"\\043{BEFORE" name "}\\"" }',
    'END { split("NAMES", names, "|"); for (one in names) print "set-option -gu BEFORE" names[one] }',
)

# Without an answer no key is known to be free.
_LOOK = (
    'BEGIN { WANTED; free = "CHOSEN " }',
    "match($0, / -T [^ ]+ +[^ ]+ +/) {",
    "split(substr($0, RSTART, RLENGTH), word); key = word[3];",
    'if (word[2] != "prefix") next;',
    r'taken[key] = 1; sub(/^\\/, "", key);',
    r'if ("#{version}" ~ /^3[.]4/) gsub(/\\\\[$]/, "\\$");',  # where tmux prints one backslash too many
    'if (key in chosen) { gsub(/[\\\\"$]/, "\\\\\\\\&"); print "set-option -g BEFORE" chosen[key] " \\"" $0 "\\"" }',
    "}",
    "END { if (!NR) exit;",
    'for (key in wanted) if (!(key in taken)) free = free wanted[key] " ";',
    'print "set-option -g FREE \\"" free "\\"" }',
)

# The condition that always holds is the mark by which a key is known for ours.
_BINDING = """\
if-shell -F '#{{m:* {name} *,#{{{free}}}}}' {{
  bind-key -N 'ocprov: {said}' '{key}' if-shell -F 'ocprov-{name}' {{
    {does}
  }}
}}
"""

# A popup is no pane; where the server was started inside another tmux it has the name of one of that tmux's.
_POPUP = (
    "display-popup -E -w 80% -h {height}% -d '#{{pane_current_path}}' "
    "/bin/sh -c 'unset TMUX_PANE; {script}' ocprov {command}"
)

# A popup is gone as soon as all went well, or it was left by choice; else it stays to be read.
_HOLD = 'printf "\\n[Enter closes this]"; read -r _'
_GONE = 'printf "ocprov cannot be run: install it again,\\nor take its block out of tmux.conf\\n"'
_UNLESS_WELL = f'"$@"; case $? in 0|130) ;; 126|127) {_GONE}; {_HOLD} ;; *) {_HOLD} ;; esac'
# For a program that holds by itself what it says.
_UNLESS_RUN = f'"$@"; case $? in 126|127) {_GONE}; {_HOLD} ;; esac'
_KEPT = f'"$@"; case $? in 126|127) {_GONE} ;; esac; {_HOLD}'
_PAGED = f'if command -v less >/dev/null; then "$@" 2>&1 | less -R; else "$@"; {_HOLD}; fi'


def text(keys: Keys, command: Sequence[str]) -> str:
    """The lines that bind `keys`, for an ocprov that `command` runs (absolute)."""
    does = {
        "dashboard": _dashboard(keys.layout, command),
        "pick": _pick(command),
        "menu": _menu(keys.layout, command),
        "last": "switch-client -l",
    }
    bindings = (
        _BINDING.format(name=name, free=FREE, said=DOES[name], key=key, does=does[name])
        for name, key in keys.keys
    )
    return _TEXT.format(old=OLD, free=FREE, look=_look(keys), bindings="".join(bindings))


def _look(keys: Keys) -> str:
    given = ((key, name, "chosen" if name in keys.chosen else "wanted") for name, key in keys.keys)
    wanted = "; ".join(f'{kind}["{key}"] = "{name}"' for key, name, kind in given)
    look = "; ".join(
        f"tmux list-keys 2>/dev/null | awk '{' '.join(program)}' | tmux source-file - 2>/dev/null"
        for program in (_GIVE_BACK, _LOOK)
    )
    for word, meant in (
        ("WANTED", wanted or 'split("", wanted)'),
        ("CHOSEN", "".join(f" {name}" for name, _ in keys.keys if name in keys.chosen)),
        ("NAMES", "|".join(DOES)),
        ("BEFORE", _BEFORE),
        ("FREE", FREE),
    ):
        look = look.replace(word, meant)
    return shown(("run-shell", f"{look}; :"))


def _dashboard(layout: str, command: Sequence[str]) -> str:
    """To its session when there is just one, and no hook to be run on the way; else `up` brings it, and goes there."""
    # Such as $3; $3$5 for two, $3+ for one with hooks.
    mine = f"#{{m:{layout} *,#{{{SESSION_TAG}}}}}"
    ids = f"#{{S:#{{?{mine},#{{session_id}}#{{?{HOOKS_TAG},+,}},}}}}"
    switch = f"""run-shell -C "switch-client -t '{ids}'\""""
    return f"if-shell -F '#{{m/r:^.[0-9]+$,{ids}}}' {{ {switch} }} {{ {_popup(_UNLESS_WELL, *command, 'up', layout)} }}"


def _pick(command: Sequence[str]) -> str:
    return _popup(_UNLESS_RUN, *command, "pick")


def _menu(layout: str, command: Sequence[str]) -> str:
    items = (
        ("Dashboard", "d", _dashboard(layout, command)),
        ("Development here", "n", _popup(_UNLESS_WELL, *command, "up", "development", "--dir", ".")),
        ("Pick a session", "p", _pick(command)),
        ("Status", "s", _popup(_UNLESS_WELL, *command, "status", "--watch", height=80)),
        ("Reconcile", "r", _popup(_KEPT, *command, "reconcile")),
        ("Doctor", "o", _popup(_PAGED, *command, "doctor", height=90)),
    )
    lines = (f"      '{title}' {key} {{ {_later(does)} }}" for title, key, does in items)
    return " \\\n".join(("display-menu -T ' ocprov ' -x C -y C", *lines))


def _later(text: str) -> str:
    """`text` for a menu, which expands its commands when it is shown: what they expand is for when they are run."""
    return re.sub(r"#+(?![#\[])", lambda marks: marks[0] * 2, text)


def _popup(script: str, *command: str, height: int = 70) -> str:
    return _POPUP.format(height=height, script=script, command=shown(command))
