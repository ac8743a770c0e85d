"""The adapter to OpenCode's HTTP API, and ids and values of it."""
