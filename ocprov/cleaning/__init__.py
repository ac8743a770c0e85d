"""Removing what is old and ocprov's own: launchers of sessions that are nowhere, logs, backups, plans, leftovers."""
