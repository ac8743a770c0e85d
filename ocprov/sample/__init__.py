"""Sample OpenCode data, for the demo and for tests."""

from ocprov.sample.store import MARKER, Sample, remove, write

__all__ = ["MARKER", "Sample", "remove", "write"]
