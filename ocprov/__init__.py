"""Provisions tmux sessions for people who work with OpenCode, from declarative layouts."""

__version__ = "0.1.0"
