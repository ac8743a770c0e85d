"""The only code that runs tmux."""
