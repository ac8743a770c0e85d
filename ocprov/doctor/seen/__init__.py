"""Gathers what doctor judges: nothing is started but programs that answer and end, nothing is changed."""
