#!/usr/bin/env bash
# A model of tmux-continuum's restore at the start of a server: silently none where another server seems to run.
others() { # how many of the user's tmux processes, on the whole machine, are not this server
	ps -u "$(id -u)" -o command -o pid |
		awk -v server="$(cut -d, -f2 <<<"$TMUX")" '/^tmux/ && !/^tmux source/ && $NF != server { n++ } END { print n + 0 }'
}

[ "$(tmux show-option -gqv @continuum-restore)" = on ] || exit 0
[ ! -f "$HOME/tmux_no_auto_restore" ] || exit 0
[ "$(others)" -le 1 ] || exit 0
sleep 1 # the other plugins are still being loaded
restore=$(tmux show-option -gqv @resurrect-restore-script-path)
[ -z "$restore" ] || "$restore"
