"""The scripts: each asks `ocprov` when Tab is pressed, and never before; without an ocprov it says nothing.

They get lines of a kind, a value and a help, separated by tabs. Of the kinds `plain` is a word, `open` one that goes
on after it, `file` and `dir` are for the shell itself to complete.
"""

from typing import Literal

Shell = Literal["bash", "zsh", "fish"]

SHELLS: tuple[Shell, ...] = ("bash", "zsh", "fish")
# How every script of every version begins, behind what zsh wants first: by it a file is known as ours.
MARK = "# ocprov completion"

_BASH = """\
# ocprov completion for bash, written by `ocprov completion`.

_ocprov() {
    local IFS=$'\\t' kind value rest
    COMPREPLY=()
    while read -r kind value rest; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            open) COMPREPLY+=("$value") && compopt -o nospace ;;
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
        esac
    done < <(_OCPROV_COMPLETE=bash_complete _OCPROV_LINE="${COMP_LINE:0:COMP_POINT}" \\
        _OCPROV_BREAKS="$COMP_WORDBREAKS" "$1" </dev/null)
} 2>/dev/null

complete -o nosort -F _ocprov ocprov 2>/dev/null || complete -F _ocprov ocprov
"""

_ZSH = """\
#compdef ocprov
# ocprov completion for zsh, written by `ocprov completion`.

_ocprov() {
    local kind value help
    local -a plain helped open
    while IFS=$'\\t' read -r kind value help; do
        case $kind in
            plain) [[ -n $help ]] && helped+=("${value//:/\\\\:}:$help") || plain+=("$value") ;;
            open) open+=("$value") ;;
            file) _files ;;
            dir) _files -/ ;;
        esac
    done < <(_OCPROV_COMPLETE=zsh_complete \\
        _OCPROV_WORDS="${(pj:\\n:)${(@Q)words[2,CURRENT-1]}}" \\
        _OCPROV_WORD="${(Q)PREFIX}" "$words[1]" </dev/null 2>/dev/null)
    (( $#helped )) && _describe -V ocprov helped
    (( $#plain )) && compadd -V ocprov -a plain
    (( $#open )) && compadd -V ocprov -S '' -a open
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _ocprov "$@"
elif (( $+functions[compdef] )); then
    compdef _ocprov ocprov
fi
"""

_FISH = """\
# ocprov completion for fish, written by `ocprov completion`.

function __ocprov_complete
    set -l words (commandline -opc)
    set -l called $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    command -q $called; or return
    set -lx _OCPROV_COMPLETE fish_complete
    set -lx _OCPROV_WORDS (string join \\n -- $words | string collect)
    set -lx _OCPROV_WORD $current
    for line in ($called </dev/null 2>/dev/null)
        set -l parts (string split -m 2 \\t -- $line)
        switch $parts[1]
            case file
                __fish_complete_path $current
            case dir
                __fish_complete_directories $current ''
            case plain open
                printf '%s\\t%s\\n' $parts[2] "$parts[3]"
        end
    end
end

complete -c ocprov -f -k -a '(__ocprov_complete)'
"""

_SCRIPTS: dict[Shell, str] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: Shell) -> str:
    """The script of a shell."""
    return _SCRIPTS[shell]


def ours(data: bytes) -> bool:
    """Whether ocprov wrote this file."""
    return any(line.startswith(MARK.encode()) for line in data.split(b"\n")[:2])
