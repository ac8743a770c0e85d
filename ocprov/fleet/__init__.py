"""The same sessions on many machines."""
