"""Shell completion: the scripts for bash, zsh and fish, and where each shell finds its own."""
