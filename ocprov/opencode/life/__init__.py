"""The life of a server: ensured, supervised, isolated, stopped, found again."""
