"""Writing layouts: from a template, in an editor, from a live session, from another tool's file; and their schema."""
