#!/usr/bin/env bash
# A model of tmux-resurrect's restore: what it makes of a save, its faults included (targets by prefix, names by index).
# Left out: grouped sessions, zoomed windows, the strategies of single programs, messages.
# shellcheck disable=SC2162 # the original reads without -r as well: backslashes go, empty fields shift the rest
tab=$'\t'
registered= # the panes that were there already
scratch=    # set when the server had one pane only: that one is made anew
contents=   # set when panes start by showing what they showed
had_zero=
socket=${TMUX%%,*}

option() { # its global value, or $2 where it has none
	local value
	value=$(tmux show-option -gqv "$1")
	printf '%s\n' "${value:-$2}"
}

hook() {
	local command
	command=$(option "@resurrect-hook-$1")
	shift # the hook finds no arguments
	[ -z "$command" ] || eval "$command"
}

place() {
	local path=${XDG_DATA_HOME:-$HOME/.local/share}/tmux/resurrect
	[ ! -d "$HOME/.tmux/resurrect" ] || path=$HOME/.tmux/resurrect
	path=$(option @resurrect-dir "$path")
	path=${path//\$HOSTNAME/$(hostname)}
	path=${path//\$HOME/$HOME}
	printf '%s\n' "${path//\~/$HOME}"
}

has_pane() { tmux list-panes -t "$1:$2" -F '#{pane_index}' 2>/dev/null | grep -qx "$3"; }
has_window() { tmux list-windows -t "$1" -F '#{window_index}' 2>/dev/null | grep -qx "$2"; }

shell() { # what a pane runs by itself; `exec -l` is how bash becomes a login shell
	local program
	program=$(option default-shell)
	[ "${program##*/}" != bash ] || program="-l $program"
	option default-command "$program"
}

split() {
	tmux split-window -t "$1:$2" -c "$3" "${starts[@]}"
	tmux resize-pane -t "$1:$2" -U 999 # room for the next one
}

start_session() {
	local first
	TMUX='' tmux -S "$socket" new-session -d -s "$1" -c "$3" "${starts[@]}"
	first=$(tmux show-options -gv base-index)
	[ "$first" -eq "$2" ] || tmux move-window -s "$1:$first" -t "$1:$2"
}

bring_back() {
	local session window index title path old starts=()
	IFS=$tab read _ session window _ _ index title path _ <<<"$1"
	path=${path:1}
	[ "$session" != 0 ] || had_zero=yes
	local saved=$directory/restore/pane_contents/pane-$session:$window.$index
	[ -z "$contents" ] || [ ! -f "$saved" ] || starts=("cat '$saved'; exec $(shell)")
	if has_pane "$session" "$window" "$index"; then
		if [ -n "$scratch" ]; then
			old=$(tmux display-message -p -t "$session:$window" '#{pane_id}')
			split "$session" "$window" "$path"
			tmux kill-pane -t "$old"
		else
			registered+=$tab$session:$window:$index
		fi
	elif has_window "$session" "$window"; then
		split "$session" "$window" "$path"
	elif tmux has-session -t "$session" 2>/dev/null; then
		tmux new-window -d -t "$session:$window" -c "$path" "${starts[@]}"
	else
		start_session "$session" "$window" "$path"
	fi
	tmux select-pane -t "$session:$window.$index" -T "$title"
}

restore_names() {
	local session window name layout renamed
	grep '^window' "$last" | while IFS=$tab read _ session window name _ _ layout renamed; do
		tmux select-layout -t "$session:$window" "$layout"
		tmux rename-window -t "$session:$window" "${name:1}"
		if [ "$renamed" = : ]; then
			tmux set-option -u -t "$session:$window" automatic-rename
		else
			tmux set-option -t "$session:$window" automatic-rename "$renamed"
		fi
	done
}

matches() { # $1: the full command, $2: the left part of an entry
	if [[ $2 == \~* ]]; then
		[[ $1 =~ (${2:1}) ]]
	else
		[[ $1 =~ ^$2( |$) ]]
	fi
}

replaced() { # what the entry $2 types in place of the command $1
	local match=${2%%->*} words
	words=$(printf '%s\n' "$1" | sed "s,.*${match#\~}[^ ]* *,,")
	case ${2##*->} in
	*' *'*) printf '%s\n' "${2##*->}" | sed "s,\*,$words," ;; # so `,` and `&` in the words do harm
	*) printf '%s\n' "${2##*->}" ;;
	esac
}

to_type() { # nothing, and failure, when the full command is not on the list
	local command=$1 list entry listed=no replacements=
	list=$(option @resurrect-default-processes 'vi vim view nvim emacs man less more tail top htop irssi weechat mutt')
	list="$list $(option @resurrect-processes)"
	[ "$(option @resurrect-processes)" != :all: ] || listed=yes
	# shellcheck disable=SC2086,SC2294 # the list is split, globbed and evaluated, as the original does
	eval set $list
	for entry in "$@"; do
		matches "$command" "${entry%%->*}" || continue
		listed=yes
		[[ $entry != *'->'* ]] || replacements+=$(replaced "$command" "$entry")$'\n'
	done
	[ "$listed" = yes ] || return
	printf '%s\n' "${replacements:-$command}"
}

restore_commands() {
	local session window index command
	awk -F '\t' -v OFS='\t' '/^pane/ && $11 != ":" { print $2, $3, $6, $11 }' "$last" |
		while IFS=$tab read -r session window index command; do
			[[ $registered != *"$session:$window:$index"* ]] || continue
			has_pane "$session" "$window" "$index" || continue
			command=$(to_type "${command:1}") || continue
			tmux switch-client -t "$session:$window"
			tmux select-pane -t "$index"
			tmux send-keys -t "$session:$window.$index" "$command" C-m
		done
}

restore_active() { # only with a client attached do the windows get active that were
	local session window index
	awk -F '\t' -v OFS='\t' '/^pane/ && $9 == 1 { print $2, $3, $6 }' "$last" |
		while IFS=$tab read session window index; do
			tmux switch-client -t "$session:$window"
			tmux select-pane -t "$index"
		done
	awk -F '\t' -v OFS='\t' '/^window/ && $6 ~ /[*-]/ { print $2, $5, $3 }' "$last" | sort -u |
		while IFS=$tab read session _ window; do
			tmux switch-client -t "$session:$window"
		done
	grep '^state' "$last" | while IFS=$tab read _ session window; do
		tmux switch-client -t "$window"
		tmux switch-client -t "$session"
	done
}

directory=$(place)
last=$directory/last
[ -f "$last" ] || exit 0
hook pre-restore-all
if [ -z "$(option @resurrect-never-overwrite)" ] && [ "$(tmux list-panes -a | wc -l)" -eq 1 ]; then
	scratch=yes
fi
if [ "$(option @resurrect-capture-pane-contents)" = on ]; then
	contents=yes
	mkdir -p "$directory/restore"
	[ ! -f "$directory/pane_contents.tar.gz" ] || tar xzf "$directory/pane_contents.tar.gz" -C "$directory/restore"
fi
while read line; do
	[[ $line != pane* ]] || bring_back "$line"
done <"$last"
[ -z "$scratch" ] || [ -n "$had_zero" ] || tmux kill-session -t 0
restore_names >/dev/null 2>&1
hook pre-restore-pane-processes
[ "$(option @resurrect-processes)" = false ] || restore_commands
restore_active
[ -z "$contents" ] || rm -f "$directory"/restore/pane_contents/*
hook post-restore-all
