"""Many prompts of a file, each sent once."""
