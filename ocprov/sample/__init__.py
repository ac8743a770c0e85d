"""Sample OpenCode data, for the demo and for tests."""
