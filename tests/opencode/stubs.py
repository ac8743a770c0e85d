"""Programs that are called opencode and are not it."""

from pathlib import Path


def stub(folder: Path, script: str, version: str = "1.18.33") -> Path:
    """A program that tells `version`, and runs `script` otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "opencode"
    made.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo {version}; exit; }}\n{script}\n')
    made.chmod(0o755)
    return made
