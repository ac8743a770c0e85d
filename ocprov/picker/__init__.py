"""Picking a session: what there is to pick, a preview of each, and two programs that let a person choose."""
