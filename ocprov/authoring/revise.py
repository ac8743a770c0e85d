"""Editing a layout as visudo does: a copy is edited, and takes its place when it is right."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ocprov.authoring import editor, place
from ocprov.authoring.checking import checked
from ocprov.core.value import dataclass
from ocprov.errors import OcprovError
from ocprov.layout.load import Loaded
from ocprov.state import private_dir, state_dir
from ocprov.tmux.ready import require_directories

_HASTE = 1.0  # seconds

Choice = Literal["again", "save", "quit"]
Ask = Callable[[OcprovError, Path], Choice]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is edited: where it goes, the text to start with, and whether that is in its place already."""

    path: Path
    text: bytes
    there: bool


@dataclass(frozen=True, slots=True)
class Revised:
    """What came of it: whether it was saved, the layout where it is right, what is wrong otherwise.

    `hasty` is of an editor that changed nothing and was back before anybody could have: it may be open yet.
    """

    changed: bool
    saved: bool
    loaded: Loaded | None = None
    problem: OcprovError | None = None
    hasty: bool = False


def judge(text: bytes, path: Path, directory: Path) -> Loaded | OcprovError:
    """The layout, or what is wrong with it, as `ocprov check` finds it."""
    try:
        loaded = checked(text, path, directory)
        require_directories(loaded.desired)
    except OcprovError as error:
        return error
    return loaded


def revise(draft: Draft, words: tuple[str, ...], directory: Path, ask: Ask) -> Revised:
    """Have the draft edited, until it is right or `ask` says otherwise; the layout itself is never half done.

    OcprovError when the editor fails or the layout cannot be written: what was written so far is kept, and named.
    """
    folder = private_dir(state_dir() / "edit" / f"{os.getpid()}-{os.urandom(4).hex()}")
    copy = folder / draft.path.name
    try:
        place.write(copy, draft.text)
        revised = _revised(draft, copy, words, directory, ask)
    except BaseException as error:  # also of Ctrl-C at the prompt: what was written is kept
        _keep_or_remove(copy, draft.text, error)
        raise
    _remove(copy)
    return revised


def _revised(draft: Draft, copy: Path, words: tuple[str, ...], directory: Path, ask: Ask) -> Revised:
    while True:
        start = time.monotonic()
        editor.run(words, copy)
        hasty = time.monotonic() - start < _HASTE
        text = place.read(copy)
        found = judge(text, draft.path, directory)
        problem = found if isinstance(found, OcprovError) else None
        loaded = None if isinstance(found, OcprovError) else found
        if text == draft.text:
            return Revised(changed=False, saved=False, loaded=loaded, problem=problem, hasty=hasty)
        choice = ask(problem, copy) if problem else "save"
        if choice == "quit":
            return Revised(changed=True, saved=False, problem=problem)
        if choice == "save":
            _put(draft, text)
            return Revised(changed=True, saved=True, loaded=loaded, problem=problem)


def _put(draft: Draft, text: bytes) -> None:
    if draft.there:
        place.replace(draft.path, text, before=draft.text)
    else:
        place.save(draft.path, text)


def _keep_or_remove(copy: Path, before: bytes, error: BaseException) -> None:
    """What somebody wrote is not thrown away because something else went wrong."""
    if not copy.is_file() or copy.read_bytes() == before:
        _remove(copy)
    elif isinstance(error, OcprovError):
        error.hint = f"{error.hint}; what you wrote is kept in {copy}"


def _remove(copy: Path) -> None:
    """Remove the copy, and what the editor left beside it."""
    import shutil

    shutil.rmtree(copy.parent, ignore_errors=True)
