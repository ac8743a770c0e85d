#!/usr/bin/env bash
# A model of tmux-resurrect's save: the same files with the same content, its faults included.
# Left out: grouped sessions, old saves' removal, the strategies pgrep and gdb, messages.
# shellcheck disable=SC2162 # the original reads without -r as well: backslashes go, empty fields shift the rest
tab=$'\t'

option() { # its global value, or $2 where it has none
	local value
	value=$(tmux show-option -gqv "$1")
	printf '%s\n' "${value:-$2}"
}

hook() { # run it by eval, its arguments quoted
	local command kind=$1 words=
	shift
	command=$(option "@resurrect-hook-$kind")
	(($# == 0)) || printf -v words '%q ' "$@"
	[ -z "$command" ] || eval "$command $words"
}

place() {
	local path=${XDG_DATA_HOME:-$HOME/.local/share}/tmux/resurrect
	[ ! -d "$HOME/.tmux/resurrect" ] || path=$HOME/.tmux/resurrect
	path=$(option @resurrect-dir "$path")
	path=${path//\$HOSTNAME/$(hostname)}
	path=${path//\$HOME/$HOME}
	printf '%s\n' "${path//\~/$HOME}"
}

command_by_ps() { # a line for each child, and for each child of a process whose id only starts like this one
	ps -ao ppid,args | awk -v pid="$1" 'index($1, pid) == 1 { sub(/^ *[0-9]+ /, ""); print }'
}

command_by_procfs() { # the words of the only child, quoted; of several children it makes a lone `bash`
	local child words
	child=$(pgrep -P "$1")
	[ -n "$child" ] || return 0
	words=(bash)
	[[ $child == *$'\n'* ]] || mapfile -d '' -t words <"/proc/$child/cmdline"
	printf '%q ' "${words[@]}"
}

command_of() {
	[ -n "$1" ] || return 0
	case $(option @resurrect-save-command-strategy) in
	linux_procfs) command_by_procfs "$1" ;;
	*) command_by_ps "$1" ;;
	esac
}

panes() { # $1: the lines of tmux, in which the process id stands where the full command will be
	local kind session window active flags pane title path current command pid
	while IFS=$tab read kind session window active flags pane title path current command pid _; do
		printf '%s\t' "$kind" "$session" "$window" "$active" "$flags" "$pane" "$title" "${path/ /\\ }" "$current" "$command"
		printf ':%s\n' "$(command_of "$pid")"
	done <<<"$1"
}

windows() {
	local kind session window rest renamed
	while IFS=$tab read kind session window rest; do
		renamed=$(tmux show-options -wv -t "$session:$window" automatic-rename)
		printf '%s\t' "$kind" "$session" "$window" "$rest"
		printf '%s\n' "${renamed:-:}"
	done <<<"$1"
}

contents() { # what the panes show, as an archive of one file for each
	local target lines history cursor
	mkdir -p "$directory/save/pane_contents"
	while IFS=$tab read target history cursor; do
		lines=$(tmux capture-pane -p -t "$target" | grep -c .)
		((history > 0 || cursor > 0 || lines > 1)) || continue
		tmux capture-pane -epJ -S "-$history" -t "$target" >"$directory/save/pane_contents/pane-$target"
	done <<<"$(tmux list-panes -a -F $'#{session_name}:#{window_index}.#{pane_index}\t#{history_size}\t#{cursor_y}')"
	tar czf "$directory/pane_contents.tar.gz" -C "$directory/save" ./pane_contents
	rm -f "$directory"/save/pane_contents/*
}

pane_format=$'pane\t#{session_name}\t#{window_index}\t#{window_active}\t:#{window_flags}\t#{pane_index}\t#{pane_title}'
pane_format+=$'\t:#{pane_current_path}\t#{pane_active}\t#{pane_current_command}\t#{pane_pid}\t#{history_size}'
window_format=$'window\t#{session_name}\t#{window_index}\t:#{window_name}\t#{window_active}\t:#{window_flags}\t#{window_layout}'

directory=$(place)
file=$directory/tmux_resurrect_$(date +%Y%m%dT%H%M%S).txt
mkdir -p "$directory"
{
	found=$(tmux list-panes -a -F "$pane_format") && panes "$found"
	found=$(tmux list-windows -a -F "$window_format") && windows "$found"
	tmux display-message -p $'state\t#{client_session}\t#{client_last_session}'
} >"$file"
hook post-save-layout "$file"
if cmp -s "$file" "$directory/last"; then
	rm "$file"
else
	ln -fs "${file##*/}" "$directory/last"
fi
[ "$(option @resurrect-capture-pane-contents)" != on ] || contents
hook post-save-all
