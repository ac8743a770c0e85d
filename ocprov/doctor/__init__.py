"""What would stop ocprov from working, each with its fix: one file a group of checks."""
