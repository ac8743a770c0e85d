"""OpenCode servers, one for each directory, and the conversations, events and pools on them."""
