"""`ocprov chat`: conversations, on whichever server theirs is."""

import click

from ocprov.cli.lazy import LazyGroup

COMMANDS = {
    "ls": "conversations, those that changed last first",
    "new": "begin a conversation",
    "show": "a conversation's messages and state",
    "send": "send a prompt, and print the answer",
    "shell": "run a line of shell in a conversation",
    "command": "run a command of OpenCode's in a conversation",
    "reply": "answer what a conversation asks: a permission, or a question",
    "resume": "go on with what was interrupted",
    "abort": "stop what a conversation does",
    "revert": "go back to before a message, its files too",
    "unrevert": "take a revert back",
    "fork": "copy a conversation, whole or up to a message",
    "rm": "remove a conversation",
    "run": "send the prompts of a file, several at a time",
}


@click.group(cls=LazyGroup, table=COMMANDS, prefix="chat_")
def command() -> None:
    """List, prompt, abort and revert the conversations of every server."""
