"""A workspace builder for tmuxp: `workspace_builder: ocprov` in a tmuxp file."""

from ocprov.builder.batch_builder import BatchWorkspaceBuilder as BatchWorkspaceBuilder
