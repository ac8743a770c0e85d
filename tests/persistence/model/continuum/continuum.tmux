#!/usr/bin/env bash
# A model of tmux-continuum, for tests: saves whenever status-right is drawn, restores when the server has just started.
# Left out: start at boot, #{continuum_status}.
scripts=$(cd "$(dirname "$0")" && pwd)/scripts
save="#($scripts/continuum_save.sh)"

just_started() {
	local delay
	delay=$(tmux show-option -gqv @continuum-restore-max-delay)
	[ "$(tmux display-message -p '#{start_time}')" -gt $(($(date +%s) - ${delay:-10})) ]
}

others() { # how many of the user's tmux processes, on the whole machine, are not this server
	ps -u "$(id -u)" -o command -o pid |
		awk -v server="$(cut -d, -f2 <<<"$TMUX")" '/^tmux/ && !/^tmux source/ && $NF != server { n++ } END { print n + 0 }'
}

allowed() { # just started, there is this server and the client that started it; later, there are its clients
	if just_started; then echo 1; else tmux list-clients | wc -l; fi
}

if [ "$(others)" -le "$(allowed)" ]; then
	[ -n "$(tmux show-option -gqv @continuum-save-last-timestamp)" ] ||
		tmux set-option -g @continuum-save-last-timestamp "$(date +%s)"
	right=$(tmux show-option -gqv status-right)
	[[ $right == *"$save"* ]] || tmux set-option -g status-right "$save$right"
fi
if just_started; then
	"$scripts/continuum_restore.sh" & # keeps our stdout: a plain run-shell waits for it
fi
