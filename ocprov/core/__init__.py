"""Plain values and functions over them: what is wanted, what is there, what to change, how to say it to tmux."""
