"""How servers are and what they log, and OpenCode's own interface on one."""
