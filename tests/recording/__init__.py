"""What a person does with ocprov in the first hour, done in a real tmux in a HOME of its own, and pictures of it.

`python -m tests.recording docs` writes the pictures that the README shows.
"""
