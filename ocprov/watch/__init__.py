"""What OpenCode costs: held against limits, told once, exported and drawn."""
