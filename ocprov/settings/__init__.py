"""`config.toml`: what a person sets once, for all commands; and where each value came from."""
