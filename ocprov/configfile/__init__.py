"""Deploying one file: compare, install, record."""
