"""tmux-resurrect and tmux-continuum: their conf lines, their saves, and services that bring tmux back."""
