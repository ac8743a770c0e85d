#!/usr/bin/env bash
# A model of tmux-continuum's save: run whenever status-right is drawn, saves when the interval is over.
# Left out: the lock against two at once.
interval=$(tmux show-option -gqv @continuum-save-interval)
last=$(tmux show-option -gqv @continuum-save-last-timestamp)
save=$(tmux show-option -gqv @resurrect-save-script-path)
[ "${interval:=15}" -gt 0 ] || exit 0
[ "$(date +%s)" -ge $((${last:-0} + interval * 60)) ] || exit 0
[ -n "$save" ] || exit 0
"$save" quiet >/dev/null 2>&1 &
tmux set-option -g @continuum-save-last-timestamp "$(date +%s)"
