"""A layout file to a checked workspace: find, render, read, check, expand."""
