"""What is written from the program itself: the man page, and the page of every setting.

    python -m tests.manual

writes docs/man/ocprov.1 and docs/config.md anew.
"""
