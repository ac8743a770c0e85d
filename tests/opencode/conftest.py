"""Fixtures: the real OpenCode on a machine of the test's own."""

from tests.opencode.real import opencode, provider

__all__ = ["opencode", "provider"]
