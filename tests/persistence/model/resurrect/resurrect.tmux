#!/usr/bin/env bash
# A model of tmux-resurrect, for tests: no keys, only the two options by which others find its scripts.
scripts=$(cd "$(dirname "$0")" && pwd)/scripts
tmux set-option -g @resurrect-save-script-path "$scripts/save.sh"
tmux set-option -g @resurrect-restore-script-path "$scripts/restore.sh"
